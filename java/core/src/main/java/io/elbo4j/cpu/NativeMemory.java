package io.elbo4j.cpu;

import io.elbo4j.Leaks;
import io.elbo4j.NativeBytes;
import io.elbo4j.cpu.jni.ElboCpu;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** A block of native memory with the guard that frees it, null where another library owns it. */
record NativeMemory(FloatPointer base, Leaks.Guard guard) {
    private static final long MOST_ELEMENTS = Long.MAX_VALUE / Float.BYTES - 1;

    /** Floats of another library: they begin where its pointer stands, and hold that pointer alive. */
    private static final class Wrapped extends FloatPointer {
        private final Pointer memory;

        Wrapped(Pointer memory) {
            super((Pointer) null);
            this.memory = memory;
            address = addressOf(memory);
        }

        Pointer memory() {
            return memory;
        }
    }

    /** Where a pointer of any type points to; {@link Pointer#address()} leaves out its position. */
    private static long addressOf(Pointer pointer) {
        return pointer == null ? 0 : pointer.address() + pointer.position() * pointer.sizeof();
    }

    static NativeMemory wrap(Pointer memory, long elements) {
        requireElements(elements);
        long address = addressOf(memory);
        if (address % Float.BYTES != 0 || address == 0 && elements > 0) {
            throw new IllegalArgumentException("hostMemory must be the address of floats, a multiple of 4 and not 0,"
                    + " not " + address);
        }
        return new NativeMemory(new Wrapped(memory), null);
    }

    /**
     * Zeroed and aligned to 64 bytes.
     *
     * @param owner what holds the memory alive
     * @param elements of {@code bytes} bytes each
     */
    static NativeMemory allocate(Object owner, long elements, int bytes) {
        requireElements(elements);
        long floats = (elements * bytes + Float.BYTES - 1) / Float.BYTES;
        FloatPointer base = allocate(floats);
        Leaks.Guard guard = new Leaks.Guard(owner, () -> {
            ElboCpu.elbo4j_cpu_free(base, floats);
            NativeBytes.HOST.remove(floats * Float.BYTES);
        });
        NativeBytes.HOST.add(floats * Float.BYTES);
        return new NativeMemory(base, guard);
    }

    private static FloatPointer allocate(long floats) {
        FloatPointer base = ElboCpu.elbo4j_cpu_allocate(floats);
        if (isNull(base) && NativeBytes.HOST.collect()) {
            base = ElboCpu.elbo4j_cpu_allocate(floats);
        }
        if (isNull(base)) {
            throw new OutOfMemoryError("the cpu backend could not get " + floats * Float.BYTES + " bytes of native"
                    + " memory: use smaller batches, or a machine with more memory");
        }
        return base;
    }

    private static boolean isNull(FloatPointer base) {
        return base == null || base.isNull();
    }

    private static void requireElements(long elements) {
        if (elements < 0 || elements > MOST_ELEMENTS) {
            throw new IllegalArgumentException("the cpu backend holds from 0 to " + MOST_ELEMENTS
                    + " elements in one storage, not " + elements);
        }
    }
}
