package io.elbo4j.train.run;

/** Rows per second of training since the last evaluation, without what else takes time. */
final class Speed {
    private long begin = System.nanoTime();
    private long rows;

    void add(int trained) {
        rows += trained;
    }

    double perSecond() {
        return rows / ((System.nanoTime() - begin) * 1e-9);
    }

    /** Runs what does not count. */
    void leaveOut(Runnable work) {
        long start = System.nanoTime();
        work.run();
        begin += System.nanoTime() - start;
    }

    void restart() {
        begin = System.nanoTime();
        rows = 0;
    }
}
