package io.elbo4j.train.quantity;

import java.util.OptionalDouble;

/** A relaxed Bernoulli, in the space of logits: (logit + logistic noise) / temperature. */
record LogisticLaw(double logit, double temperature) implements RealLaw {
    /** Below it the term that the series leaves out is below 1e-17. */
    private static final double NEAR = 0.1;

    @Override
    public Values values() {
        return Values.REAL;
    }

    @Override
    public double logDensity(double x) {
        double s = logit - temperature * x;
        return StrictMath.log(temperature) + s - 2 * Special.softplus(s);
    }

    @Override
    public double drawOne(Dice dice) {
        double u = dice.uniform();
        return (logit + StrictMath.log(u) - StrictMath.log1p(-u)) / temperature;
    }

    @Override
    public OptionalDouble entropy() {
        return OptionalDouble.of(2 - StrictMath.log(temperature));
    }

    @Override
    public double mean() {
        return logit / temperature;
    }

    @Override
    public double variance() {
        return Math.PI * Math.PI / (3 * temperature * temperature);
    }

    /** The integral of F(x) = sigmoid(temperature x - logit) up to m, and that of 1 - F(x) from there. */
    @Override
    public double distance(double m) {
        double d = temperature * m - logit;
        return (Special.softplus(d) + Special.softplus(-d)) / temperature;
    }

    /**
     * To one of the same temperature d coth(d / 2) - 2, d between the logits: with u = sigmoid(x), which is uniform,
     * {@code E[softplus(x + d)] = 1 + integral log(1 - u + u exp(d)) du = d / (1 - exp(-d))}. Near 0 by its series.
     */
    @Override
    public OptionalDouble divergence(Law p) {
        if (p instanceof LogisticLaw other) {
            double d = Math.abs(logit - other.logit);
            double s = d * d;
            return other.temperature != temperature ? OptionalDouble.empty()
                    : OptionalDouble.of(d < NEAR ? s * (1 / 6.0 - s * (1 / 360.0 - s * (1 / 15120.0 - s / 604800)))
                            : -d - 2 * d / StrictMath.expm1(-d) - 2);
        }
        return RealLaw.super.divergence(p);
    }
}
