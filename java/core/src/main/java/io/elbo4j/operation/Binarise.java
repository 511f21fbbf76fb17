package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.Operation;

/** Dynamic binarisation: grey values as probabilities, drawn anew at every step (Salakhutdinov and Murray 2008). */
public final class Binarise {
    private static final double NANOS_PER_ELEMENT = 0.5;

    private Binarise() {}

    /**
     * target = 1 where u is below {@code probability}, else 0, with u uniform in [0, 1): float32 matrices of one shape,
     * which may be the same. A probability of at least 1 always gives 1, one of at most 0 gives 0, NaN stays NaN.
     * Errors are reported as by {@link GaussianSampleKl}.
     */
    public static Launch forward(Matrix probability, Noise noise, Matrix target) {
        Arguments.given("Binarise.forward", "noise", noise);
        Arguments a = new Arguments("Binarise.forward").input("probability", probability);
        a.outputInPlace("target", target, probability.rows(), probability.columns()).noise("target", target);
        return a.launch(new Forward(probability, noise, target)).reads(probability).writes(target)
                .nanosPerItem(NANOS_PER_ELEMENT * target.columns());
    }

    /** Items are rows. */
    public record Forward(Matrix probability, Noise noise, Matrix target)
            implements
                Operation {
        @Override
        public long items() {
            return target.rows();
        }
    }
}
