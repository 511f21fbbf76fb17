package io.elbo4j;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of threads, the caller among them, that run one job together. Callers take turns; where a caller is
 * the only thread they share nothing, and run side by side. A worker out of work looks for the next job for 50 us, then
 * sleeps: waking a sleeping thread takes as long as a small kernel, and a ForkJoinPool, whose workers sleep at once,
 * made two threads no faster than one on kernels of 0.3 ms.
 */
public final class Workers implements AutoCloseable {
    /** The part of a job that worker {@code worker} of {@code workers} does. */
    @FunctionalInterface
    public interface Job {
        void run(int worker, int workers);
    }

    private static final int MOST = 1024;
    private static final long LOOK_NANOS = 50_000;
    private static final int LOOKS_PER_CLOCK = 32;

    private final Crew crew;
    private volatile boolean closed;

    public Workers(int count) {
        this(count, Thread::start);
    }

    Workers(int count, Consumer<Thread> start) {
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException("threads must be from 1 to " + MOST + ", not " + count);
        }
        crew = new Crew(count);
        try {
            for (int i = 1; i < count; i++) {
                Worker worker = new Worker(crew, i);
                start.accept(worker);
                crew.workers.add(worker);
            }
        } catch (OutOfMemoryError refused) {
            int running = crew.workers.size() + 1;
            crew.start(null);
            throw new IllegalStateException("the system gives this process no more than " + running + " of the "
                    + count + " threads asked for (" + refused.getMessage() + "): ask for fewer", refused);
        }
        if (count > 1) {
            // the threads know the crew alone, so that they end where these workers are forgotten
            Crew forgotten = crew;
            Leaks.whenCollected(this, () -> forgotten.start(null));
        }
    }

    /** Whether this thread is one of those that run parts of jobs. */
    static boolean isWorker() {
        return Thread.currentThread() instanceof Worker;
    }

    public int count() {
        return crew.count;
    }

    /** Returns when every part is done; an exception of any part is thrown after all have ended. */
    public void run(Job job) {
        if (crew.count == 1) {
            requireOpen();
            job.run(0, 1);
            return;
        }
        synchronized (this) {
            requireOpen();
            crew.run(job);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("these threads have ended");
        }
    }

    /** Ends the threads, after the job that they run; it waits for no job that its caller alone runs. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            crew.start(null);
        }
    }

    /** All that the threads know. */
    private static final class Crew {
        private final int count;
        private final boolean look;
        private final List<Worker> workers = new ArrayList<>();
        private final AtomicInteger running = new AtomicInteger();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private final BooleanSupplier allDone = () -> running.get() == 0;
        private final Sleeper caller;
        private volatile int generation;
        private @Nullable Job job;

        Crew(int count) {
            this.count = count;
            this.look = count <= Runtime.getRuntime().availableProcessors();
            this.caller = new Sleeper(look);
        }

        void run(Job job) {
            start(job);
            try {
                job.run(0, count);
            } catch (Throwable t) {
                failure.compareAndSet(null, t);
            }
            caller.waitFor(allDone);
            this.job = null;
            Throwable failed = failure.getAndSet(null);
            if (failed instanceof Error error) {
                throw error;
            }
            if (failed != null) {
                throw (RuntimeException) failed;
            }
        }

        /** @param next null: the threads end */
        void start(@Nullable Job next) {
            job = next;
            running.set(workers.size());
            generation++;
            for (int i = 0; i < workers.size(); i++) {
                workers.get(i).sleeper.wake();
            }
        }
    }

    /** One thread's wait for a condition that another thread makes true before it calls {@link #wake}. */
    private static final class Sleeper {
        private final boolean look;
        private volatile @Nullable Thread asleep;

        Sleeper(boolean look) {
            this.look = look;
        }

        void waitFor(BooleanSupplier condition) {
            if (look) {
                long begin = System.nanoTime();
                do {
                    for (int i = 0; i < LOOKS_PER_CLOCK; i++) {
                        if (condition.getAsBoolean()) {
                            return;
                        }
                        Thread.onSpinWait();
                    }
                    // the thread that is waited for may have been woken on this very core
                    Thread.yield();
                } while (System.nanoTime() - begin < LOOK_NANOS);
            }
            // published before the condition is read again, as wake() is called after the condition is made true
            asleep = Thread.currentThread();
            boolean interrupted = false;
            while (!condition.getAsBoolean()) {
                LockSupport.park(this);
                // no thread sleeps while it is interrupted: it would only seem to wait
                interrupted |= Thread.interrupted();
            }
            asleep = null;
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        void wake() {
            Thread sleeping = asleep;
            if (sleeping != null) {
                LockSupport.unpark(sleeping);
            }
        }
    }

    private static final class Worker extends Thread {
        private final Crew crew;
        private final int worker;
        private final Sleeper sleeper;
        private int seen;
        private final BooleanSupplier newJob;

        Worker(Crew crew, int worker) {
            // what the opener's threads inherit might refer to the backend, which would never be forgotten
            super(null, null, "elbo4j-worker-" + worker, 0, false);
            this.crew = crew;
            this.worker = worker;
            this.sleeper = new Sleeper(crew.look);
            this.newJob = () -> crew.generation != seen;
            setDaemon(true);
        }

        @Override
        public void run() {
            do {
                sleeper.waitFor(newJob);
            } while (doOne());
        }

        /** Returns whether there may be another; a method of its own, so that a job is not held while none is there. */
        private boolean doOne() {
            seen = crew.generation;
            Job mine = crew.job;
            if (mine == null) {
                return false;
            }
            try {
                mine.run(worker, crew.count);
            } catch (Throwable t) {
                crew.failure.compareAndSet(null, t);
            }
            if (crew.running.decrementAndGet() == 0) {
                crew.caller.wake();
            }
            return true;
        }
    }
}
