package io.elbo4j;

/** A vector of int32 row numbers in a backend's memory, for {@link io.elbo4j.operation.Rows#gather}. */
public abstract class Indices implements AutoCloseable {
    private final int count;

    protected Indices(int count) {
        this.count = count;
    }

    public final int count() {
        return count;
    }

    /** Copies {@code count()} row numbers from {@code source[from ...]}. */
    public abstract void set(int[] source, int from);

    /** What the backend's kernels take. */
    public abstract Object address();

    @Override
    public abstract void close();
}
