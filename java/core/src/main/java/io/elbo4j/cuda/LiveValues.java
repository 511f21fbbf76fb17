package io.elbo4j.cuda;

import io.elbo4j.AdamStep;
import io.elbo4j.Indices;
import io.elbo4j.Noise;
import io.elbo4j.SgdStep;
import io.elbo4j.cuda.jni.ElboCuda;
import io.elbo4j.layout.Live;
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
final class LiveValues implements Live, AutoCloseable {
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

    @Override
    public long address(Object changing) {
        Long known = places.get(changing);
        long at = known == null ? used : known;
        if (known == null) {
            places.put(changing, at);
            used = at + add(changing, at);
        }
        return device.address() + at * Long.BYTES;
    }

    /** Returns how many values there are, as elbo4j_arguments.h says. */
    private int add(Object changing, long at) {
        if (changing instanceof Noise noise) {
            updates.add(() -> host.put(at, noise.draw()).put(at + 1, noise.firstRow()));
            return 2;
        }
        if (changing instanceof AdamStep step) {
            updates.add(() -> host.put(at, Integer.toUnsignedLong(Float.floatToRawIntBits(step.stepSize()))
                    | (long) Float.floatToRawIntBits(step.inverseRootCorrection()) << Integer.SIZE)
                    .put(at + 1, Integer.toUnsignedLong(Float.floatToRawIntBits(step.decay()))));
            return 2;
        }
        if (changing instanceof SgdStep step) {
            updates.add(() -> host.put(at, Integer.toUnsignedLong(Float.floatToRawIntBits(step.learningRate()))));
            return 1;
        }
        Indices indices = (Indices) changing;
        updates.add(() -> host.put(at, indices.position()));
        return 1;
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
