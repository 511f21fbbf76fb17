package io.elbo4j;

/** A vector of int32 row numbers in a backend's memory, for {@link io.elbo4j.operation.Rows#gather}. */
public abstract class Indices implements AutoCloseable {
    private final Backend backend;
    private final int count;
    private int smallest;
    private int largest;

    /** @throws IllegalArgumentException if {@code count} is below 0 */
    protected Indices(Backend backend, int count) {
        if (count < 0) {
            throw new IllegalArgumentException("count must be at least 0, not " + count);
        }
        this.backend = backend;
        this.count = count;
    }

    public final Backend backend() {
        return backend;
    }

    public final int count() {
        return count;
    }

    /**
     * Copies {@code count()} row numbers from {@code source[from ...]}; new indices are all 0.
     *
     * @throws IllegalArgumentException if {@code source} has fewer
     */
    public final void set(int[] source, int from) {
        if (from < 0 || from > source.length - count) {
            throw new IllegalArgumentException("source must have " + count + " row numbers from element " + from
                    + " on, but has " + source.length + " elements");
        }
        int least = 0;
        int most = 0;
        for (int i = from; i < from + count; i++) {
            least = Math.min(least, source[i]);
            most = Math.max(most, source[i]);
        }
        copy(source, from);
        smallest = least;
        largest = most;
    }

    protected abstract void copy(int[] source, int from);

    /** @throws IndexOutOfBoundsException unless all row numbers are in [0, rows) */
    public final void requireWithin(long rows) {
        if (count > 0 && (smallest < 0 || largest >= rows)) {
            throw new IndexOutOfBoundsException("row numbers must be in [0, " + rows + "), not "
                    + (smallest < 0 ? smallest : largest));
        }
    }

    /** What the backend's kernels take. */
    public abstract Object address();

    @Override
    public abstract void close();
}
