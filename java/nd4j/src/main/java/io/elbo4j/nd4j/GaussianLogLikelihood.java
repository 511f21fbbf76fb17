package io.elbo4j.nd4j;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@link io.elbo4j.operation.GaussianLogLikelihood} on ND4J's arrays: log density of x under a diagonal Gaussian
 * N(mean, exp(logVariance)), constants included. {@code mean} is KB x D with K >= 1 rows for each row of {@code x} (B x
 * D), {@code logVariance} is KB x D or 1 x D (for all rows); {@code logLikelihood} is one number per row of mean, in
 * nats, summed over the D dimensions. Arrays, copies, errors and threads are as the package says.
 */
public final class GaussianLogLikelihood {
    private GaussianLogLikelihood() {}

    /** Log-likelihood alone. */
    public static void forward(INDArray mean, INDArray logVariance, INDArray x, INDArray logLikelihood) {
        Call call = new Call("GaussianLogLikelihood.forward");
        Call.Argument m = call.input("mean", mean);
        Call.Argument v = call.input("logVariance", logVariance);
        Call.Argument observed = call.input("x", x);
        Call.Argument perRow = call.outputPerRow("logLikelihood", logLikelihood);
        call.run(() -> io.elbo4j.operation.GaussianLogLikelihood.forward(m.matrix(), v.matrixForAll(m),
                observed.matrix(), perRow.matrix()));
    }

    /**
     * Log-likelihood and, in the same pass, dMean and dLogVariance (KB x D, each row's own; dLogVariance is null where
     * it is not wanted) from dLogLikelihood (one number per row of mean).
     */
    public static void fused(INDArray mean, INDArray logVariance, INDArray x, INDArray dLogLikelihood,
            INDArray logLikelihood, INDArray dMean, @Nullable INDArray dLogVariance) {
        Call call = new Call("GaussianLogLikelihood.fused");
        Call.Argument m = call.input("mean", mean);
        Call.Argument v = call.input("logVariance", logVariance);
        Call.Argument observed = call.input("x", x);
        Call.Argument dPerRow = call.inputPerRow("dLogLikelihood", dLogLikelihood);
        Call.Argument perRow = call.outputPerRow("logLikelihood", logLikelihood);
        Call.Argument dm = call.output("dMean", dMean);
        Call.Argument dv = call.output("dLogVariance", dLogVariance);
        call.run(() -> io.elbo4j.operation.GaussianLogLikelihood.fused(m.matrix(), v.matrixForAll(m),
                observed.matrix(), dPerRow.matrix(), perRow.matrix(), dm.matrix(), dv.matrix()));
    }
}
