package io.elbo4j.cpu;

import io.elbo4j.Leaks;
import io.elbo4j.cpu.jni.ElboCpu;
import org.bytedeco.javacpp.FloatPointer;

/** A block of native memory, zeroed and aligned to 64 bytes, with the guard that frees it. */
record NativeMemory(FloatPointer base, Leaks.Guard guard) {
    private static final long MOST_ELEMENTS = Long.MAX_VALUE / Float.BYTES - 1;

    /**
     * @param owner what holds the memory alive
     * @param elements of {@code bytes} bytes each
     */
    static NativeMemory allocate(Object owner, long elements, int bytes) {
        if (elements < 0 || elements > MOST_ELEMENTS) {
            throw new IllegalArgumentException("the cpu backend holds from 0 to " + MOST_ELEMENTS
                    + " elements in one storage, not " + elements);
        }
        long floats = bytes == Float.BYTES ? elements : (elements + 1) / 2;
        FloatPointer base = ElboCpu.elbo4j_cpu_allocate(floats);
        if (base == null || base.isNull()) {
            throw new OutOfMemoryError("the cpu backend could not get " + floats * Float.BYTES + " bytes of native"
                    + " memory: use smaller batches, or a machine with more memory");
        }
        return new NativeMemory(base, new Leaks.Guard(owner, () -> ElboCpu.elbo4j_cpu_free(base, floats)));
    }
}
