package io.elbo4j.cuda;

import io.elbo4j.Leaks;
import io.elbo4j.Uses;
import io.elbo4j.cuda.jni.ElboCuda;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.NullMarked;

/** A mark in a stream: another stream, or the caller, can wait until the work before it is done; two measure time. */
@NullMarked
public final class CudaEvent implements AutoCloseable {
    private final int device;
    private final Pointer event;
    private final Leaks.Guard guard;
    private final Uses uses;

    /** @throws IllegalStateException if the device cannot be used, with the reason */
    public CudaEvent(int device) {
        CudaStream.requireUsable(device);
        Pointer created = new Pointer();
        CudaErrors.check(ElboCuda.elbo4j_cuda_event_create(created, 1));
        this.device = device;
        this.event = created;
        this.guard = new Leaks.Guard(this, () -> {
            if (CudaErrors.alive()) {
                CudaErrors.note(ElboCuda.elbo4j_cuda_event_destroy(created));
            }
        });
        this.uses = new Uses(() -> "this CUDA event has", guard::close);
    }

    public int device() {
        return device;
    }

    /** A call that returns an error, with an event that no thread destroys meanwhile. */
    interface Call {
        int with(Pointer event);
    }

    void with(Call call) {
        CudaErrors.requireAlive();
        uses.begin();
        try {
            CudaErrors.check(call.with(event));
        } finally {
            uses.end();
        }
    }

    /** Marks the work queued on the stream so far, instead of what was recorded before. */
    public CudaEvent record(CudaStream stream) {
        stream.uses().begin();
        try {
            // in a capture of another thread it would become a part of that
            synchronized (stream) {
                with(pointer -> ElboCuda.elbo4j_cuda_event_record(pointer, stream.use()));
            }
        } finally {
            stream.uses().end();
        }
        return this;
    }

    /** Waits until what was recorded is done, which it is if nothing was. */
    public void synchronize() {
        with(ElboCuda::elbo4j_cuda_event_synchronize);
    }

    public boolean isDone() {
        try (IntPointer done = new IntPointer(1L)) {
            with(pointer -> ElboCuda.elbo4j_cuda_event_query(pointer, done));
            return done.get() != 0;
        }
    }

    /**
     * Milliseconds on the device between two events, both of which must be done (resolution about 0.5 us).
     *
     * @throws CudaException if one was never recorded, or is not done
     */
    public static float milliseconds(CudaEvent from, CudaEvent to) {
        try (FloatPointer milliseconds = new FloatPointer(1L)) {
            from.with(begin -> {
                to.with(end -> ElboCuda.elbo4j_cuda_event_milliseconds(milliseconds, begin, end));
                return 0;
            });
            return milliseconds.get();
        }
    }

    @Override
    public void close() {
        uses.close();
    }
}
