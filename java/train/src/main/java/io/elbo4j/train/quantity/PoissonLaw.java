package io.elbo4j.train.quantity;

import java.util.OptionalDouble;

/** Counts of mean exp(logRate). */
record PoissonLaw(double logRate) implements CountLaw {
    /** A draw of a large mean is that of its halves, which are independent. */
    private static final double LARGE = 30;

    @Override
    public double mean() {
        return StrictMath.exp(logRate);
    }

    @Override
    public double logDensity(double x) {
        return x * logRate - mean() - Special.logGamma(x + 1);
    }

    @Override
    public double drawOne(Dice dice) {
        return draw(mean(), dice);
    }

    /** How many of the times between events fit into 1 (Knuth 1969). */
    static double draw(double mean, Dice dice) {
        if (mean > LARGE) {
            return draw(mean / 2, dice) + draw(mean / 2, dice);
        }
        int count = -1;
        for (double time = 0; time <= mean; time -= StrictMath.log(dice.uniform())) {
            count++;
        }
        return count;
    }

    @Override
    public OptionalDouble divergence(Law p) {
        return p instanceof PoissonLaw other ? OptionalDouble.of(mean() * (logRate - other.logRate) - mean() + other
                .mean()) : OptionalDouble.empty();
    }
}
