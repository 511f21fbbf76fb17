package io.elbo4j.cpu;

import io.elbo4j.Backend;
import io.elbo4j.Indices;
import java.lang.ref.Reference;
import java.nio.IntBuffer;
import org.bytedeco.javacpp.IntPointer;

/** Row numbers of the cpu backend. */
final class NativeIndices extends Indices {
    private final NativeMemory memory;
    private final Address address;
    private final IntBuffer buffer;

    NativeIndices(Backend backend, int count) {
        super(backend, count);
        memory = NativeMemory.allocate(this, count, Integer.BYTES);
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

    @Override
    protected void copy(int[] source, int from) {
        buffer.put(0, source, from, count());
        Reference.reachabilityFence(this);
    }

    @Override
    public Address address() {
        requireMemory();
        return address;
    }

    @Override
    protected void release() {
        memory.guard().close();
    }
}
