package io.elbo4j.operation;

import static io.elbo4j.operation.LogLikelihood.Function.BERNOULLI;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.LogLikelihood.Likelihood;
import java.util.Collections;
import java.util.List;

/**
 * log p(x) of independent Bernoulli variables given by their logits (Kingma and Welling 2014, appendix C.1, without its
 * overflow):
 *
 * <pre>
 *   logLikelihood = sum(x log sigmoid(logits) + (1 - x) log(1 - sigmoid(logits))) = sum(x logits - softplus(logits))
 *   dLogits       = dLogLikelihood (x - sigmoid(logits))
 * </pre>
 *
 * Matrices with D columns store float32, or all of them one 16-bit type ({@link io.elbo4j.ElementType}); numbers per
 * row are float32.
 *
 * <p>{@code logits} is KB x D, {@code x} is B x D with values in [0, 1] (grey values are taken
 * as probabilities; values outside are not refused): rows rK to rK + K - 1 of logits belong to row r of x.
 * {@code logLikelihood} is KB x 1, in nats, summed over the D dimensions. Any finite logit gives a finite result; NaN
 * in a row's inputs gives NaN in its outputs. Errors are reported as by {@link GaussianSampleKl}.
 */
public final class BernoulliLogLikelihood {
    private static final Likelihood OF_LOGITS = LogLikelihood.of(BERNOULLI);

    private BernoulliLogLikelihood() {}

    /** Log-likelihood alone. */
    public static Launch forward(Matrix logits, Matrix x, Matrix logLikelihood) {
        return LogLikelihood.forward("BernoulliLogLikelihood", OF_LOGITS, one(logits), x, logLikelihood);
    }

    /** Log-likelihood and, in the same pass, dLogits (KB x D) from dLogLikelihood (KB x 1). */
    public static Launch fused(Matrix logits, Matrix x, Matrix dLogLikelihood, Matrix logLikelihood, Matrix dLogits) {
        return LogLikelihood.fused("BernoulliLogLikelihood", OF_LOGITS, one(logits), x, dLogLikelihood, logLikelihood,
                one(dLogits));
    }

    /** Of null too, which the operation refuses by its name. */
    private static List<Matrix> one(Matrix m) {
        return Collections.singletonList(m);
    }
}
