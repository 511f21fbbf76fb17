package io.elbo4j.nd4j;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.cuda.CudaBackend;
import io.elbo4j.cuda.CudaStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * ND4J's CUDA backend as far as calls see it, on a machine without one: arrays are nd4j-native's, each buffer has a
 * copy in device memory, and which of the two is up to date is known by what was prepared and registered. New device
 * memory is full of NaNs, so an array that is used unprepared, or before ND4J's copies on its stream, shows.
 */
final class FakeNd4jCuda implements Nd4jCuda, AutoCloseable {
    /** A buffer, views of which share it; new ones are up to date on the host. */
    private static final class Buffer {
        final FloatPointer host;
        final Matrix device;
        boolean deviceIsUpToDate;
        boolean hostIsUpToDate = true;

        Buffer(DataBuffer whole, CudaBackend nd4j) {
            host = new FloatPointer(whole.addressPointer());
            device = nd4j.matrix(1, whole.underlyingLength());
            float[] garbage = new float[(int) whole.underlyingLength()];
            Arrays.fill(garbage, Float.NaN);
            device.set(garbage);
        }

        void toDevice() {
            float[] values = new float[(int) device.columns()];
            host.position(0).get(values);
            device.set(values);
            deviceIsUpToDate = true;
        }

        void toHost() {
            host.position(0).put(device.toArray());
            hostIsUpToDate = true;
        }

        long deviceAddress() {
            return ((Pointer) device.address()).address();
        }
    }

    private static final class Address extends Pointer {
        Address(long address) {
            this.address = address;
        }
    }

    final List<String> log = new ArrayList<>();
    final CudaStream stream = CudaStream.create(0);
    private final CudaBackend own = new CudaBackend(stream);
    private final Map<Long, Buffer> buffers = new HashMap<>();

    /** What ND4J does by itself where arrays are made and read, done around each call. */
    Target target() {
        return new OnNd4jCuda(this) {
            @Override
            synchronized void run(Call call, Supplier<Launch> launch) {
                try {
                    super.run(call, launch);
                } finally {
                    readOnHost();
                }
            }
        };
    }

    private static DataBuffer whole(INDArray array) {
        DataBuffer original = array.data().originalDataBuffer();
        return original == null ? array.data() : original;
    }

    private Buffer buffer(INDArray array) {
        DataBuffer whole = whole(array);
        return buffers.computeIfAbsent(whole.addressPointer().address(), a -> new Buffer(whole, own));
    }

    private static String name(INDArray array) {
        return Arrays.toString(array.shape()) + (array.isView() ? " view" : "");
    }

    @Override
    public int device() {
        return 0;
    }

    @Override
    public void commit() {
        log.add("commit");
    }

    @Override
    public void prepare(INDArray... arrays) {
        log.add("prepare " + String.join(", ", Arrays.stream(arrays).map(FakeNd4jCuda::name).toList()));
        for (INDArray array : arrays) {
            if (!buffer(array).deviceIsUpToDate) {
                buffer(array).toDevice();
            }
        }
    }

    @Override
    public Pointer stream() {
        return stream.pointer();
    }

    @Override
    public Pointer address(INDArray array) {
        Buffer buffer = buffer(array);
        if (!buffer.deviceIsUpToDate) {
            throw new AssertionError(name(array) + " has not been prepared");
        }
        return new Address(buffer.deviceAddress() + array.data().addressPointer().address() - buffer.host.address());
    }

    @Override
    public void register(INDArray written, INDArray... read) {
        log.add("register " + name(written) + " <- "
                + String.join(", ", Arrays.stream(read).map(FakeNd4jCuda::name).toList()));
        buffer(written).hostIsUpToDate = false;
    }

    /** After it the host may write to any array. */
    void readOnHost() {
        for (Buffer buffer : buffers.values()) {
            if (!buffer.hostIsUpToDate) {
                buffer.toHost();
            }
            buffer.device.close();
        }
        buffers.clear();
    }

    @Override
    public void close() {
        own.close();
        stream.close();
    }
}
