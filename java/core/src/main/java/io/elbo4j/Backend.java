package io.elbo4j;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where matrices live and kernels run. All backends obey one numerics contract: the same inputs give the same bits.
 * All NaNs count as one value: their sign and payload may differ between backends, and between interpreted and compiled
 * Java. Matrices belong to the backend that made them.
 *
 * <p>Threads may share a backend: each may make matrices and run programs of its own, at the same time as the others.
 * What a program splits takes turns, each with all threads of the backend. Small programs, and all on a backend of one
 * thread, run on their callers, side by side: that is how n threads share one copy of a model's weights. What a program
 * writes, no other program may touch meanwhile: nobody guards the elements of matrices.
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
    private final Workers workers;
    private final Uses uses = new Uses(() -> "this backend (" + name() + ") has", this::end);

    /**
     * @throws IllegalStateException if it cannot have so many threads, or this thread has other arithmetic than Java's
     */
    protected Backend(String name, Memory memory, int threads) {
        this.name = name;
        this.memory = memory;
        if (memory == Memory.HEAP) {
            FloatingPoint.requireDefault();
        }
        this.workers = new Workers(threads);
    }

    /** {@code java}, {@code cpu} or {@code cuda}. */
    public final String name() {
        return name;
    }

    public final Memory memory() {
        return memory;
    }

    public final int threads() {
        return workers.count();
    }

    final Workers workers() {
        return workers;
    }

    final Uses uses() {
        return uses;
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
     * What runs an operation on this backend, found by the operation's class.
     *
     * @throws IllegalStateException if there is no kernel for it, naming the operation
     */
    protected abstract Kernel kernel(Operation operation);

    /** As {@link Operation#run}: once, so that nothing is worth keeping. */
    protected void run(Operation operation, long begin, long end) {
        Kernel kernel = kernel(operation);
        kernel.prepare();
        kernel.run(begin, end);
    }

    /**
     * Keeps copies of a row's values (the losses of a step) without waiting for them.
     *
     * @param row 1 x D
     * @param capacity how many values of the row can be kept between two {@link Readback#take}, at least 1
     */
    public Readback readback(Matrix row, int capacity) {
        return new HostReadback(row, capacity);
    }

    /**
     * What runs the launches of a program on this backend's device; null on a host, where the workers run them.
     *
     * @param replayed whether later runs may replay the kernels of an earlier one without running the bodies
     */
    protected Program.@Nullable Executor executor(List<Launch> launches, boolean replayed) {
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

    private void end() {
        try {
            release();
        } finally {
            workers.close();
        }
    }

    /** Called once, when it is closed and no program runs any more. */
    protected void release() {}

    /**
     * Ends the threads, after the programs that run; matrices stay readable until they are closed. From now on programs
     * are refused.
     *
     * @throws IllegalStateException inside a launch, which is what it would wait for
     */
    @Override
    public final void close() {
        uses.closeAndWait();
    }
}
