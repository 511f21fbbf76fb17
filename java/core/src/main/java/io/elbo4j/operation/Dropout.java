package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.Operation;

/**
 * Units left out at random (Srivastava et al. 2014, Dropout: A Simple Way to Prevent Neural Networks from Overfitting),
 * the others scaled up so that the mean stays.
 */
public final class Dropout {
    private static final double NANOS_PER_ELEMENT = 0.5;

    private Dropout() {}

    /**
     * y = x / (1 - rate) where an element is kept, +0 where it is dropped: with a probability within 2^-33 of the rate,
     * independently of all others. Which are dropped is a function of the noise and of their row and column alone, so
     * that the gradient is the same of dy: nothing is stored. Float32 matrices of one shape, which may be the same; at
     * most 2^32 rows and 2^34 columns. NaN stays NaN where it is kept. The factor 1 / (1 - rate) is rounded twice, the
     * product once. Errors are reported as by {@link GaussianSampleKl}.
     *
     * @throws IllegalArgumentException unless rate is at least 0 and below 1
     */
    public static Launch apply(Matrix x, float rate, Noise noise, Matrix y) {
        Arguments.given("Dropout.apply", "noise", noise);
        Arguments a = new Arguments("Dropout.apply").input("x", x);
        a.require(rate >= 0 && rate < 1, "rate", "be at least 0 and below 1", rate);
        a.outputInPlace("y", y, x.rows(), x.columns()).noise("y", y);
        return a.launch(new Apply(x, noise, (int) Math.round(rate * 0x1p32), 1 / (1 - rate), y)).reads(x).writes(y)
                .nanosPerItem(NANOS_PER_ELEMENT * x.columns());
    }

    /**
     * Items are rows.
     *
     * @param threshold the first of the words, as unsigned numbers, whose elements are kept
     */
    public record Apply(Matrix x, Noise noise, int threshold, float scale, Matrix y)
            implements
                Operation {
        @Override
        public long items() {
            return x.rows();
        }
    }
}
