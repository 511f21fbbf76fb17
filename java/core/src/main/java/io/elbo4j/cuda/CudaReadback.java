package io.elbo4j.cuda;

import io.elbo4j.Leaks;
import io.elbo4j.Matrix;
import io.elbo4j.Readback;
import io.elbo4j.cuda.jni.ElboCuda;
import java.lang.ref.Reference;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Copies to page-locked memory, queued on the stream: only {@link #take} waits. */
final class CudaReadback extends Readback {
    private final CudaQueue queue;
    private final FloatPointer places;
    private final Pointer event;
    private final Leaks.Guard guard;

    CudaReadback(CudaQueue queue, Matrix row, int capacity) {
        super(row, capacity);
        queue.use();
        Pointer memory = new Pointer();
        Pointer recorded = new Pointer();
        queue.retain();
        try {
            CudaErrors.check(ElboCuda.elbo4j_cuda_allocate_host(memory, Math.max(1, capacity * row.columns())
                    * Float.BYTES));
            CudaErrors.check(ElboCuda.elbo4j_cuda_event_create(recorded, 0));
        } catch (RuntimeException e) {
            if (!memory.isNull()) {
                CudaErrors.note(ElboCuda.elbo4j_cuda_free_host(memory));
            }
            queue.release();
            throw e;
        }
        this.queue = queue;
        this.places = new FloatPointer(memory);
        this.event = recorded;
        this.guard = new Leaks.Guard(this, () -> free(queue, memory, recorded));
    }

    private static void free(CudaQueue queue, Pointer memory, Pointer recorded) {
        if (CudaErrors.alive()) {
            // copies may be on their way
            CudaErrors.note(ElboCuda.elbo4j_cuda_event_synchronize(recorded));
            CudaErrors.note(ElboCuda.elbo4j_cuda_event_destroy(recorded));
            CudaErrors.note(ElboCuda.elbo4j_cuda_free_host(memory));
        }
        queue.release();
    }

    private long bytes() {
        return row().columns() * Float.BYTES;
    }

    @Override
    protected void copy(int place) {
        synchronized (queue.stream()) {
            Pointer stream = queue.use();
            CudaErrors.check(ElboCuda.elbo4j_cuda_copy_to_host(new CudaAddress(places.address() + place * bytes()),
                    (Pointer) row().address(), bytes(), stream));
            CudaErrors.check(ElboCuda.elbo4j_cuda_event_record(event, stream));
        }
    }

    @Override
    protected void await() {
        queue.use();
        CudaErrors.check(ElboCuda.elbo4j_cuda_event_synchronize(event));
    }

    @Override
    protected float[] values(int place) {
        float[] values = new float[(int) row().columns()];
        new FloatPointer(new CudaAddress(places.address() + place * bytes())).get(values);
        Reference.reachabilityFence(this);
        return values;
    }

    @Override
    protected void release() {
        guard.close();
    }
}
