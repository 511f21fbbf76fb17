package io.elbo4j;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where matrices live and kernels run. All backends obey one numerics contract: the same inputs give the same bits.
 * Matrices belong to the backend that made them. A backend may be used by one thread at a time.
 */
public abstract class Backend implements AutoCloseable {
    /** What an address of this backend's memory means. */
    public enum Memory {
        /** a Java {@code float[]} */
        HEAP,
        /** native memory of this process */
        HOST,
        /** memory of an accelerator */
        DEVICE
    }

    private final String name;
    private final Memory memory;
    private final Kernels kernels;
    private final Workers workers;

    protected Backend(String name, Memory memory, Kernels kernels, int threads) {
        this.name = name;
        this.memory = memory;
        this.kernels = kernels;
        this.workers = new Workers(threads);
    }

    /** {@code java}, {@code cpu} or {@code cuda}. */
    public final String name() {
        return name;
    }

    public final Memory memory() {
        return memory;
    }

    public final Kernels kernels() {
        return kernels;
    }

    public final int threads() {
        return workers.count();
    }

    final Workers workers() {
        return workers;
    }

    /** What runs, in words: the instruction-set level or device. */
    public abstract String description();

    /**
     * Zeroed memory.
     *
     * @throws OutOfMemoryError if there is not that much, with the number of bytes asked for
     * @throws IllegalArgumentException if this backend cannot address that many elements
     */
    public abstract Storage allocate(long elements, ElementType type);

    /** Zeroed memory for float32 elements. */
    public final Storage allocate(long elements) {
        return allocate(elements, ElementType.FLOAT32);
    }

    /** Memory for {@code count} row numbers. */
    public abstract Indices indices(int count);

    /**
     * Keeps copies of a row's values (the losses of a step) without waiting for them.
     *
     * @param row 1 x D
     * @param capacity how many values of the row can be kept between two {@link Readback#take}, at least 1
     */
    public Readback readback(Matrix row, int capacity) {
        return new HostReadback(row, capacity);
    }

    /** What runs the launches of a program on this backend's device; null on a host, where the workers run them. */
    protected Program.@Nullable Executor executor(List<Launch> launches) {
        return null;
    }

    /** A zeroed contiguous float32 matrix with a storage of its own; closing it frees the memory. */
    public final Matrix matrix(long rows, long columns) {
        return matrix(rows, columns, ElementType.FLOAT32);
    }

    /** The same with elements of another type. */
    public final Matrix matrix(long rows, long columns, ElementType type) {
        if (rows < 0 || columns < 0) {
            throw new IllegalArgumentException("a matrix needs rows and columns of at least 0, not " + rows + " x "
                    + columns);
        }
        long elements;
        try {
            elements = Math.multiplyExact(rows, columns);
        } catch (ArithmeticException overflow) {
            throw new IllegalArgumentException("a matrix of " + rows + " x " + columns
                    + " has more than 2^63 elements", overflow);
        }
        return Matrix.view(allocate(elements, type), 0, rows, columns, columns);
    }

    protected final boolean isOpen() {
        return workers.isOpen();
    }

    /** Ends the threads; matrices stay readable until they are closed. */
    @Override
    public void close() {
        workers.close();
    }
}
