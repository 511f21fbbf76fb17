package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.Operation;

/**
 * Random float32 matrices: element (row, column) is a function of the noise's seed and draw, row and column alone
 * (Salmon et al. 2011). Rows are limited to 2^32, columns to 2^34. Errors are reported as by {@link GaussianSampleKl}.
 */
public final class RandomFill {
    private static final double NORMAL_NANOS = 1;
    private static final double UNIFORM_NANOS = 0.5;

    private RandomFill() {}

    /** Standard normal numbers, of magnitude at most 6.66 (Box and Muller 1958). */
    public static Launch normal(Noise noise, Matrix target) {
        return arguments("RandomFill.normal", noise, target).launch(new Normal(noise, target)).writes(target)
                .nanosPerItem(NORMAL_NANOS * target.columns());
    }

    /**
     * low + (high - low) u with u a multiple of 2^-24 in [0, 1): in [low, high], high only by rounding.
     *
     * @throws IllegalArgumentException unless low is at most high and their difference is finite
     */
    public static Launch uniform(Noise noise, float low, float high, Matrix target) {
        Arguments a = arguments("RandomFill.uniform", noise, target);
        a.require(Float.isFinite(low), "low", "be finite", low);
        a.require(high >= low && Float.isFinite(high - low), "high", "be at least low (" + low
                + ") and finitely far from it", high);
        return a.launch(new Uniform(noise, low, high, target)).writes(target)
                .nanosPerItem(UNIFORM_NANOS * target.columns());
    }

    private static Arguments arguments(String name, Noise noise, Matrix target) {
        Arguments.given(name, "noise", noise);
        long rows = Arguments.given(name, "target", target).rows();
        return new Arguments(name).output("target", target, rows, target.columns()).noise("target", target);
    }

    /** Items are rows. */
    public record Normal(Noise noise, Matrix target)
            implements
                Operation {
        @Override
        public long items() {
            return target.rows();
        }
    }

    /** Items are rows. */
    public record Uniform(Noise noise, float low, float high, Matrix target)
            implements
                Operation {
        @Override
        public long items() {
            return target.rows();
        }
    }
}
