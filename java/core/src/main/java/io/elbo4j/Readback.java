package io.elbo4j;

/**
 * Copies of one row's values at several moments, read together: a training loop records the losses of each step and
 * reads them once per reporting interval, so that no step waits. Made by {@link Backend#readback}. Calls of several
 * threads take turns.
 */
public abstract class Readback implements AutoCloseable {
    private final Matrix row;
    private final int capacity;
    private int recorded;
    private boolean closed;

    /** @throws IllegalArgumentException unless {@code row} is one row of float32 and {@code capacity} at least 1 */
    protected Readback(Matrix row, int capacity) {
        if (row.rows() != 1 || row.columns() > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("row must be 1 x D with D below 2^31 - 8, not " + row.rows() + " x "
                    + row.columns());
        }
        if (row.type() != ElementType.FLOAT32) {
            throw new IllegalArgumentException("row must be of FLOAT32, not of " + row.type());
        }
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1, not " + capacity);
        }
        this.row = row;
        this.capacity = capacity;
    }

    protected final Matrix row() {
        return row;
    }

    protected final int capacity() {
        return capacity;
    }

    /**
     * Records the values that the row has after all work queued before.
     *
     * @throws IllegalStateException if as many as the capacity are recorded already, or if this or the row has been
     *     closed
     */
    public final synchronized void record() {
        requireOpen();
        if (recorded == capacity) {
            throw new IllegalStateException("all " + capacity + " places are taken: call take() first");
        }
        row.storage().uses().begin();
        try {
            copy(recorded);
        } finally {
            row.storage().uses().end();
        }
        recorded++;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this readback has been closed");
        }
    }

    /** What was recorded since the last call, oldest first: waits until it is there. */
    public final synchronized float[][] take() {
        requireOpen();
        float[][] rows = new float[recorded][];
        if (recorded > 0) {
            await();
        }
        for (int i = 0; i < recorded; i++) {
            rows[i] = values(i);
        }
        recorded = 0;
        return rows;
    }

    /** Queues a copy of the row to a place in [0, capacity). */
    protected abstract void copy(int place);

    /** Waits until every copy is done. */
    protected abstract void await();

    protected abstract float[] values(int place);

    /** Called once. */
    protected abstract void release();

    @Override
    public final synchronized void close() {
        if (!closed) {
            closed = true;
            release();
        }
    }
}
