package io.elbo4j.train.quantity;

import io.elbo4j.train.exact.Gaussian;
import java.util.OptionalDouble;

/** p(x) = exp(-|x - mean| / scale) / (2 scale). */
record LaplaceLaw(double mean, double logScale) implements ScalarLaw {
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

    /** E|x - m| = |mean - m| + scale exp(-|mean - m| / scale), and E(x - m)^2 = 2 scale^2 + (mean - m)^2. */
    @Override
    public OptionalDouble divergence(Law p) {
        double entropy = entropy().getAsDouble();
        if (p instanceof LaplaceLaw other) {
            double apart = Math.abs(mean - other.mean);
            double distance = apart + scale() * StrictMath.exp(-apart / scale());
            return OptionalDouble.of(StrictMath.log(2) + other.logScale + distance / other.scale() - entropy);
        }
        if (p.gaussian().isEmpty()) {
            return OptionalDouble.empty();
        }
        Gaussian gaussian = p.gaussian().get();
        double apart = mean - gaussian.mean()[0];
        double variance = gaussian.covariance()[0][0];
        return OptionalDouble.of((StrictMath.log(2 * Math.PI * variance) + (2 * scale() * scale() + apart * apart)
                / variance) / 2 - entropy);
    }
}
