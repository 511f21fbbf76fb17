package io.elbo4j.cuda;

import io.elbo4j.Backend;
import io.elbo4j.ElementType;
import io.elbo4j.Leaks;
import io.elbo4j.Storage;
import io.elbo4j.cuda.jni.ElboCuda;
import java.lang.ref.Reference;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** Memory of a device, our own or of another library. */
final class CudaStorage extends Storage {
    private static final long MOST_ELEMENTS = Long.MAX_VALUE / Float.BYTES;
    private static final int PAGE_LOCKED = 1;
    private static final int OF_DEVICE = 2;
    private static final int MANAGED = 3;

    private final CudaQueue queue;
    private final Pointer memory;
    private final Leaks.Guard guard;

    private CudaStorage(Backend backend, long elements, ElementType type, CudaQueue queue, Pointer memory,
            boolean owned) {
        super(backend, elements, type, !owned);
        long bytes = elements * type.bytes();
        this.queue = queue;
        this.memory = memory;
        this.guard = owned ? new Leaks.Guard(this, () -> queue.free(memory, bytes)) : null;
    }

    static CudaStorage allocate(Backend backend, CudaQueue queue, long elements, ElementType type) {
        requireElements(elements);
        return new CudaStorage(backend, elements, type, queue, queue.allocate(elements * type.bytes()), true);
    }

    /** @param memory is held, in case it is the last one that keeps itself from being freed */
    static CudaStorage wrap(Backend backend, CudaQueue queue, Pointer memory, long elements) {
        requireElements(elements);
        long address = CudaAddress.of(memory);
        if (memory instanceof FloatPointer && memory.limit() > 0 && memory.limit() - memory.position() < elements) {
            throw new IllegalArgumentException("deviceMemory must have " + elements + " floats, not "
                    + (memory.limit() - memory.position()));
        }
        if (address % Float.BYTES != 0 || address == 0 && elements > 0) {
            throw new IllegalArgumentException("deviceMemory must be the address of floats, a multiple of 4 and not 0,"
                    + " not " + address);
        }
        if (elements > 0) {
            requireUsable(queue, address);
        }
        return new CudaStorage(backend, elements, ElementType.FLOAT32, queue, memory, false);
    }

    private static void requireUsable(CudaQueue queue, long address) {
        queue.use();
        try (IntPointer kind = new IntPointer(1L); IntPointer device = new IntPointer(1L);
                IntPointer accessible = new IntPointer(1L)) {
            CudaErrors.check(ElboCuda.elbo4j_cuda_pointer(new CudaAddress(address), kind, device, accessible));
            int ours = queue.stream().device();
            String instead = otherMemory(kind.get(), device.get(), accessible.get() == 1, ours);
            if (instead != null) {
                throw new IllegalArgumentException("deviceMemory must be memory of CUDA device " + ours + ", not "
                        + instead);
            }
        }
    }

    /** What memory that kernels of the device cannot use is, in words; null if they can. Kinds: see elbo4j_cuda.h. */
    static String otherMemory(int kind, int device, boolean accessible, int ours) {
        return switch (kind) {
            case PAGE_LOCKED -> accessible ? null : "page-locked memory of the host that has another address there";
            case OF_DEVICE -> device == ours ? null : "of device " + device;
            case MANAGED -> null;
            default -> "memory that CUDA does not know, such as the host's";
        };
    }

    private static void requireElements(long elements) {
        if (elements < 0 || elements > MOST_ELEMENTS) {
            throw new IllegalArgumentException("the cuda backend holds from 0 to " + MOST_ELEMENTS
                    + " elements in one storage, not " + elements);
        }
    }

    @Override
    protected Pointer address(long offset) {
        long address = CudaAddress.of(memory) + offset * type().bytes();
        return switch (type()) {
            case FLOAT32 -> new CudaAddress.Floats(address, this);
            case BFLOAT16, FLOAT16 -> new CudaAddress.Halves(address, this);
            case UINT8 -> new CudaAddress.Bytes(address, this);
        };
    }

    @Override
    protected void read(long offset, float[] target, int targetOffset, int count) {
        // the backend may be closed meanwhile, which frees what its copies go through
        queue.retain();
        try {
            queue.staging().read(address(offset), type(), target, targetOffset, count);
        } finally {
            queue.release();
        }
        Reference.reachabilityFence(this);
    }

    @Override
    protected void write(long offset, float[] source, int sourceOffset, int count) {
        queue.retain();
        try {
            queue.staging().write(address(offset), type(), source, sourceOffset, count);
        } finally {
            queue.release();
        }
        Reference.reachabilityFence(this);
    }

    @Override
    protected void release() {
        if (guard != null) {
            guard.close();
        }
    }
}
