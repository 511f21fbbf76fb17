package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import org.jspecify.annotations.Nullable;

/**
 * KL(q || p) between two diagonal Gaussians q = N(mean, exp(logVariance)) and p = N(priorMean, exp(priorLogVariance)),
 * in nats, summed over the D dimensions: the KL of {@link GaussianSampleKl} to the bit, without a sample. Shapes,
 * types, the standard normal as two nulls, overflow and errors are as there; moves 8 bytes an element, 16 with a prior.
 */
public final class GaussianKl {
    private static final double NANOS_PER_ELEMENT = 0.6;
    /** Not drawn. */
    private static final Noise NONE = new Noise(0, 0);

    private GaussianKl() {}

    /** {@code kl} is B x 1. */
    public static Launch forward(Matrix mean, Matrix logVariance, @Nullable Matrix priorMean,
            @Nullable Matrix priorLogVariance, Matrix kl) {
        Arguments a = GaussianSampleKl.distributions("GaussianKl.forward", mean, logVariance, priorMean,
                priorLogVariance);
        a.outputPerRow("kl", kl, mean.rows());
        return a.launch(new GaussianSampleKl.Forward(mean, logVariance, priorMean, priorLogVariance, NONE, null, kl,
                null)).reads(mean, logVariance, priorMean, priorLogVariance).writes(kl)
                .nanosPerItem(NANOS_PER_ELEMENT * mean.columns());
    }

    /**
     * The gradients of a loss from its gradient {@code dKl} (B x 1), the last terms of
     * {@link GaussianSampleKl#backward}; {@code columnWeight} and the gradients of the prior as there. A logVariance
     * above about 177, whose standard deviation overflows, gives NaN in {@code dLogVariance}.
     */
    public static Launch backward(Matrix mean, Matrix logVariance, @Nullable Matrix priorMean,
            @Nullable Matrix priorLogVariance, Matrix dKl, @Nullable Matrix columnWeight, Matrix dMean,
            Matrix dLogVariance, @Nullable Matrix dPriorMean, @Nullable Matrix dPriorLogVariance) {
        Arguments a = GaussianSampleKl.distributions("GaussianKl.backward", mean, logVariance, priorMean,
                priorLogVariance);
        a.inputPerRow("dKl", dKl, mean.rows());
        GaussianSampleKl.gradients(a, mean, priorMean, columnWeight, dMean, dLogVariance, dPriorMean,
                dPriorLogVariance);
        return a.launch(new GaussianSampleKl.Backward(mean, logVariance, priorMean, priorLogVariance, NONE, null, dKl,
                columnWeight, dMean, dLogVariance, dPriorMean, dPriorLogVariance))
                .reads(mean, logVariance, priorMean, priorLogVariance, dKl).readsAll(columnWeight)
                .writes(dMean, dLogVariance, dPriorMean, dPriorLogVariance)
                .nanosPerItem(NANOS_PER_ELEMENT * mean.columns());
    }
}
