package io.elbo4j;

/**
 * A block of elements of one type in a backend's memory, addressed by 64-bit element offsets and zero when new.
 * Closing it ends the life of every {@link Matrix} on it.
 */
public abstract class Storage implements AutoCloseable {
    private final Backend backend;
    private final long elements;
    private final ElementType type;
    private volatile boolean closed;

    protected Storage(Backend backend, long elements, ElementType type) {
        this.backend = backend;
        this.elements = elements;
        this.type = type;
    }

    public final Backend backend() {
        return backend;
    }

    public final long elements() {
        return elements;
    }

    public final ElementType type() {
        return type;
    }

    /**
     * What kernels of this backend are handed for an element: a Java array, a native pointer, a device pointer.
     */
    protected abstract Object address(long offset);

    /** Copies {@code count} elements from {@code offset} on into a Java array, after all work queued before. */
    protected abstract void read(long offset, float[] target, int targetOffset, int count);

    /** Copies {@code count} elements of a Java array to {@code offset}, before all work queued after. */
    protected abstract void write(long offset, float[] source, int sourceOffset, int count);

    protected abstract void release();

    /** @throws IllegalStateException once closed, instead of a crash in native code */
    public final void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this memory of backend " + backend.name() + " (" + elements
                    + " elements) has been closed: a matrix must not be used after its storage is closed");
        }
    }

    @Override
    public final synchronized void close() {
        if (!closed) {
            closed = true;
            release();
        }
    }
}
