package io.elbo4j;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of threads, the caller among them, that run one job together. A worker out of work looks for the next
 * job for 50 us, then sleeps: waking a sleeping thread takes as long as a small kernel, and a ForkJoinPool, whose
 * workers sleep at once, made two threads no faster than one on kernels of 0.3 ms.
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

    private final int count;
    private final boolean look;
    private final Worker[] workers;
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final BooleanSupplier allDone = () -> running.get() == 0;
    private final Sleeper caller = new Sleeper();
    private volatile int generation;
    private @Nullable Job job;
    private boolean closed;

    public Workers(int count) {
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException("threads must be from 1 to " + MOST + ", not " + count);
        }
        this.count = count;
        this.look = count <= Runtime.getRuntime().availableProcessors();
        this.workers = new Worker[count - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(i + 1);
            workers[i].start();
        }
    }

    public int count() {
        return count;
    }

    /** Returns when every part is done; an exception of any part is thrown after all have ended. */
    public synchronized void run(Job job) {
        requireOpen();
        if (count == 1) {
            job.run(0, 1);
            return;
        }
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

    synchronized boolean isOpen() {
        return !closed;
    }

    synchronized void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this backend has been closed: its threads have ended");
        }
    }

    private void start(@Nullable Job next) {
        job = next;
        running.set(workers.length);
        generation++;
        for (Worker worker : workers) {
            worker.sleeper.wake();
        }
    }

    /** Ends the threads; a job must not be running. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            start(null);
        }
    }

    /** One thread's wait for a condition that another thread makes true before it calls {@link #wake}. */
    private final class Sleeper {
        private volatile @Nullable Thread asleep;

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
            while (!condition.getAsBoolean()) {
                LockSupport.park(this);
            }
            asleep = null;
        }

        void wake() {
            Thread sleeping = asleep;
            if (sleeping != null) {
                LockSupport.unpark(sleeping);
            }
        }
    }

    private final class Worker extends Thread {
        private final int worker;
        private final Sleeper sleeper = new Sleeper();
        private int seen;
        private final BooleanSupplier newJob = () -> generation != seen;

        Worker(int worker) {
            super("elbo4j-worker-" + worker);
            this.worker = worker;
            setDaemon(true);
        }

        @Override
        public void run() {
            while (true) {
                sleeper.waitFor(newJob);
                seen = generation;
                Job mine = job;
                if (mine == null) {
                    return;
                }
                try {
                    mine.run(worker, count);
                } catch (Throwable t) {
                    failure.compareAndSet(null, t);
                }
                if (running.decrementAndGet() == 0) {
                    caller.wake();
                }
            }
        }
    }
}
