package io.elbo4j.train.quantity;

/** Counts of mean m = exp(logMean) and variance m + m^2 / theta, theta = exp(logInverseDispersion). */
record NegativeBinomialLaw(double logMean, double logInverseDispersion) implements CountLaw {
    /** From here on logarithms of Gamma(x + theta) / Gamma(theta) cancel. */
    private static final double LARGE_THETA = 1e6;

    @Override
    public double mean() {
        return StrictMath.exp(logMean);
    }

    @Override
    public double logDensity(double x) {
        double theta = StrictMath.exp(logInverseDispersion);
        if (x > 0 && (mean() >= LARGE || theta >= LARGE_THETA)) {
            return logLarge(x, theta);
        }
        double apart = logMean - logInverseDispersion;
        return Special.logGamma(x + theta) - Special.logGamma(theta) - Special.logGamma(x + 1) - theta * Special
                .softplus(apart) - x * Special.softplus(-apart);
    }

    /** theta / n times the mass of x of n = x + theta trials, in Loader's saddle-point form: nothing large cancels. */
    private double logLarge(double x, double theta) {
        double n = x + theta;
        double all = mean() + theta;
        double apart = theta / all * (x - mean());
        double deviance = Special.deviance(theta, theta / all * n, -apart) + Special.deviance(x, mean() / all * n,
                apart);
        double series = Special.stirlingError(n) - Special.stirlingError(theta) - Special.stirlingError(x);
        return StrictMath.log(theta / (2 * Math.PI * x * n)) / 2 + series - deviance;
    }

    /** A Poisson number whose rate is a gamma number. */
    @Override
    public double drawOne(Dice dice) {
        double theta = StrictMath.exp(logInverseDispersion);
        return PoissonLaw.draw(mean() / theta * dice.gamma(theta), dice);
    }
}
