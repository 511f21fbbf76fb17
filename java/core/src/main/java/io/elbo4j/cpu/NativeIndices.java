package io.elbo4j.cpu;

import io.elbo4j.Indices;
import java.lang.ref.Reference;
import java.nio.IntBuffer;
import org.bytedeco.javacpp.IntPointer;

/** Row numbers of the cpu backend. */
final class NativeIndices extends Indices {
    private final NativeMemory memory;
    private final Address address;
    private final IntBuffer buffer;
    private int smallest;
    private int largest;
    private volatile boolean closed;

    NativeIndices(int count) {
        super(atLeastZero(count));
        memory = NativeMemory.allocate(this, count);
        address = new Address(this);
        buffer = new IntPointer(memory.base()).capacity(Math.max(1, count)).asByteBuffer().asIntBuffer();
    }

    /** Holds its indices, as {@link NativeStorage.Address} does its storage. */
    static final class Address extends IntPointer {
        private final NativeIndices indices;

        private Address(NativeIndices indices) {
            super(indices.memory.base());
            this.indices = indices;
        }

        NativeIndices indices() {
            return indices;
        }
    }

    private static int atLeastZero(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("count must be at least 0, not " + count);
        }
        return count;
    }

    @Override
    public void set(int[] source, int from) {
        requireOpen();
        if (from < 0 || from > source.length - count()) {
            throw new IllegalArgumentException("source must have " + count() + " row numbers from element " + from
                    + " on, but has " + source.length + " elements");
        }
        int least = 0;
        int most = 0;
        for (int i = from; i < from + count(); i++) {
            least = Math.min(least, source[i]);
            most = Math.max(most, source[i]);
        }
        buffer.put(0, source, from, count());
        smallest = least;
        largest = most;
        Reference.reachabilityFence(this);
    }

    /** Refuses what native code would read or write outside a matrix of {@code rows} rows. */
    Address within(long rows) {
        requireOpen();
        if (count() > 0 && (smallest < 0 || largest >= rows)) {
            throw new IndexOutOfBoundsException("row numbers must be in [0, " + rows + "), not "
                    + (smallest < 0 ? smallest : largest));
        }
        return address;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("these " + count() + " row numbers have been closed");
        }
    }

    @Override
    public Address address() {
        requireOpen();
        return address;
    }

    @Override
    public void close() {
        closed = true;
        memory.guard().close();
    }
}
