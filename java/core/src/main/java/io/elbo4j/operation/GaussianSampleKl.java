package io.elbo4j.operation;

import io.elbo4j.ElementType;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.Operation;
import org.jspecify.annotations.Nullable;

/**
 * A reparameterised sample of a diagonal Gaussian q = N(mean, exp(logVariance)) and its divergence KL(q || p) from a
 * prior, in one pass (Kingma and Welling 2014, section 2.4 and appendix B).
 *
 * <pre>
 *   z  = mean + exp(logVariance / 2) eps,  eps ~ N(0, I), element (row of z, column) of {@code noise}
 *   KL = 1/2 sum(exp(logVariance) + mean^2 - logVariance - 1)                                      p = N(0, I)
 *   KL = 1/2 sum((exp(logVariance) + (mean - priorMean)^2) / exp(priorLogVariance)
 *                + priorLogVariance - logVariance - 1)                     p = N(priorMean, exp(priorLogVariance))
 * </pre>
 *
 * Matrices with D columns store float32, or all of them one 16-bit type ({@link io.elbo4j.ElementType}); numbers per
 * row are float32.
 *
 * <p>{@code mean}, {@code logVariance} and the prior are B x D; a prior shared by all rows is
 * {@link Matrix#repeatRow}. {@code z} is KB x D with K >= 1 samples a row: row r has its samples in rows rK to rK + K
 * - 1.
 * {@code kl} is B x 1, in nats, summed over the D dimensions.
 *
 * <p>An element's KL is never negative, and its relative error is at most 9e-6 wherever it is above 1e-12; the sum over
 * the columns adds half an ULP.
 *
 * <p>NaN in a row's inputs gives NaN in its outputs. Where logVariance - priorLogVariance (logVariance, for the
 * standard normal) is above about 88, kl is +infinity. Beyond ±177 a log-variance has no standard deviation in float32:
 * kl is then +infinity or NaN, z too. Nothing is clamped silently.
 *
 * <p>Every method throws {@link IllegalArgumentException} for a wrong shape, matrices of several backends, or an output
 * that overlaps another argument, {@link NullPointerException} for a missing argument and {@link IllegalStateException}
 * for closed memory, each naming the argument, before anything is touched.
 */
public final class GaussianSampleKl {
    private static final double SAMPLE_NANOS = 1;
    private static final double KL_NANOS = 0.6;

    private GaussianSampleKl() {}

    /** Sample and KL to the standard normal prior. */
    public static Launch forward(Matrix mean, Matrix logVariance, Noise noise, Matrix z, Matrix kl) {
        return forward(mean, logVariance, null, null, noise, z, kl);
    }

    /** Sample and KL to a diagonal Gaussian prior; a prior of two nulls is the standard normal. */
    public static Launch forward(Matrix mean, Matrix logVariance, @Nullable Matrix priorMean,
            @Nullable Matrix priorLogVariance, Noise noise, Matrix z, Matrix kl) {
        return forward("GaussianSampleKl.forward", mean, logVariance, priorMean, priorLogVariance, noise, z, kl, null);
    }

    /**
     * The same, and the log importance ratio of each sample, {@code logRatio} (KB x 1) = log p(z) - log q(z) in nats
     * (Burda, Grosse and Salakhutdinov 2016, equation 8); the constants of both densities cancel. p is taken of z as it
     * is stored, which 16 bits round, q of the noise that was drawn.
     */
    public static Launch forwardWithLogRatio(Matrix mean, Matrix logVariance, @Nullable Matrix priorMean,
            @Nullable Matrix priorLogVariance, Noise noise, Matrix z, Matrix kl, Matrix logRatio) {
        String name = "GaussianSampleKl.forwardWithLogRatio";
        Arguments.given(name, "logRatio", logRatio);
        return forward(name, mean, logVariance, priorMean, priorLogVariance, noise,
                z, kl, logRatio);
    }

    private static Launch forward(String name, Matrix mean, Matrix logVariance, @Nullable Matrix priorMean,
            @Nullable Matrix priorLogVariance, Noise noise, Matrix z, Matrix kl, @Nullable Matrix logRatio) {
        Arguments a = distributions(name, mean, logVariance, priorMean, priorLogVariance);
        Arguments.given(name, "noise", noise);
        long rows = mean.rows();
        a.output("z", z, Arguments.given(name, "z", z).rows(), mean.columns())
                .samples("z", z, "mean", rows)
                .noise("z", z);
        a.outputPerRow("kl", kl, rows);
        if (logRatio != null) {
            a.outputPerRow("logRatio", logRatio, z.rows());
        }
        return a.launch(new Forward(mean, logVariance, priorMean, priorLogVariance, noise, z, kl, logRatio))
                .reads(mean, logVariance, priorMean, priorLogVariance).writes(z, kl, logRatio)
                .nanosPerItem(nanos(mean, z));
    }

    /** Gradients for the standard normal prior. */
    public static Launch backward(Matrix mean, Matrix logVariance, Noise noise, Matrix dz, Matrix dKl,
            @Nullable Matrix columnWeight, Matrix dMean, Matrix dLogVariance) {
        return backward(mean, logVariance, null, null, noise, dz, dKl, columnWeight, dMean, dLogVariance, null, null);
    }

    /**
     * The gradients of a loss from its gradients {@code dz} (KB x D) and {@code dKl} (B x 1), the noise drawn again:
     *
     * <pre>
     *   dMean             = sum over samples(dz) + w (mean - priorMean) / priorVariance
     *   dLogVariance      = sum over samples(dz eps) s / 2 + w / 2 (variance / priorVariance - 1)
     *   dPriorMean        = -w (mean - priorMean) / priorVariance
     *   dPriorLogVariance = w / 2 (1 - (variance + (mean - priorMean)^2) / priorVariance)
     * </pre>
     *
     * with s = exp(logVariance / 2) and w = dKl, or dKl {@code columnWeight} where that is given (1 x D: weights of
     * each dimension's KL, as free bits need; else null). The two gradients of the prior are B x D, or both null; for a
     * shared prior sum them over the rows.
     */
    public static Launch backward(Matrix mean, Matrix logVariance, @Nullable Matrix priorMean,
            @Nullable Matrix priorLogVariance, Noise noise, Matrix dz, Matrix dKl, @Nullable Matrix columnWeight,
            Matrix dMean, Matrix dLogVariance, @Nullable Matrix dPriorMean, @Nullable Matrix dPriorLogVariance) {
        String name = "GaussianSampleKl.backward";
        Arguments a = distributions(name, mean, logVariance, priorMean, priorLogVariance);
        Arguments.given(name, "noise", noise);
        long rows = mean.rows();
        long columns = mean.columns();
        a.input("dz", dz).shape("dz", dz, dz.rows(), columns).samples("dz", dz, "mean", rows).noise("dz", dz);
        a.inputPerRow("dKl", dKl, rows);
        gradients(a, mean, priorMean, columnWeight, dMean, dLogVariance, dPriorMean, dPriorLogVariance);
        return a.launch(new Backward(mean, logVariance, priorMean, priorLogVariance, noise, dz, dKl, columnWeight,
                dMean, dLogVariance, dPriorMean, dPriorLogVariance))
                .reads(mean, logVariance, priorMean, priorLogVariance, dz, dKl).readsAll(columnWeight)
                .writes(dMean, dLogVariance, dPriorMean, dPriorLogVariance).nanosPerItem(nanos(mean, dz));
    }

    static Arguments distributions(String name, Matrix mean, Matrix logVariance, @Nullable Matrix priorMean,
            @Nullable Matrix priorLogVariance) {
        Arguments a = new Arguments(name).type(Arguments.given(name, "mean", mean).type()).input("mean", mean);
        a.input("logVariance", logVariance, mean.rows(), mean.columns());
        a.bothOrNeither("priorMean", priorMean, "priorLogVariance", priorLogVariance);
        a.inputOrNull("priorMean", priorMean, mean.rows(), mean.columns());
        a.inputOrNull("priorLogVariance", priorLogVariance, mean.rows(), mean.columns());
        return a;
    }

    static void gradients(Arguments a, Matrix mean, @Nullable Matrix priorMean, @Nullable Matrix columnWeight,
            Matrix dMean, Matrix dLogVariance, @Nullable Matrix dPriorMean, @Nullable Matrix dPriorLogVariance) {
        long rows = mean.rows();
        long columns = mean.columns();
        a.output("dMean", dMean, rows, columns).output("dLogVariance", dLogVariance, rows, columns);
        a.bothOrNeither("dPriorMean", dPriorMean, "dPriorLogVariance", dPriorLogVariance);
        a.require(dPriorMean == null || priorMean != null, "dPriorMean", "be null where there is no priorMean",
                dPriorMean);
        a.outputOrNull("dPriorMean", dPriorMean, rows, columns);
        a.outputOrNull("dPriorLogVariance", dPriorLogVariance, rows, columns);
        a.type(ElementType.FLOAT32).inputOrNull("columnWeight", columnWeight, 1, columns);
    }

    private static double nanos(Matrix mean, Matrix z) {
        return mean.columns() * (KL_NANOS + SAMPLE_NANOS * z.rows() / Math.max(1, mean.rows()));
    }

    /** Items are rows of mean. Without z there are no samples. */
    public record Forward(Matrix mean, Matrix logVariance, @Nullable Matrix priorMean,
            @Nullable Matrix priorLogVariance, Noise noise, @Nullable Matrix z, Matrix kl, @Nullable Matrix logRatio)
            implements
                Operation {
        @Override
        public long items() {
            return mean.rows();
        }
    }

    /** Items are rows of mean. Without dz there are no samples. */
    public record Backward(Matrix mean, Matrix logVariance, @Nullable Matrix priorMean,
            @Nullable Matrix priorLogVariance, Noise noise, @Nullable Matrix dz, Matrix dKl,
            @Nullable Matrix columnWeight, Matrix dMean, Matrix dLogVariance, @Nullable Matrix dPriorMean,
            @Nullable Matrix dPriorLogVariance)
            implements
                Operation {
        @Override
        public long items() {
            return mean.rows();
        }
    }
}
