package io.elbo4j.nd4j;

import io.elbo4j.Noise;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@link io.elbo4j.operation.GaussianSampleKl} on arrays: a reparameterised sample of a diagonal Gaussian and its
 * divergence KL(q || p) from a prior, in one pass. {@code mean} and {@code logVariance} are B x D, a prior is B x D or
 * 1 x D (for all rows), {@code z} is KB x D with K >= 1 samples a row, {@code kl} one number per row, in nats. Arrays,
 * copies, errors and threads are as the package says.
 */
public final class GaussianSampleKl {
    private GaussianSampleKl() {}

    /** Sample and KL to the standard normal prior. */
    public static void forward(INDArray mean, INDArray logVariance, Noise noise, INDArray z, INDArray kl) {
        forward(mean, logVariance, null, null, noise, z, kl);
    }

    /** Sample and KL to a diagonal Gaussian prior; a prior of two nulls is the standard normal. */
    public static void forward(INDArray mean, INDArray logVariance, @Nullable INDArray priorMean,
            @Nullable INDArray priorLogVariance, Noise noise, INDArray z, INDArray kl) {
        Call call = new Call("GaussianSampleKl.forward");
        Call.Argument m = call.input("mean", mean);
        Call.Argument v = call.input("logVariance", logVariance);
        Call.Argument pm = call.input("priorMean", priorMean);
        Call.Argument pv = call.input("priorLogVariance", priorLogVariance);
        Call.Argument out = call.output("z", z);
        Call.Argument perRow = call.outputPerRow("kl", kl);
        call.run(() -> io.elbo4j.operation.GaussianSampleKl.forward(m.matrix(), v.matrix(), pm.matrixForAll(m),
                pv.matrixForAll(m), noise, out.matrix(), perRow.matrix()));
    }

    /** As {@link #backward(INDArray, INDArray, INDArray, INDArray, Noise, INDArray, INDArray, INDArray, INDArray,
     * INDArray, INDArray)} for the standard normal prior. */
    public static void backward(INDArray mean, INDArray logVariance, Noise noise, INDArray dz, INDArray dKl,
            INDArray dMean, INDArray dLogVariance) {
        backward(mean, logVariance, null, null, noise, dz, dKl, dMean, dLogVariance, null, null);
    }

    /**
     * Gradients with respect to the arguments of {@link #forward}, from those with respect to its results: {@code dz}
     * (KB x D) and {@code dKl} (one number per row). The noise is drawn again: {@code noise} must be as it was. {@code
     * dPriorMean} and {@code dPriorLogVariance} (B x D, each row's own) are null where not wanted.
     */
    public static void backward(INDArray mean, INDArray logVariance, @Nullable INDArray priorMean,
            @Nullable INDArray priorLogVariance, Noise noise, INDArray dz, INDArray dKl, INDArray dMean,
            INDArray dLogVariance, @Nullable INDArray dPriorMean, @Nullable INDArray dPriorLogVariance) {
        Call call = new Call("GaussianSampleKl.backward");
        Call.Argument m = call.input("mean", mean);
        Call.Argument v = call.input("logVariance", logVariance);
        Call.Argument pm = call.input("priorMean", priorMean);
        Call.Argument pv = call.input("priorLogVariance", priorLogVariance);
        Call.Argument dSample = call.input("dz", dz);
        Call.Argument dPerRow = call.inputPerRow("dKl", dKl);
        Call.Argument dm = call.output("dMean", dMean);
        Call.Argument dv = call.output("dLogVariance", dLogVariance);
        Call.Argument dpm = call.output("dPriorMean", dPriorMean);
        Call.Argument dpv = call.output("dPriorLogVariance", dPriorLogVariance);
        call.run(() -> io.elbo4j.operation.GaussianSampleKl.backward(m.matrix(), v.matrix(), pm.matrixForAll(m),
                pv.matrixForAll(m), noise, dSample.matrix(), dPerRow.matrix(), null, dm.matrix(),
                dv.matrix(), dpm.matrix(), dpv.matrix()));
    }
}
