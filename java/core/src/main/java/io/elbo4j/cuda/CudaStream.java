package io.elbo4j.cuda;

import io.elbo4j.Leaks;
import io.elbo4j.Uses;
import io.elbo4j.cuda.jni.ElboCuda;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** A queue of a device's work, which runs in order. Calls return before the work is done. */
@NullMarked
public final class CudaStream implements AutoCloseable {
    /** The handles cudaStreamLegacy, which is the default stream, and cudaStreamPerThread. */
    private static final long LEGACY = 1;
    private static final long PER_THREAD = 2;

    private final int device;
    private final Pointer stream;
    private final Leaks.@Nullable Guard guard;
    private final Uses uses = new Uses(() -> "this CUDA stream has", this::end);

    private CudaStream(int device, Pointer stream, boolean owned) {
        this.device = device;
        this.stream = stream;
        this.guard = owned ? new Leaks.Guard(this, () -> destroy(device, stream)) : null;
    }

    /**
     * A new stream of a device, which does not wait for the default stream.
     *
     * @throws IllegalStateException if the device cannot be used, with the reason
     */
    public static CudaStream create(int device) {
        requireUsable(device);
        Pointer stream = new Pointer();
        CudaErrors.check(ElboCuda.elbo4j_cuda_stream_create(stream));
        return new CudaStream(device, stream, true);
    }

    /**
     * A stream of another library, as a cudaStream_t (the same as a CUstream): it must outlive this object, and closing
     * does not destroy it. A null pointer is the device's default stream.
     *
     * @throws IllegalStateException if the device cannot be used, with the reason
     * @throws IllegalArgumentException for cudaStreamPerThread, which is another stream on each thread: memory that the
     *     garbage collector's thread frees would not wait for kernels that use it
     */
    public static CudaStream of(int device, @Nullable Pointer cudaStream) {
        long handle = cudaStream == null ? 0 : cudaStream.address();
        if (handle == PER_THREAD) {
            throw new IllegalArgumentException("cudaStream must be a stream of its own or the default stream, not"
                    + " cudaStreamPerThread, which is another one on each thread");
        }
        requireUsable(device);
        return new CudaStream(device, handle == 0 || handle == LEGACY ? new Pointer() : new Pointer(cudaStream), false);
    }

    static void requireUsable(int device) {
        CudaErrors.requireAlive();
        CudaLibrary.device(device).problem().ifPresent(problem -> {
            throw new IllegalStateException("CUDA device " + device + " is not available: " + problem);
        });
        CudaErrors.check(ElboCuda.elbo4j_cuda_set_device(device));
    }

    private static void destroy(int device, Pointer stream) {
        if (CudaErrors.alive()) {
            CudaErrors.note(ElboCuda.elbo4j_cuda_set_device(device));
            CudaErrors.note(ElboCuda.elbo4j_cuda_stream_destroy(stream));
        }
    }

    /** The device's number. */
    public int device() {
        return device;
    }

    /** The cudaStream_t; a {@code CUstream_st} of bytedeco's presets can be made of it. */
    public Pointer pointer() {
        return stream;
    }

    /**
     * For what is called next on this thread: makes the device current.
     *
     * @throws FatalCudaException if CUDA works no more in this process
     */
    Pointer use() {
        CudaErrors.requireAlive();
        uses.requireOpen();
        CudaErrors.check(ElboCuda.elbo4j_cuda_set_device(device));
        return stream;
    }

    /** Waits until all work queued before is done; an error of that work is thrown here. */
    public void synchronize() {
        uses.begin();
        try {
            // another thread may be capturing: this would break its capture
            synchronized (this) {
                CudaErrors.check(ElboCuda.elbo4j_cuda_stream_synchronize(use()));
            }
        } finally {
            uses.end();
        }
    }

    /** Work queued from now on starts after what the event has recorded; the caller does not wait. */
    public void waitFor(CudaEvent event) {
        uses.begin();
        try {
            synchronized (this) {
                event.with(pointer -> ElboCuda.elbo4j_cuda_stream_wait(use(), pointer));
            }
        } finally {
            uses.end();
        }
    }

    Uses uses() {
        return uses;
    }

    private void end() {
        if (guard != null) {
            guard.close();
        }
    }

    /**
     * Work queued before is finished by the device all the same. The stream is destroyed when the backends on it, and
     * what other threads are doing with it, have ended.
     */
    @Override
    public void close() {
        uses.close();
    }
}
