package io.elbo4j.train.quantity;

/** Functions of the gamma function, and sums of exponentials. */
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
        double i = 1 / (at * at);
        double series = (1 / 12.0 - i * (1 / 360.0 - i * (1 / 1260.0 - i * (1 / 1680.0 - i * (1 / 1188.0 - i * 691
                / 360360.0))))) / at;
        return (at - 0.5) * StrictMath.log(at) - at + 0.5 * StrictMath.log(2 * Math.PI) + series - up;
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
