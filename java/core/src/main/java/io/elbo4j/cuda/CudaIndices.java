package io.elbo4j.cuda;

import io.elbo4j.Backend;
import io.elbo4j.Indices;
import io.elbo4j.Leaks;
import java.lang.ref.Reference;
import org.bytedeco.javacpp.Pointer;

/** Row numbers in a device's memory. */
final class CudaIndices extends Indices {
    private final CudaQueue queue;
    private final Pointer memory;
    private final CudaAddress.Ints address;
    private final Leaks.Guard guard;

    CudaIndices(Backend backend, CudaQueue queue, int count) {
        super(backend, count);
        long bytes = (long) count * Integer.BYTES;
        Pointer allocated = queue.allocate(bytes);
        this.queue = queue;
        this.memory = allocated;
        this.address = new CudaAddress.Ints(allocated.address(), this);
        this.guard = new Leaks.Guard(this, () -> queue.free(allocated, bytes));
    }

    @Override
    protected void copy(int[] source, int from) {
        queue.staging().write(memory, source, from, count());
        Reference.reachabilityFence(this);
    }

    @Override
    public CudaAddress.Ints address() {
        requireMemory();
        return address;
    }

    @Override
    protected void release() {
        guard.close();
    }
}
