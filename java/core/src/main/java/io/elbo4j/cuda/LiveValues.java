package io.elbo4j.cuda;

import io.elbo4j.AdamStep;
import io.elbo4j.Noise;
import io.elbo4j.cuda.jni.ElboCuda;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The values of a captured program that change from run to run, in the device's memory: kernels have the address of
 * their place, and one copy brings the values of all objects up to date before a replay.
 */
final class LiveValues implements AutoCloseable {
    private static final int MOST_VALUES_OF_A_LAUNCH = 2;

    private final CudaQueue queue;
    private final long most;
    private final Pointer device;
    private final LongPointer first;
    private final LongPointer host;
    private final Map<Object, Long> places = new IdentityHashMap<>();
    private final List<Runnable> updates = new ArrayList<>();
    private long used;

    LiveValues(CudaQueue queue, int launches) {
        most = Math.max(1, (long) MOST_VALUES_OF_A_LAUNCH * launches);
        this.queue = queue;
        this.host = new LongPointer(most);
        this.device = queue.allocate(most * Long.BYTES);
        this.first = new CudaAddress.Longs(device.address());
    }

    /** {draw, first row}. */
    LongPointer of(Noise noise) {
        return place(noise, 2, at -> host.put(at, noise.draw()).put(at + 1, noise.firstRow()));
    }

    /** {step size in the low and inverse root correction in the high 32 bits}. */
    LongPointer of(AdamStep step) {
        return place(step, 1, at -> host.put(at, Integer.toUnsignedLong(Float.floatToRawIntBits(step.stepSize()))
                | (long) Float.floatToRawIntBits(step.inverseRootCorrection()) << Integer.SIZE));
    }

    /** {position}. */
    LongPointer of(CudaIndices indices) {
        return place(indices, 1, at -> host.put(at, indices.position()));
    }

    private interface Update {
        void put(long at);
    }

    private LongPointer place(Object object, int values, Update update) {
        Long known = places.get(object);
        long at = known == null ? used : known;
        if (known == null) {
            places.put(object, at);
            updates.add(() -> update.put(at));
            used += values;
        }
        return new CudaAddress.Longs(device.address() + at * Long.BYTES);
    }

    /** Queues a copy of what the objects hold now. */
    void upload(Pointer stream) {
        updates.forEach(Runnable::run);
        if (used > 0) {
            CudaErrors.check(ElboCuda.elbo4j_cuda_set_values(first, host, used, stream));
        }
    }

    @Override
    public void close() {
        queue.free(device, most * Long.BYTES);
        host.close();
    }
}
