package io.elbo4j.cpu;

import io.elbo4j.Backend;
import io.elbo4j.ElementType;
import io.elbo4j.Storage;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ShortBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;

/** Memory of this process, our own or of another library. */
final class NativeStorage extends Storage {
    /** A direct buffer holds at most 2^31 - 1 bytes. */
    private static final int MOST_COPIED_AT_ONCE = 1 << 28;

    private final NativeMemory memory;

    /** Memory of our own, zeroed. */
    NativeStorage(Backend backend, long elements, ElementType type) {
        super(backend, elements, type);
        memory = NativeMemory.allocate(this, elements, type.bytes());
    }

    /** Floats of another library. */
    NativeStorage(Backend backend, Pointer hostMemory, long elements) {
        super(backend, elements, ElementType.FLOAT32, true);
        memory = NativeMemory.wrap(hostMemory, elements);
    }

    /**
     * A pointer to an element that holds the storage: the JVM keeps the arguments of a native call alive, so the
     * garbage collector cannot free the memory under a kernel, even where nothing else refers to it any more.
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

    /** The same for elements of 16 bits. */
    static final class HalfAddress extends ShortPointer {
        private final NativeStorage storage;

        private HalfAddress(NativeStorage storage, long offset) {
            super(storage.memory.base());
            this.storage = storage;
            offsetAddress(offset);
        }

        NativeStorage storage() {
            return storage;
        }
    }

    /** The same for bytes. */
    static final class ByteAddress extends BytePointer {
        private final NativeStorage storage;

        private ByteAddress(NativeStorage storage, long offset) {
            super(storage.memory.base());
            this.storage = storage;
            offsetAddress(offset);
        }

        NativeStorage storage() {
            return storage;
        }
    }

    @Override
    protected Pointer address(long offset) {
        return switch (type()) {
            case FLOAT32 -> new Address(this, offset);
            case BFLOAT16, FLOAT16 -> new HalfAddress(this, offset);
            case UINT8 -> new ByteAddress(this, offset);
        };
    }

    @Override
    protected void read(long offset, float[] target, int targetOffset, int count) {
        // the number done may pass the largest int in the last round
        for (long done = 0; done < count; done += MOST_COPIED_AT_ONCE) {
            int n = (int) Math.min(MOST_COPIED_AT_ONCE, count - done);
            ByteBuffer bytes = buffer(offset + done, n);
            if (type() == ElementType.FLOAT32) {
                bytes.asFloatBuffer().get(target, (int) (targetOffset + done), n);
                continue;
            }
            ShortBuffer halves = bytes.asShortBuffer();
            for (int i = 0; i < n; i++) {
                short bits = type() == ElementType.UINT8 ? bytes.get(i) : halves.get(i);
                target[(int) (targetOffset + done + i)] = type().widen(bits);
            }
        }
        Reference.reachabilityFence(this);
    }

    @Override
    protected void write(long offset, float[] source, int sourceOffset, int count) {
        // the number done may pass the largest int in the last round
        for (long done = 0; done < count; done += MOST_COPIED_AT_ONCE) {
            int n = (int) Math.min(MOST_COPIED_AT_ONCE, count - done);
            ByteBuffer bytes = buffer(offset + done, n);
            if (type() == ElementType.FLOAT32) {
                bytes.asFloatBuffer().put(source, (int) (sourceOffset + done), n);
                continue;
            }
            ShortBuffer halves = bytes.asShortBuffer();
            for (int i = 0; i < n; i++) {
                short bits = type().round(source[(int) (sourceOffset + done + i)]);
                if (type() == ElementType.UINT8) {
                    bytes.put(i, (byte) bits);
                } else {
                    halves.put(i, bits);
                }
            }
        }
        Reference.reachabilityFence(this);
    }

    private ByteBuffer buffer(long offset, int count) {
        return address(offset).capacity(count).asByteBuffer();
    }

    @Override
    protected void release() {
        if (memory.guard() != null) {
            memory.guard().close();
        }
    }
}
