package io.elbo4j;

/**
 * A block of elements of one type in a backend's memory, addressed by 64-bit element offsets and zero when new.
 * Closing it ends the life of every {@link Matrix} on it; any thread may do so at any time.
 */
public abstract class Storage implements AutoCloseable {
    private final Backend backend;
    private final long elements;
    private final ElementType type;
    private final boolean borrowed;
    private final Uses uses = new Uses(this::inWords, this::release);

    protected Storage(Backend backend, long elements, ElementType type) {
        this(backend, elements, type, false);
    }

    /** @param borrowed whether somebody else frees the memory, when it is closed: then {@link #close} waits */
    protected Storage(Backend backend, long elements, ElementType type, boolean borrowed) {
        this.backend = backend;
        this.elements = elements;
        this.type = type;
        this.borrowed = borrowed;
    }

    private String inWords() {
        return "this memory of backend " + backend.name() + " (" + elements + " elements) has";
    }

    final Uses uses() {
        return uses;
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

    /** Called once, when it is closed and no launch, read or write uses it any more. */
    protected abstract void release();

    /** @throws IllegalStateException once closed, instead of a crash in native code */
    public final void requireOpen() {
        uses.requireOpen();
    }

    /**
     * From now on uses of the memory are refused. Launches, reads and writes of other threads that have begun go on,
     * and the memory is freed after them. For memory of another library, which frees it, this waits for them; on a
     * device until their work is queued: synchronise its stream before that memory is freed.
     *
     * @throws IllegalStateException inside a launch, for memory of another library: that launch may be what it waits
     *     for
     */
    @Override
    public final void close() {
        if (borrowed) {
            uses.closeAndWait();
        } else {
            uses.close();
        }
    }
}
