package io.elbo4j.nd4j;

import io.elbo4j.Launch;
import io.elbo4j.cuda.CudaBackend;
import io.elbo4j.cuda.CudaStream;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Arrays of ND4J's CUDA backend where they lie on the device, on the stream that ND4J has for the calling thread: so
 * kernels run after what ND4J queued there before, and what it queues later runs after them. Both libraries use the
 * device's primary context, so each can use the other's memory and streams.
 *
 * <p>ND4J knows of each buffer which of its copies, on the host and on the device, is up to date. Outputs are made up
 * to date on the device as inputs are: a view writes only a part of its buffer, and a call that fails less than what is
 * noted as written.
 *
 * <p>Not run on a device so far.
 */
class OnNd4jCuda extends Target {
    private final Nd4jCuda nd4j;

    OnNd4jCuda(Nd4jCuda nd4j) {
        this.nd4j = nd4j;
    }

    @Override
    synchronized void run(Call call, Supplier<Launch> launch) {
        nd4j.commit();
        // for one call: the stream is the calling thread's, and may end with it
        try (CudaBackend backend = new CudaBackend(stream())) {
            nd4j.prepare(arrays(call, a -> true));
            call.bind(nd4j::address, backend::wrap);
            run(call, launch.get(), backend);
        }
    }

    private CudaStream stream() {
        try {
            return CudaStream.of(nd4j.device(), nd4j.stream());
        } catch (IllegalStateException e) {
            throw new IllegalStateException("elbo4j cannot work on the arrays of ND4J's CUDA backend: " + e.getMessage()
                    + ". It can on those of nd4j-native: take that on the class path instead of nd4j-cuda", e);
        }
    }

    private void run(Call call, Launch launch, CudaBackend backend) {
        try {
            launch.run();
            backend.synchronize();
        } finally {
            INDArray[] read = arrays(call, a -> !a.isOutput());
            for (INDArray written : arrays(call, Call.Argument::isOutput)) {
                nd4j.register(written, read);
            }
        }
    }

    private static INDArray[] arrays(Call call, Predicate<Call.Argument> wanted) {
        List<Call.Argument> given = call.arguments();
        return given.stream().filter(a -> !a.isEmpty()).filter(wanted).map(Call.Argument::array)
                .toArray(INDArray[]::new);
    }
}
