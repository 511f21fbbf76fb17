package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import org.jspecify.annotations.Nullable;

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
    private static final double NANOS_PER_ELEMENT = 0.8;

    private BernoulliLogLikelihood() {}

    /** Log-likelihood alone. */
    public static Launch forward(Matrix logits, Matrix x, Matrix logLikelihood) {
        Arguments a = arguments("BernoulliLogLikelihood.forward", logits, x, logLikelihood);
        return launch(a, logits, x, null, logLikelihood, null);
    }

    /** Log-likelihood and, in the same pass, dLogits (KB x D) from dLogLikelihood (KB x 1). */
    public static Launch fused(Matrix logits, Matrix x, Matrix dLogLikelihood, Matrix logLikelihood, Matrix dLogits) {
        Arguments a = arguments("BernoulliLogLikelihood.fused", logits, x, logLikelihood);
        a.inputPerRow("dLogLikelihood", dLogLikelihood, logits.rows());
        a.output("dLogits", dLogits, logits.rows(), logits.columns());
        return launch(a, logits, x, dLogLikelihood, logLikelihood, dLogits);
    }

    private static Arguments arguments(String name, Matrix logits, Matrix x, Matrix logLikelihood) {
        Arguments a = new Arguments(name).type(Arguments.given(name, "logits", logits).type());
        a.input("logits", logits).input("x", x);
        a.samples("logits", logits, "x", x.rows()).shape("x", x, x.rows(), logits.columns());
        return a.outputPerRow("logLikelihood", logLikelihood, logits.rows());
    }

    private static Launch launch(Arguments a, Matrix logits, Matrix x, @Nullable Matrix dLogLikelihood,
            Matrix logLikelihood, @Nullable Matrix dLogits) {
        // With K > 1 the rows of x are no multiple of the items: the launch then takes x as read by all of them.
        return a.launch(new Fused(logits, x, dLogLikelihood, logLikelihood, dLogits)).reads(logits, x, dLogLikelihood)
                .writes(logLikelihood, dLogits).nanosPerItem(NANOS_PER_ELEMENT * logits.columns());
    }

    /** Items are rows of logits. The gradients are null together. */
    public record Fused(Matrix logits, Matrix x, @Nullable Matrix dLogLikelihood, Matrix logLikelihood,
            @Nullable Matrix dLogits)
            implements
                Operation {
        @Override
        public long items() {
            return logits.rows();
        }
    }
}
