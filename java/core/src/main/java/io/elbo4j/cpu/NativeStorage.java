package io.elbo4j.cpu;

import io.elbo4j.Backend;
import io.elbo4j.Storage;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;

/** Memory of the cpu backend. */
final class NativeStorage extends Storage {
    /** A direct buffer holds at most 2^31 - 1 bytes. */
    private static final int MOST_COPIED_AT_ONCE = 1 << 28;

    private final NativeMemory memory;

    NativeStorage(Backend backend, long elements) {
        super(backend, elements);
        memory = NativeMemory.allocate(this, elements);
    }

    /**
     * A pointer to an element that holds the storage: the JVM keeps the arguments of a native call alive, so the memory
     * cannot be freed under a kernel, even where nothing else refers to it any more.
     */
    static final class Address extends FloatPointer {
        private final NativeStorage storage;

        private Address(NativeStorage storage, long offset) {
            super(storage.memory.base());
            this.storage = storage;
            offsetAddress(offset);
        }

        NativeStorage storage() {
            return storage;
        }
    }

    @Override
    protected Address address(long offset) {
        return new Address(this, offset);
    }

    @Override
    protected void read(long offset, float[] target, int targetOffset, int count) {
        for (int done = 0; done < count; done += MOST_COPIED_AT_ONCE) {
            int n = Math.min(MOST_COPIED_AT_ONCE, count - done);
            buffer(offset + done, n).get(target, targetOffset + done, n);
        }
        Reference.reachabilityFence(this);
    }

    @Override
    protected void write(long offset, float[] source, int sourceOffset, int count) {
        for (int done = 0; done < count; done += MOST_COPIED_AT_ONCE) {
            int n = Math.min(MOST_COPIED_AT_ONCE, count - done);
            buffer(offset + done, n).put(source, sourceOffset + done, n);
        }
        Reference.reachabilityFence(this);
    }

    private FloatBuffer buffer(long offset, int count) {
        return address(offset).capacity(count).asByteBuffer().asFloatBuffer();
    }

    @Override
    protected void release() {
        memory.guard().close();
    }
}
