package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.Operation;
import org.jspecify.annotations.Nullable;

/**
 * The gradients of the log ratio log p(z) - log q(z) of reparameterised samples, which
 * {@link GaussianSampleKl#forwardWithLogRatio} computes: for objectives that weigh samples (Burda, Grosse and
 * Salakhutdinov 2016) or take the KL divergence of samples instead of its closed form.
 *
 * <p>All matrices are float32. Errors are reported as by {@link GaussianSampleKl}.
 */
public final class GaussianLogRatio {
    private static final double NANOS = 1.8;

    private GaussianLogRatio() {}

    /** Gradients for the standard normal prior. */
    public static Launch backward(Matrix mean, Matrix logVariance, Noise noise, Matrix dz, Matrix dLogRatio,
            @Nullable Matrix pathWeight, boolean stopped, Matrix dMean, Matrix dLogVariance) {
        return backward(mean, logVariance, null, null, noise, dz, dLogRatio, pathWeight, stopped, dMean, dLogVariance,
                null, null);
    }

    /**
     * The gradients of a loss from its gradients {@code dz} (KB x D), of what consumes the samples, and
     * {@code dLogRatio} (KB x 1); sums are over the K >= 1 samples of a row, the noise is drawn again:
     *
     * <pre>
     *   s = exp(logVariance / 2), z = mean + s eps, w = dLogRatio, c = pathWeight or 1
     *   dz'               = c (dz + w (-(z - priorMean) / priorVariance + (eps / s where stopped)))
     *   dMean             = sum(dz')
     *   dLogVariance      = sum(dz' eps) s / 2 + (sum(w) / 2 unless stopped)
     *   dPriorMean        = sum(w (z - priorMean) / priorVariance)
     *   dPriorLogVariance = sum(w ((z - priorMean)^2 / priorVariance - 1)) / 2
     * </pre>
     *
     * Unless stopped these are the full gradients: log q(z) = -1/2 sum(eps^2 + logVariance) does not depend on the mean
     * at all. Stopped, log q is a function of z alone: the gradient of a smaller variance that is left when its
     * parameters have none but through z (Roeder, Wu and Duvenaud 2017).
     *
     * <p>{@code mean} and {@code logVariance} are B x D; so is the prior, which {@link Matrix#repeatRow} makes of one
     * that all rows share, or two nulls for N(0, I). {@code pathWeight} is KB x 1, or null for ones, and is given only
     * where log q is stopped: a path term of log q of its own would no longer cancel with the direct one. The gradients
     * are B x D; the prior's two are given together or both null, for a shared prior sum them over the rows.
     */
    public static Launch backward(Matrix mean, Matrix logVariance, @Nullable Matrix priorMean,
            @Nullable Matrix priorLogVariance, Noise noise, Matrix dz, Matrix dLogRatio, @Nullable Matrix pathWeight,
            boolean stopped, Matrix dMean, Matrix dLogVariance, @Nullable Matrix dPriorMean,
            @Nullable Matrix dPriorLogVariance) {
        String name = "GaussianLogRatio.backward";
        Arguments a = new Arguments(name).input("mean", mean);
        long rows = mean.rows();
        long columns = mean.columns();
        a.input("logVariance", logVariance, rows, columns);
        a.bothOrNeither("priorMean", priorMean, "priorLogVariance", priorLogVariance);
        a.inputOrNull("priorMean", priorMean, rows, columns);
        a.inputOrNull("priorLogVariance", priorLogVariance, rows, columns);
        Arguments.given(name, "noise", noise);
        a.input("dz", dz).shape("dz", dz, dz.rows(), columns).samples("dz", dz, "mean", rows).noise("dz", dz);
        a.inputPerRow("dLogRatio", dLogRatio, dz.rows());
        a.require(pathWeight == null || stopped, "pathWeight", "be null unless log q is stopped", pathWeight);
        if (pathWeight != null) {
            a.inputPerRow("pathWeight", pathWeight, dz.rows());
        }
        a.output("dMean", dMean, rows, columns).output("dLogVariance", dLogVariance, rows, columns);
        a.bothOrNeither("dPriorMean", dPriorMean, "dPriorLogVariance", dPriorLogVariance);
        a.require(dPriorMean == null || priorMean != null, "dPriorMean", "be null where there is no priorMean",
                dPriorMean);
        a.outputOrNull("dPriorMean", dPriorMean, rows, columns);
        a.outputOrNull("dPriorLogVariance", dPriorLogVariance, rows, columns);
        return a.launch(new Backward(mean, logVariance, priorMean, priorLogVariance, noise, dz, dLogRatio, pathWeight,
                stopped, dMean, dLogVariance, dPriorMean, dPriorLogVariance))
                .reads(mean, logVariance, priorMean, priorLogVariance, dz, dLogRatio, pathWeight)
                .writes(dMean, dLogVariance, dPriorMean, dPriorLogVariance)
                .nanosPerItem(NANOS * columns * dz.rows() / Math.max(1, rows));
    }

    /** Items are rows of mean. */
    public record Backward(Matrix mean, Matrix logVariance, @Nullable Matrix priorMean,
            @Nullable Matrix priorLogVariance, Noise noise, Matrix dz, Matrix dLogRatio, @Nullable Matrix pathWeight,
            boolean stopped, Matrix dMean, Matrix dLogVariance, @Nullable Matrix dPriorMean,
            @Nullable Matrix dPriorLogVariance)
            implements
                Operation {
        @Override
        public long items() {
            return mean.rows();
        }
    }
}
