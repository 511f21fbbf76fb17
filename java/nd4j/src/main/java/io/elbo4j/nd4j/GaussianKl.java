package io.elbo4j.nd4j;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * KL(q || p) between two diagonal Gaussians q = N(mean, exp(logVariance)) and p = N(priorMean, exp(priorLogVariance)),
 * one number per row in nats, summed over dimensions: the KL of {@link GaussianSampleKl} to the bit. {@code mean} and
 * {@code logVariance} are B x D, a prior is B x D or 1 x D (for all rows), or two nulls for the standard normal.
 * Arrays, copies, errors and threads are as the package says.
 */
public final class GaussianKl {
    private GaussianKl() {}

    /** {@code kl} = one number per row. */
    public static void forward(INDArray mean, INDArray logVariance, @Nullable INDArray priorMean,
            @Nullable INDArray priorLogVariance, INDArray kl) {
        Call call = new Call("GaussianKl.forward");
        Call.Argument m = call.input("mean", mean);
        Call.Argument v = call.input("logVariance", logVariance);
        Call.Argument pm = call.input("priorMean", priorMean);
        Call.Argument pv = call.input("priorLogVariance", priorLogVariance);
        Call.Argument perRow = call.outputPerRow("kl", kl);
        call.run(() -> io.elbo4j.operation.GaussianKl.forward(m.matrix(), v.matrix(), pm.matrixForAll(m),
                pv.matrixForAll(m), perRow.matrix()));
    }

    /**
     * Gradients from {@code dKl} (one number per row); those of the prior (B x D, each row's own) are null where not
     * wanted.
     */
    public static void backward(INDArray mean, INDArray logVariance, @Nullable INDArray priorMean,
            @Nullable INDArray priorLogVariance, INDArray dKl, INDArray dMean, INDArray dLogVariance,
            @Nullable INDArray dPriorMean, @Nullable INDArray dPriorLogVariance) {
        Call call = new Call("GaussianKl.backward");
        Call.Argument m = call.input("mean", mean);
        Call.Argument v = call.input("logVariance", logVariance);
        Call.Argument pm = call.input("priorMean", priorMean);
        Call.Argument pv = call.input("priorLogVariance", priorLogVariance);
        Call.Argument dPerRow = call.inputPerRow("dKl", dKl);
        Call.Argument dm = call.output("dMean", dMean);
        Call.Argument dv = call.output("dLogVariance", dLogVariance);
        Call.Argument dpm = call.output("dPriorMean", dPriorMean);
        Call.Argument dpv = call.output("dPriorLogVariance", dPriorLogVariance);
        call.run(() -> io.elbo4j.operation.GaussianKl.backward(m.matrix(), v.matrix(), pm.matrixForAll(m),
                pv.matrixForAll(m), dPerRow.matrix(), null, dm.matrix(), dv.matrix(), dpm.matrix(), dpv.matrix()));
    }
}
