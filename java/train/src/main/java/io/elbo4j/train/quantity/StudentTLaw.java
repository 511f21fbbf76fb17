package io.elbo4j.train.quantity;

import io.elbo4j.train.exact.Gaussian;
import java.util.OptionalDouble;

/** Student's t around the mean, in units of exp(logScale). */
record StudentTLaw(double mean, double logScale, double degreesOfFreedom) implements ScalarLaw {
    @Override
    public Values values() {
        return Values.REAL;
    }

    private double half() {
        return (degreesOfFreedom + 1) / 2;
    }

    /** log p at the mean, in units of the scale. */
    private double peak() {
        return Special.logGamma(half()) - Special.logGamma(degreesOfFreedom / 2) - StrictMath.log(degreesOfFreedom
                * Math.PI) / 2;
    }

    @Override
    public double logDensity(double x) {
        double scaled = (x - mean) * StrictMath.exp(-logScale);
        return peak() - logScale - half() * StrictMath.log1p(scaled * scaled / degreesOfFreedom);
    }

    @Override
    public double drawOne(Dice dice) {
        double chiSquare = 2 * dice.gamma(degreesOfFreedom / 2);
        return mean + StrictMath.exp(logScale) * dice.normal() * StrictMath.sqrt(degreesOfFreedom / chiSquare);
    }

    @Override
    public OptionalDouble entropy() {
        return OptionalDouble.of(half() * (Special.digamma(half()) - Special.digamma(degreesOfFreedom / 2)) - peak()
                + logScale);
    }

    /** To a Gaussian: its variance is scale^2 v / (v - 2), and infinite up to v = 2. */
    @Override
    public OptionalDouble divergence(Law p) {
        if (p instanceof LaplaceLaw && degreesOfFreedom <= 1) {
            return OptionalDouble.of(Double.POSITIVE_INFINITY);
        }
        if (p.gaussian().isEmpty()) {
            return OptionalDouble.empty();
        }
        if (degreesOfFreedom <= 2) {
            return OptionalDouble.of(Double.POSITIVE_INFINITY);
        }
        Gaussian gaussian = p.gaussian().get();
        double apart = mean - gaussian.mean()[0];
        double variance = gaussian.covariance()[0][0];
        double own = StrictMath.exp(2 * logScale) * degreesOfFreedom / (degreesOfFreedom - 2);
        return OptionalDouble.of((StrictMath.log(2 * Math.PI * variance) + (own + apart * apart) / variance) / 2
                - entropy().getAsDouble());
    }
}
