package io.elbo4j.train.quantity;

/** Functions of the gamma function, error and beta functions, and sums of exponentials. */
public final class Special {
    /** From here on the asymptotic series below are right to 1e-16. */
    private static final double LARGE = 12;

    private Special() {}

    /** log Gamma(x), x above 0: Stirling's series, after steps up by Gamma(x + 1) = x Gamma(x). */
    public static double logGamma(double x) {
        double up = 0;
        double at = x;
        for (; at < LARGE; at++) {
            up += StrictMath.log(at);
        }
        return (at - 0.5) * StrictMath.log(at) - at + 0.5 * StrictMath.log(2 * Math.PI) + series(at) - up;
    }

    private static double series(double at) {
        double i = 1 / (at * at);
        return (1 / 12.0 - i * (1 / 360.0 - i * (1 / 1260.0 - i * (1 / 1680.0 - i * (1 / 1188.0 - i * 691
                / 360360.0))))) / at;
    }

    /** The derivative of log Gamma(x), x above 0. */
    public static double digamma(double x) {
        double up = 0;
        double at = x;
        for (; at < LARGE; at++) {
            up += 1 / at;
        }
        double i = 1 / (at * at);
        return StrictMath.log(at) - 0.5 / at - i * (1 / 12.0 - i * (1 / 120.0 - i * (1 / 252.0 - i * (1 / 240.0 - i * (1
                / 132.0 - i * 691 / 32760.0))))) - up;
    }

    /** log Gamma(x + 1) less (x + 1/2) log(x) - x + log(2 pi) / 2, x above 0: the sum of Stirling's series. */
    static double stirlingError(double x) {
        return x < LARGE ? logGamma(x + 1) - (x + 0.5) * StrictMath.log(x) + x - 0.5 * StrictMath.log(2 * Math.PI)
                : series(x);
    }

    /**
     * x log(x / mean) + mean - x without cancellation where they are near each other: with v = (x - mean) / (x + mean)
     * it is (x - mean) v + 2 x (v^3 / 3 + v^5 / 5 + ...), as log(x / mean) = 2 atanh(v) (Loader 2000, "Fast and
     * accurate computation of binomial probabilities").
     *
     * @param apart x - mean, which may be known better
     */
    static double deviance(double x, double mean, double apart) {
        double v = apart / (x + mean);
        if (Math.abs(v) > 0.1) {
            return x * StrictMath.log(x / mean) - apart;
        }
        double sum = apart * v;
        double power = 2 * x * v;
        double before = Double.NaN;
        for (int j = 3; sum != before; j += 2) {
            before = sum;
            power *= v * v;
            sum += power / j;
        }
        return sum;
    }

    /** erf(x), x from 0 on: its series of positive terms (Abramowitz and Stegun 1964, 7.1.6). */
    static double erf(double x) {
        if (x > 6) {
            return 1; // less 2e-17
        }
        double term = 2 / StrictMath.sqrt(Math.PI) * x * StrictMath.exp(-x * x);
        double sum = 0;
        for (int n = 1; term > 1e-17 * sum; n++) {
            sum += term;
            term *= 2 * x * x / (2 * n + 1);
        }
        return sum;
    }

    /**
     * The regularised incomplete beta function I(x; a, b), x from 0 to 1: its continued fraction (Abramowitz and Stegun
     * 1964, 26.5.8) from the front (Lentz 1976), on the side where it is quick.
     */
    static double beta(double x, double a, double b) {
        if (x <= 0 || x >= 1) {
            return x <= 0 ? 0 : 1;
        }
        if (x > (a + 1) / (a + b + 2)) {
            return 1 - beta(1 - x, b, a);
        }
        double factor = StrictMath.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * StrictMath.log(x) + b
                * StrictMath.log1p(-x)) / a;
        double c = 1;
        double d = 1 / (1 - (a + b) * x / (a + 1));
        double fraction = d;
        double change = 0;
        for (int m = 1; Math.abs(change - 1) > 1e-16 && m < 100_000; m++) {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / (1 + even * d);
            c = 1 + even / c;
            fraction *= c * d;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / (1 + odd * d);
            c = 1 + odd / c;
            change = c * d;
            fraction *= change;
        }
        return factor * fraction;
    }

    /** log(1 + exp(x)). */
    static double softplus(double x) {
        return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
    }

    /** log of the sum of the exponentials. */
    static double logSumExp(double[] x) {
        double most = Double.NEGATIVE_INFINITY;
        for (double each : x) {
            most = Math.max(most, each);
        }
        if (most == Double.NEGATIVE_INFINITY) {
            return most;
        }
        double sum = 0;
        for (double each : x) {
            sum += StrictMath.exp(each - most);
        }
        return most + StrictMath.log(sum);
    }

    /** x less its {@link #logSumExp}. */
    static double[] logSoftmax(double[] x) {
        double log = logSumExp(x);
        double[] result = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            result[i] = x[i] - log;
        }
        return result;
    }
}
