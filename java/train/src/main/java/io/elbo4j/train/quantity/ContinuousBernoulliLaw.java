package io.elbo4j.train.quantity;

import java.util.OptionalDouble;

/** log p(x) = x logit - log((exp(logit) - 1) / logit), x from 0 to 1. */
record ContinuousBernoulliLaw(double logit) implements RealLaw {
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

    @Override
    public double mean() {
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

    /** The second derivative of log of the integral: 1 / logit^2 - 1 / (4 sinh^2(logit / 2)); near 0 by its series. */
    @Override
    public double variance() {
        double s = logit * logit;
        double sinh = StrictMath.sinh(logit / 2);
        return Math.abs(logit) < 0.2 ? 1 / 12.0 - s * (1 / 240.0 - s * (1 / 6048.0 - s * (1 / 172800.0 - s / 5322240)))
                : 1 / s - 1 / (4 * sinh * sinh);
    }

    /**
     * E(m - x)+ is the integral of F up to m. With logit -l it is m^2 g(l m) / h(l), g(y) = (y - 1 + exp(-y)) / y^2,
     * h(l) = (1 - exp(-l)) / l; the other sign is its mirror image.
     */
    @Override
    public double distance(double m) {
        double mirrored = logit > 0 ? 1 - m : m;
        double ofMirrored = logit > 0 ? 1 - mean() : mean();
        double inside = Math.min(1, Math.max(0, mirrored));
        double l = Math.abs(logit);
        double y = l * inside;
        double g = y < SMALL ? 0.5 - y * (1 / 6.0 - y * (1 / 24.0 - y * (1 / 120.0 - y / 720)))
                : (y + StrictMath.expm1(-y)) / (y * y);
        double h = l == 0 ? 1 : -StrictMath.expm1(-l) / l;
        return 2 * inside * inside * g / h + ofMirrored - inside + Math.abs(mirrored - inside);
    }

    @Override
    public OptionalDouble divergence(Law p) {
        return p instanceof ContinuousBernoulliLaw other ? OptionalDouble.of(mean() * (logit - other.logit)
                + other.logIntegral() - logIntegral()) : RealLaw.super.divergence(p);
    }
}
