package io.elbo4j.train.posterior;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Activation;

/**
 * The weights of a network of one hidden layer given data, in double precision, up to p(y given x):
 *
 * <pre>
 *   f(x) = sum over units u of w2_u activation(w1_u x + b1_u) + b2,  y ~ N(f(x), noise^2)
 *   w1, b1, b2 ~ N(0, deviation^2), w2 ~ N(0, deviation^2 / units)
 * </pre>
 *
 * z are the weights in units of their prior's standard deviations, in the order w1, b1, w2, b2: the prior of z is N(0,
 * I).
 *
 * @param activation RELU or TANH
 * @param deviation of the prior, above 0
 */
public record NetworkPosterior(Cubic data, int units, Activation activation, double deviation) implements Density {
    public NetworkPosterior {
        require(units >= 1, "units", "at least 1", units);
        require(activation == Activation.RELU || activation == Activation.TANH, "activation", "relu or tanh",
                activation);
        require(deviation > 0 && Double.isFinite(deviation), "deviation", "a finite number above 0", deviation);
    }

    @Override
    public String name() {
        return "weights of a network";
    }

    @Override
    public int dimensions() {
        return 3 * units + 1;
    }

    private double scale() {
        return deviation / StrictMath.sqrt(units);
    }

    private double active(double pre) {
        return activation == Activation.TANH ? StrictMath.tanh(pre) : Math.max(pre, 0);
    }

    private double slope(double pre, double active) {
        return activation == Activation.TANH ? 1 - active * active : pre > 0 ? 1 : 0;
    }

    private double pre(double[] z, int unit, double x) {
        return deviation * (z[unit] * x + z[units + unit]);
    }

    /** f at a place. */
    public double predict(double[] z, double x) {
        double sum = 0;
        for (int u = 0; u < units; u++) {
            sum += z[2 * units + u] * active(pre(z, u, x));
        }
        return scale() * sum + deviation * z[3 * units];
    }

    @Override
    public double logDensity(double[] z, double[] gradient) {
        double log = 0;
        for (int d = 0; d < z.length; d++) {
            log -= z[d] * z[d] / 2;
            gradient[d] = -z[d];
        }
        for (int i = 0; i < data.rows(); i++) {
            double x = data.x()[i];
            double residual = (data.y()[i] - predict(z, x)) / Cubic.NOISE;
            log -= residual * residual / 2;
            double ofF = residual / Cubic.NOISE;
            gradient[3 * units] += ofF * deviation;
            for (int u = 0; u < units; u++) {
                double pre = pre(z, u, x);
                double active = active(pre);
                double ofPre = ofF * scale() * z[2 * units + u] * slope(pre, active) * deviation;
                gradient[u] += ofPre * x;
                gradient[units + u] += ofPre;
                gradient[2 * units + u] += ofF * scale() * active;
            }
        }
        return log;
    }
}
