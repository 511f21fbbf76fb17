package io.elbo4j.train.quantity;

import java.util.OptionalDouble;

/** p(x) = exp(-|x - mean| / scale) / (2 scale). */
record LaplaceLaw(double mean, double logScale) implements RealLaw {
    private double scale() {
        return StrictMath.exp(logScale);
    }

    @Override
    public Values values() {
        return Values.REAL;
    }

    @Override
    public double logDensity(double x) {
        return -StrictMath.log(2) - logScale - Math.abs(x - mean) / scale();
    }

    @Override
    public double drawOne(Dice dice) {
        double u = 2 * dice.uniform() - 1;
        return mean - scale() * Math.signum(u) * StrictMath.log1p(-Math.abs(u));
    }

    @Override
    public OptionalDouble entropy() {
        return OptionalDouble.of(1 + StrictMath.log(2) + logScale);
    }

    @Override
    public double variance() {
        return 2 * scale() * scale();
    }

    /** |mean - m| + scale exp(-|mean - m| / scale). */
    @Override
    public double distance(double m) {
        double apart = Math.abs(mean - m);
        return apart + scale() * StrictMath.exp(-apart / scale());
    }

    /** -E[log p] under what lies at this distance from the mean. */
    double cross(double distance) {
        return StrictMath.log(2) + logScale + distance / scale();
    }
}
