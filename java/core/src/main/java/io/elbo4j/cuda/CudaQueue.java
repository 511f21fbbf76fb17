package io.elbo4j.cuda;

import io.elbo4j.NativeBytes;
import io.elbo4j.cuda.jni.ElboCuda;
import org.bytedeco.javacpp.Pointer;

/**
 * A backend's stream, pool and staging memory, which live until the backend and all memory allocated through it are
 * closed. The lock of the stream, which other backends may share, keeps the work of other threads, and the frees of the
 * garbage collector's, out of a capture.
 */
final class CudaQueue {
    private final CudaStream stream;
    private final boolean owned;
    private final CudaPool pool;
    private Staging staging;
    private long holders = 1;

    CudaQueue(CudaStream stream, boolean owned) {
        this.stream = stream;
        this.owned = owned;
        stream.uses().begin();
        try {
            this.pool = CudaPool.of(stream.device());
        } catch (RuntimeException e) {
            closeOwned();
            throw e;
        }
    }

    CudaStream stream() {
        return stream;
    }

    /** The cudaStream_t, its device made current. */
    Pointer use() {
        return stream.use();
    }

    synchronized Staging staging() {
        if (staging == null) {
            staging = new Staging(this);
        }
        return staging;
    }

    synchronized void retain() {
        if (holders == 0) {
            throw new IllegalStateException("this backend has been closed");
        }
        holders++;
    }

    synchronized void release() {
        if (--holders > 0) {
            return;
        }
        if (staging != null) {
            staging.close();
        }
        closeOwned();
        pool.release();
    }

    private void closeOwned() {
        stream.uses().end();
        if (owned) {
            stream.close();
        }
    }

    /** Zeroed memory; the holder of it must {@link #free} it. */
    Pointer allocate(long bytes) {
        retain();
        Pointer memory = new Pointer();
        int error = -1;
        try {
            error = allocate(memory, bytes);
            if (error == CudaErrors.OUT_OF_MEMORY && NativeBytes.DEVICE.collect()) {
                error = allocate(memory, bytes);
            }
        } finally {
            if (error != 0) {
                release();
            }
        }
        if (error == CudaErrors.OUT_OF_MEMORY) {
            CudaDevice device = CudaLibrary.device(stream.device());
            throw new OutOfMemoryError("CUDA device " + device.index() + " (" + device.name() + ") could not give "
                    + bytes + " bytes: " + device.freeBytes() + " of its " + device.bytes() + " bytes are free: use"
                    + " smaller batches, close what is no longer needed, or use a GPU with more memory");
        }
        CudaErrors.check(error);
        NativeBytes.DEVICE.add(bytes);
        return memory;
    }

    private int allocate(Pointer memory, long bytes) {
        int error;
        synchronized (stream) {
            error = ElboCuda.elbo4j_cuda_allocate(memory, bytes, pool.pointer(), use());
        }
        if (error == CudaErrors.OUT_OF_MEMORY) {
            CudaErrors.note(error);
        }
        return error;
    }

    /** @param bytes as it was allocated with */
    void free(Pointer memory, long bytes) {
        NativeBytes.DEVICE.remove(bytes);
        synchronized (stream) {
            if (CudaErrors.alive()) {
                CudaErrors.note(ElboCuda.elbo4j_cuda_set_device(stream.device()));
                CudaErrors.note(ElboCuda.elbo4j_cuda_free(memory, pool.pointer(), stream.pointer()));
            }
        }
        release();
    }
}
