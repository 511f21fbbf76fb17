package io.elbo4j.train.quantity;

import java.util.OptionalDouble;

/** log p(x) = x logit - log((exp(logit) - 1) / logit), x from 0 to 1. */
record ContinuousBernoulliLaw(double logit) implements ScalarLaw {
    private static final double SMALL = 1e-3;

    @Override
    public Values values() {
        return Values.UNIT_INTERVAL;
    }

    /** log of the integral of exp(x logit); near 0 by its series, whose next term is below 1e-20. */
    private double logIntegral() {
        double l = Math.abs(logit);
        double even = l < SMALL ? l * l / 24 - l * l * l * l / 2880
                : l / 2 + StrictMath.log(-StrictMath.expm1(-l) / l);
        return logit / 2 + even;
    }

    private double mean() {
        return Math.abs(logit) < SMALL ? 0.5 + logit / 12 - logit * logit * logit / 720
                : -1 / StrictMath.expm1(-logit) - 1 / logit;
    }

    @Override
    public double logDensity(double x) {
        return x * logit - logIntegral();
    }

    /** By the inverse of the distribution function, (exp(x logit) - 1) / (exp(logit) - 1), from its steeper end. */
    @Override
    public double drawOne(Dice dice) {
        double u = dice.uniform();
        double l = Math.abs(logit);
        double x = l < 1e-9 ? u : -StrictMath.log1p(u * StrictMath.expm1(-l)) / l;
        return logit > 0 ? 1 - x : x;
    }

    @Override
    public OptionalDouble entropy() {
        return OptionalDouble.of(logIntegral() - mean() * logit);
    }

    @Override
    public OptionalDouble divergence(Law p) {
        return p instanceof ContinuousBernoulliLaw other ? OptionalDouble.of(mean() * (logit - other.logit)
                + other.logIntegral() - logIntegral()) : OptionalDouble.empty();
    }
}
