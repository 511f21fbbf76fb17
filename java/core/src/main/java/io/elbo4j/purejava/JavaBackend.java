package io.elbo4j.purejava;

import io.elbo4j.Backend;
import io.elbo4j.ElementType;
import io.elbo4j.Indices;
import io.elbo4j.Kernel;
import io.elbo4j.Operation;
import io.elbo4j.Storage;

/**
 * Matrices in Java arrays and kernels in Java alone: the fallback where no native library loads, the readable
 * specification of every kernel, and the reference that the other backends are compared with.
 */
public final class JavaBackend extends Backend {
    /** The longest array that every Java virtual machine can make. */
    static final int MOST_ELEMENTS = Integer.MAX_VALUE - 8;

    /** @param threads at least 1 */
    public JavaBackend(int threads) {
        super("java", Memory.HEAP, threads);
    }

    @Override
    public String description() {
        return "pure Java on " + System.getProperty("java.vm.name") + " " + System.getProperty("java.version");
    }

    @Override
    protected Kernel kernel(Operation operation) {
        return new JavaKernel(operation);
    }

    @Override
    public Storage allocate(long elements, ElementType type) {
        if (elements < 0 || elements > MOST_ELEMENTS) {
            throw new IllegalArgumentException("the java backend holds from 0 to " + MOST_ELEMENTS
                    + " elements in one storage, not " + elements + ": use the cpu backend, or smaller batches");
        }
        try {
            return new HeapStorage(this, (int) elements, type);
        } catch (OutOfMemoryError heapFull) {
            OutOfMemoryError error = new OutOfMemoryError("the java backend could not get " + type.bytes() * elements
                    + " bytes of heap (the most it may use is " + Runtime.getRuntime().maxMemory()
                    + " bytes): start Java with a larger -Xmx, use the cpu backend, or smaller batches");
            error.initCause(heapFull);
            throw error;
        }
    }

    @Override
    public Indices indices(int count) {
        return new HeapIndices(this, count);
    }
}
