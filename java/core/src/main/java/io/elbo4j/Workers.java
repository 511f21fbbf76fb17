package io.elbo4j;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;

/** A fixed number of threads, the caller among them, that run one job together. Workers sleep when there is none. */
public final class Workers implements AutoCloseable {
    /** The part of a job that worker {@code worker} of {@code workers} does. */
    @FunctionalInterface
    public interface Job {
        void run(int worker, int workers);
    }

    private static final class Part extends ForkJoinTask<Void> {
        private static final long serialVersionUID = 1;
        private final int worker;
        private final int workers;
        private transient Job job;

        Part(int worker, int workers) {
            this.worker = worker;
            this.workers = workers;
        }

        @Override
        public Void getRawResult() {
            return null;
        }

        @Override
        protected void setRawResult(Void value) {
            // a part has no result
        }

        @Override
        protected boolean exec() {
            job.run(worker, workers);
            return true;
        }
    }

    private final int count;
    private final ForkJoinPool pool;
    private final Part[] parts;

    public Workers(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("threads must be at least 1, not " + count);
        }
        this.count = count;
        this.pool = count == 1 ? null : new ForkJoinPool(count - 1);
        this.parts = new Part[count];
        for (int i = 1; i < count; i++) {
            parts[i] = new Part(i, count);
        }
    }

    public int count() {
        return count;
    }

    /** Returns when every part is done; an exception of any part is thrown after all have ended. */
    public synchronized void run(Job job) {
        if (count == 1) {
            job.run(0, 1);
            return;
        }
        for (int i = 1; i < count; i++) {
            parts[i].reinitialize();
            parts[i].job = job;
            pool.execute(parts[i]);
        }
        Throwable failure = null;
        try {
            job.run(0, count);
        } catch (Throwable t) {
            failure = t;
        }
        for (int i = 1; i < count; i++) {
            parts[i].quietlyJoin();
            failure = failure == null ? parts[i].getException() : failure;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
    }

    @Override
    public void close() {
        if (pool != null) {
            pool.shutdown();
        }
    }
}
