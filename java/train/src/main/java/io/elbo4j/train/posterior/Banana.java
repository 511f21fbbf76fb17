package io.elbo4j.train.posterior;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Activation;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Subtract;

/**
 * z1 ~ N(0, 1), z2 given z1 ~ N(curvature (z1^2 - 1), deviation^2): a Gaussian that is bent (Haario, Saksman and
 * Tamminen 1999). Mean 0, uncorrelated, and yet dependent.
 *
 * @param deviation above 0
 */
public record Banana(double curvature, double deviation) implements Target {
    private static final double LOG_2_PI = StrictMath.log(2 * Math.PI);

    public Banana {
        require(deviation > 0 && Double.isFinite(deviation), "deviation", "a finite number above 0", deviation);
    }

    /** So little bent that chains do not stick in its tails. */
    public static Banana standard() {
        return new Banana(0.25, 0.5);
    }

    @Override
    public String name() {
        return "banana";
    }

    @Override
    public int dimensions() {
        return 2;
    }

    @Override
    public double reach() {
        return Math.max(6, 24 * Math.abs(curvature) + 6 * deviation);
    }

    private double constant() {
        return -LOG_2_PI - StrictMath.log(deviation);
    }

    @Override
    public double logDensity(double[] z, double[] gradient) {
        double residual = (z[1] - curvature * (z[0] * z[0] - 1)) / deviation;
        gradient[0] = 2 * curvature * z[0] * residual / deviation - z[0];
        gradient[1] = -residual / deviation;
        return -0.5 * (z[0] * z[0] + residual * residual) + constant();
    }

    @Override
    public Value logDensity(Value z) {
        Value square = Activate.of(Slice.of("z1", z, 0, 1), Activation.SQUARE);
        Value mean = Scale.of(square, (float) curvature, (float) -curvature);
        Value residual = Scale.of(Subtract.of(Slice.of("z2", z, 1, 2), mean), (float) (1 / deviation), 0);
        return Scale.of(Add.of(square, Activate.of(residual, Activation.SQUARE)), -0.5f, (float) constant());
    }
}
