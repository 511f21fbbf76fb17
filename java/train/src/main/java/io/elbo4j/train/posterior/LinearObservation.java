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
 * z ~ N(0, I) on the plane, x given z ~ N(first z1 + second z2, deviation^2): a decoder of one observed number. p(z
 * given x) is the Gaussian of precision I + w w^T / deviation^2, w = (first, second), whose dimensions depend on each
 * other (Bishop 2006, section 3.3). The factor of the density is p(x).
 *
 * @param deviation above 0
 * @param x what was observed
 */
public record LinearObservation(double first, double second, double deviation, double x) implements Target {
    private static final double LOG_2_PI = StrictMath.log(2 * Math.PI);

    public LinearObservation {
        require(deviation > 0 && Double.isFinite(deviation), "deviation", "a finite number above 0", deviation);
    }

    /** The sum of both is 1, give or take a half: a correlation of -0.8. */
    public static LinearObservation standard() {
        return new LinearObservation(1, 1, 0.5, 1);
    }

    @Override
    public String name() {
        return "linear-gaussian";
    }

    @Override
    public int dimensions() {
        return 2;
    }

    @Override
    public double reach() {
        double largest = Math.max(Math.abs(first), Math.abs(second));
        return 6 + largest * Math.abs(x) / (first * first + second * second + deviation * deviation);
    }

    private double constant() {
        return -1.5 * LOG_2_PI - StrictMath.log(deviation);
    }

    @Override
    public double logDensity(double[] z, double[] gradient) {
        double residual = (x - first * z[0] - second * z[1]) / deviation;
        gradient[0] = first * residual / deviation - z[0];
        gradient[1] = second * residual / deviation - z[1];
        return -0.5 * (z[0] * z[0] + z[1] * z[1] + residual * residual) + constant();
    }

    @Override
    public Value logDensity(Value z) {
        Value mean = Add.of(Scale.of(Slice.of("z1", z, 0, 1), (float) first, 0), Scale.of(Slice.of("z2", z, 1, 2),
                (float) second, 0));
        Value residual = Scale.of(mean, (float) (-1 / deviation), (float) (x / deviation));
        Value squares = Add.of(RowSum.of(Activate.of(z, Activation.SQUARE)), Activate.of(residual, Activation.SQUARE));
        return Scale.of(squares, -0.5f, (float) constant());
    }
}
