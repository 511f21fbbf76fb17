package io.elbo4j.cuda;

import io.elbo4j.Backend;
import io.elbo4j.ElementType;
import io.elbo4j.Indices;
import io.elbo4j.Kernel;
import io.elbo4j.Launch;
import io.elbo4j.Leaks;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import io.elbo4j.Program;
import io.elbo4j.Readback;
import io.elbo4j.Storage;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Matrices in a GPU's memory and kernels on one of its streams. Calls queue work and return; reading a matrix, a
 * {@link Readback} and {@link #synchronize} wait for it. Errors of the run time are {@link CudaException}s, those after
 * which the process cannot use the GPU any more {@link FatalCudaException}s; as work is queued, an error may be thrown
 * by a later call than the one that caused it.
 *
 * <p>Memory comes from a pool that the backends of a device share: what is closed stays there for the next matrix, and
 * goes back to the driver when the last backend and the last of its memory are closed.
 *
 * <p>Calls leave this backend's device current on the calling thread. Threads that queue work on the same
 * {@link CudaStream} take turns; reading a matrix keeps its turn until the values are there. Two objects for one
 * cudaStream_t know nothing of each other: let threads share the object.
 *
 * <p>Not run on a device so far; the kernels and this class have been run on the emulation of the tests alone.
 */
@NullMarked
public final class CudaBackend extends Backend {
    private final CudaQueue queue;
    private final CudaKernels kernels;
    private final Leaks.Guard guard;

    /**
     * On a stream of its own.
     *
     * @param device its number, see {@link CudaLibrary#devices}
     * @throws IllegalStateException if the device cannot be used, with the reason
     * @throws IllegalArgumentException if there is no device of that number
     */
    public CudaBackend(int device) {
        this(new CudaQueue(CudaStream.create(device), true));
    }

    /**
     * On a stream of another library, which must outlive this backend and all memory allocated by it.
     *
     * @param cudaStream a cudaStream_t (the same as a CUstream) of that device; null: its default stream, on which
     *     programs are not replayed as graphs
     */
    public CudaBackend(int device, @Nullable Pointer cudaStream) {
        this(CudaStream.of(device, cudaStream));
    }

    /** On a stream that the caller closes, after this backend and all memory allocated by it. */
    public CudaBackend(CudaStream stream) {
        this(new CudaQueue(stream, false));
    }

    private CudaBackend(CudaQueue queue) {
        super("cuda", Memory.DEVICE, 1);
        this.queue = queue;
        this.kernels = new CudaKernels(queue);
        this.guard = new Leaks.Guard(this, queue::release);
    }

    public CudaDevice device() {
        return CudaLibrary.device(queue.stream().device());
    }

    public CudaStream stream() {
        return queue.stream();
    }

    /** Waits until all work queued before is done; an error of that work is thrown here. */
    public void synchronize() {
        queue.retain();
        try {
            queue.stream().synchronize();
        } finally {
            queue.release();
        }
    }

    @Override
    public String description() {
        return (CudaLibrary.emulated() ? "emulation of the tests, on the CPU: " : "") + "device " + device().index()
                + ", " + device().description();
    }

    @Override
    protected Kernel kernel(Operation operation) {
        return kernels.of(operation);
    }

    @Override
    protected void run(Operation operation, long begin, long end) {
        kernels.run(operation, begin, end);
    }

    @Override
    public Storage allocate(long elements, ElementType type) {
        return CudaStorage.allocate(this, queue, elements, type);
    }

    /**
     * Memory of this device that another library owns, without a copy: it must hold that many floats, stay valid until
     * the work queued on it is done, and be written by other streams only before or after (see
     * {@link CudaStream#waitFor}). Closing the storage does not free it, and does not wait for work that is queued. Two
     * storages of the same memory are not known to be the same. Managed and page-locked memory that kernels reach at
     * the same address will do. How much memory there is behind an address is not known: if it is too little, kernels
     * may fail, after which the process cannot use CUDA any more ({@link FatalCudaException}).
     *
     * @throws IllegalArgumentException for a null pointer, one that is no multiple of 4, memory of another device, and
     *     memory of the host that kernels cannot use
     */
    public Storage wrap(Pointer deviceMemory, long elements) {
        return CudaStorage.wrap(this, queue, deviceMemory, elements);
    }

    @Override
    public Indices indices(int count) {
        return new CudaIndices(this, queue, count);
    }

    @Override
    public Readback readback(Matrix row, int capacity) {
        return new CudaReadback(queue, row, capacity);
    }

    @Override
    protected Program.Executor executor(List<Launch> launches, boolean replayed) {
        return new CudaProgram(queue, kernels, launches, replayed);
    }

    @Override
    protected void release() {
        guard.close();
    }
}
