package io.elbo4j.train.posterior;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Activation;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;

/**
 * weight N((distance, 0), deviation^2 I) + (1 - weight) N((-distance, 0), deviation^2 I). Its logarithm is that of the
 * left one + log(1 - weight) + softplus(logit(weight) + 2 distance z1 / deviation^2).
 *
 * @param distance of a mean from 0
 * @param deviation of each, above 0
 * @param weight of the right one, between 0 and 1
 */
public record TwoModes(double distance, double deviation, double weight) implements Target {
    private static final double LOG_2_PI = StrictMath.log(2 * Math.PI);

    public TwoModes {
        require(deviation > 0 && Double.isFinite(deviation), "deviation", "a finite number above 0", deviation);
        require(weight > 0 && weight < 1, "weight", "between 0 and 1", weight);
    }

    /** Between them is a valley of an eighth of the lower mode: chains go across, now and then. */
    public static TwoModes standard() {
        return new TwoModes(1.5, 0.6, 0.7);
    }

    @Override
    public String name() {
        return "two-modes";
    }

    @Override
    public int dimensions() {
        return 2;
    }

    @Override
    public double reach() {
        return Math.abs(distance) + 6 * deviation;
    }

    private double variance() {
        return deviation * deviation;
    }

    private double logit() {
        return StrictMath.log(weight / (1 - weight));
    }

    private double slope() {
        return 2 * distance / variance();
    }

    private double constant() {
        return StrictMath.log(1 - weight) - LOG_2_PI - StrictMath.log(variance());
    }

    @Override
    public double logDensity(double[] z, double[] gradient) {
        double logit = logit() + slope() * z[0];
        double right = 1 / (1 + StrictMath.exp(-logit));
        double softplus = Math.max(logit, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(logit)));
        double left = z[0] + distance;
        gradient[0] = slope() * right - left / variance();
        gradient[1] = -z[1] / variance();
        return softplus - 0.5 * (left * left + z[1] * z[1]) / variance() + constant();
    }

    @Override
    public Value logDensity(Value z) {
        Value first = Slice.of("z1", z, 0, 1);
        Value softplus = Activate.of(Scale.of(first, (float) slope(), (float) logit()), Activation.SOFTPLUS);
        Value squares = RowSum.of(Activate.of(z, Activation.SQUARE));
        // |z - left|^2 = |z|^2 + 2 distance z1 + distance^2
        Value away = Add.of(squares, Scale.of(first, (float) (2 * distance), (float) (distance * distance)));
        return Add.of(softplus, Scale.of(away, (float) (-0.5 / variance()), (float) constant()));
    }
}
