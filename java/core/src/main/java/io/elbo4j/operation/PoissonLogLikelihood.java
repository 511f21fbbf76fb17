package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;

/**
 * log p(x) of independent Poisson variables given by the logarithms of their rates:
 *
 * <pre>
 *   logLikelihood = sum(x logRate - exp(logRate) - log(x!))
 *   dLogRate      = dLogLikelihood (x - exp(logRate))
 * </pre>
 *
 * Matrices as those of {@link BernoulliLogLikelihood}, with {@code logRate} for its logits; {@code x} are counts, whole
 * numbers from 0 to 2^24 (others are not refused). A log-rate above 88.7 gives -infinity. Errors are reported as by
 * {@link GaussianSampleKl}.
 */
public final class PoissonLogLikelihood {
    private static final LogLikelihood.Named POISSON =
            new LogLikelihood.Named(LogLikelihood.Function.POISSON, "PoissonLogLikelihood", "logRate");

    private PoissonLogLikelihood() {}

    /** Log-likelihood alone. */
    public static Launch forward(Matrix logRate, Matrix x, Matrix logLikelihood) {
        return POISSON.forward(logRate, x, logLikelihood);
    }

    /** Log-likelihood and, in the same pass, dLogRate (KB x D) from dLogLikelihood (KB x 1). */
    public static Launch fused(Matrix logRate, Matrix x, Matrix dLogLikelihood, Matrix logLikelihood, Matrix dLogRate) {
        return POISSON.fused(logRate, x, dLogLikelihood, logLikelihood, dLogRate);
    }
}
