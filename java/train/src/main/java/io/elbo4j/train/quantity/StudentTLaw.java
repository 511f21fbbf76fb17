package io.elbo4j.train.quantity;

import java.util.OptionalDouble;

/** Student's t around the mean, in units of exp(logScale). */
record StudentTLaw(double mean, double logScale, double degreesOfFreedom) implements RealLaw {
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

    @Override
    public double variance() {
        return degreesOfFreedom > 2 ? StrictMath.exp(2 * logScale) * degreesOfFreedom / (degreesOfFreedom - 2)
                : Double.POSITIVE_INFINITY;
    }

    /**
     * From {@code integral t f(t) dt = -(v + t^2) / (v - 1) f(t)}: with d = |m - mean| / scale in units of the scale,
     * {@code 2 (v + d^2) / (v - 1) f(d) + d P(|t| < d)}, and {@code P(|t| < d) = 1 - I(v / (v + d^2); v / 2, 1 / 2)}
     * (Abramowitz and Stegun 1964, 26.7.1).
     */
    @Override
    public double distance(double m) {
        double v = degreesOfFreedom;
        if (v <= 1) {
            return Double.POSITIVE_INFINITY;
        }
        double d = Math.abs(m - mean) * StrictMath.exp(-logScale);
        double square = d * d / v;
        double density = StrictMath.exp(peak() - half() * StrictMath.log1p(square));
        return StrictMath.exp(logScale) * (2 * v * (1 + square) / (v - 1) * density + d * Special.beta(square / (1
                + square), 0.5, v / 2));
    }

    /**
     * To a Cauchy, of another: log(((a + b)^2 + d^2) / (4 a b)), scales a and b, d between the medians (Chyzak and
     * Nielsen 2019).
     */
    @Override
    public OptionalDouble divergence(Law p) {
        if (p instanceof StudentTLaw other && degreesOfFreedom == 1 && other.degreesOfFreedom == 1) {
            double a = StrictMath.exp(logScale);
            double b = StrictMath.exp(other.logScale);
            // (a + b)^2 = (a - b)^2 + 4 a b, so that two that are near each other are as exact
            return OptionalDouble.of(StrictMath.log1p(((a - b) * (a - b) + (mean - other.mean) * (mean - other.mean))
                    / (4 * a * b)));
        }
        return RealLaw.super.divergence(p);
    }
}
