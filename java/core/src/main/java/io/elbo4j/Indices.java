package io.elbo4j;

/**
 * A vector of int32 row numbers in a backend's memory, for {@link io.elbo4j.operation.Rows#gather}. Kernels read those
 * from {@link #position()} on: the order of a whole epoch is set once, and each step moves the position.
 *
 * <p>Row numbers and position cannot be changed while a program that reads them runs, for it has checked them: another
 * thread that tries is refused. Any thread may close them at any time; programs that run go on, and the memory is freed
 * after them.
 */
public abstract class Indices implements AutoCloseable {
    private final Backend backend;
    private final int count;
    private final Uses uses = new Uses(this::inWords, this::release);
    private int smallest;
    private int largest;
    private int position;

    /** @throws IllegalArgumentException if {@code count} is below 0 */
    protected Indices(Backend backend, int count) {
        if (count < 0) {
            throw new IllegalArgumentException("count must be at least 0, not " + count);
        }
        this.backend = backend;
        this.count = count;
    }

    private String inWords() {
        return "these " + count + " row numbers have";
    }

    final Uses uses() {
        return uses;
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
     * @throws IllegalStateException if they have been closed, or while a program that reads them runs
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
        uses.beginAlone();
        try {
            copy(source, from);
            smallest = least;
            largest = most;
        } finally {
            uses.endAlone();
        }
    }

    protected abstract void copy(int[] source, int from);

    /**
     * Where kernels that run from now on begin to read, in [0, count]; 0 when new.
     *
     * @throws IllegalStateException if they have been closed, or while a program that reads them runs
     */
    public final Indices position(int position) {
        if (position < 0 || position > count) {
            throw new IllegalArgumentException("position must be in [0, " + count + "], not " + position);
        }
        uses.beginAlone();
        this.position = position;
        uses.endAlone();
        return this;
    }

    public final int position() {
        return position;
    }

    /** @throws IndexOutOfBoundsException unless there are {@code rows} row numbers from {@code position} on */
    public final void requireWindow(long rows) {
        if (rows > count - position) {
            throw new IndexOutOfBoundsException("there must be " + rows + " row numbers from position " + position
                    + " on, not " + (count - position) + " (of " + count + ")");
        }
    }

    /** @throws IndexOutOfBoundsException unless all row numbers are in [0, rows) */
    public final void requireWithin(long rows) {
        if (count > 0 && (smallest < 0 || largest >= rows)) {
            throw new IndexOutOfBoundsException("row numbers must be in [0, " + rows + "), not "
                    + (smallest < 0 ? smallest : largest));
        }
    }

    /** What the backend's kernels take for row number 0: an array, or a pointer. */
    public abstract Object address();

    /** @throws IllegalStateException once they are closed and nobody uses them any more */
    protected final void requireMemory() {
        uses.requireNotEnded();
    }

    /** Called once, when they are closed and no program uses them any more. */
    protected abstract void release();

    @Override
    public final void close() {
        uses.close();
    }
}
