package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;

/** The exponential moving average of parameters (Polyak and Juditsky 1992; Lillicrap et al. 2016, target networks). */
public final class MovingAverage {
    private static final double NANOS_PER_ELEMENT = 0.2;

    private MovingAverage() {}

    /**
     * target = decay target + (1 - decay) x, as target + (1 - decay) (x - target) with one fused multiply-add: float32
     * matrices of one shape, which lie apart. 1 - decay is rounded once. Errors are reported as by {@link
     * GaussianSampleKl}.
     *
     * @param decay the share of the target that stays, in [0, 1]
     */
    public static Launch update(Matrix x, double decay, Matrix target) {
        Arguments a = new Arguments("MovingAverage.update").input("x", x);
        a.require(decay >= 0 && decay <= 1, "decay", "be in [0, 1]", decay);
        a.output("target", target, x.rows(), x.columns());
        return a.launch(new Update((float) (1 - decay), x, target)).reads(x, target).writes(target)
                .nanosPerItem(NANOS_PER_ELEMENT * x.columns());
    }

    /** Items are rows. */
    public record Update(float share, Matrix x, Matrix target) implements Operation {
        @Override
        public long items() {
            return target.rows();
        }
    }
}
