package io.elbo4j.train.quantity;

import java.util.OptionalDouble;

/** Counts of mean exp(logRate). */
record PoissonLaw(double logRate) implements CountLaw {
    /** From this rate on the transformed rejection is defined. */
    private static final double REJECTION = 10;

    @Override
    public double mean() {
        return StrictMath.exp(logRate);
    }

    @Override
    public double logDensity(double x) {
        return logMass(x, mean(), logRate);
    }

    /** From {@link CountLaw#LARGE} on by Loader's saddle-point form: the terms of the first are large and cancel. */
    private static double logMass(double x, double mean, double logRate) {
        return mean < LARGE ? x * logRate - mean - Special.logGamma(x + 1)
                : x == 0 ? -mean
                : -Special.stirlingError(x) - Special.deviance(x, mean, x - mean) - StrictMath.log(2 * Math.PI * x) / 2;
    }

    @Override
    public double drawOne(Dice dice) {
        return draw(mean(), dice);
    }

    static double draw(double mean, Dice dice) {
        return mean < REJECTION ? times(mean, dice) : rejected(mean, dice);
    }

    /** How many of the times between events fit into 1 (Knuth 1969). */
    private static double times(double mean, Dice dice) {
        int count = -1;
        for (double time = 0; time <= mean; time -= StrictMath.log(dice.uniform())) {
            count++;
        }
        return count;
    }

    /** PTRS, whose time does not grow with the rate (Hoermann 1993, "The transformed rejection method", section 3). */
    private static double rejected(double mean, Dice dice) {
        double logMean = StrictMath.log(mean);
        double b = 0.931 + 2.53 * StrictMath.sqrt(mean);
        double a = -0.059 + 0.02483 * b;
        double logInverseAlpha = StrictMath.log(1.1239 + 1.1328 / (b - 3.4));
        double inside = 0.9277 - 3.6224 / (b - 2);
        while (true) {
            double u = dice.uniform() - 0.5;
            double v = dice.uniform();
            double s = 0.5 - Math.abs(u);
            double k = Math.floor((2 * a / s + b) * u + mean + 0.43);
            boolean sure = s >= 0.07 && v <= inside;
            boolean possible = k >= 0 && (s >= 0.013 || v <= s);
            if (sure || possible && StrictMath.log(v) + logInverseAlpha - StrictMath.log(a / (s * s) + b) <= logMass(k,
                    mean, logMean)) {
                return k;
            }
        }
    }

    /**
     * Of a large rate by its asymptotic series, whose next term, -9 / (80 rate^4), is below 2e-17 (Evans, Boersma,
     * Blachman and Jagers 1988, "The entropy of a Poisson distribution"). Else it is a sum over counts.
     */
    @Override
    public OptionalDouble entropy() {
        double i = 1 / mean();
        return mean() < LARGE ? OptionalDouble.empty()
                : OptionalDouble.of((StrictMath.log(2 * Math.PI) + 1 + logRate) / 2 - i * (1 / 12.0 + i * (1 / 24.0 + i
                        * 19 / 360)));
    }

    @Override
    public OptionalDouble divergence(Law p) {
        return p instanceof PoissonLaw other ? OptionalDouble.of(mean() * (logRate - other.logRate) - mean() + other
                .mean()) : OptionalDouble.empty();
    }
}
