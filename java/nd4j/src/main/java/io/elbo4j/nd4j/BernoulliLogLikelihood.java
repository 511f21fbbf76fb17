package io.elbo4j.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@link io.elbo4j.operation.BernoulliLogLikelihood} on arrays: log p(x) of independent Bernoulli variables given
 * by their logits. {@code logits} is KB x D with K >= 1 rows for each row of {@code x} (B x D, values in [0, 1]);
 * {@code logLikelihood} is one number per row of logits, in nats, summed over the D dimensions. Arrays, copies, errors
 * and threads are as the package says.
 */
public final class BernoulliLogLikelihood {
    private BernoulliLogLikelihood() {}

    /** Log-likelihood alone. */
    public static void forward(INDArray logits, INDArray x, INDArray logLikelihood) {
        Call call = new Call("BernoulliLogLikelihood.forward");
        Call.Argument l = call.input("logits", logits);
        Call.Argument observed = call.input("x", x);
        Call.Argument perRow = call.outputPerRow("logLikelihood", logLikelihood);
        call.run(() -> io.elbo4j.operation.BernoulliLogLikelihood.forward(l.matrix(), observed.matrix(),
                perRow.matrix()));
    }

    /** Log-likelihood and, in the same pass, dLogits (KB x D) from dLogLikelihood (one number per row of logits). */
    public static void fused(INDArray logits, INDArray x, INDArray dLogLikelihood, INDArray logLikelihood,
            INDArray dLogits) {
        Call call = new Call("BernoulliLogLikelihood.fused");
        Call.Argument l = call.input("logits", logits);
        Call.Argument observed = call.input("x", x);
        Call.Argument dPerRow = call.inputPerRow("dLogLikelihood", dLogLikelihood);
        Call.Argument perRow = call.outputPerRow("logLikelihood", logLikelihood);
        Call.Argument dl = call.output("dLogits", dLogits);
        call.run(() -> io.elbo4j.operation.BernoulliLogLikelihood.fused(l.matrix(), observed.matrix(), dPerRow.matrix(),
                perRow.matrix(), dl.matrix()));
    }
}
