package io.elbo4j.train.quantity;

/** Counts of mean m = exp(logMean) and variance m + m^2 / theta, theta = exp(logInverseDispersion). */
record NegativeBinomialLaw(double logMean, double logInverseDispersion) implements CountLaw {
    @Override
    public double mean() {
        return StrictMath.exp(logMean);
    }

    @Override
    public double logDensity(double x) {
        double theta = StrictMath.exp(logInverseDispersion);
        double apart = logMean - logInverseDispersion;
        return Special.logGamma(x + theta) - Special.logGamma(theta) - Special.logGamma(x + 1) - theta * Special
                .softplus(apart) - x * Special.softplus(-apart);
    }

    /** A Poisson number whose rate is a gamma number. */
    @Override
    public double drawOne(Dice dice) {
        double theta = StrictMath.exp(logInverseDispersion);
        return PoissonLaw.draw(mean() / theta * dice.gamma(theta), dice);
    }
}
