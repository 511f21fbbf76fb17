package io.elbo4j.train.posterior;

/**
 * What draws of a function say of y = f(x) + N(0, noise^2).
 *
 * @param draws of f: draws x places
 * @param noise standard deviation of y
 */
record Predictive(double[][] draws, double noise) {
    private static final double LOG_2_PI = StrictMath.log(2 * Math.PI);
    private static final double TAIL = 0.05;

    /** Of f at a place. */
    double mean(int place) {
        double mean = 0;
        for (double[] f : draws) {
            mean += f[place] / draws.length;
        }
        return mean;
    }

    /** The standard deviation of f at a place. */
    double deviation(int place) {
        double mean = mean(place);
        double squares = 0;
        for (double[] f : draws) {
            squares += (f[place] - mean) * (f[place] - mean);
        }
        return StrictMath.sqrt(squares / draws.length);
    }

    /** The mean of those at neighbouring places, end left out. */
    double meanDeviation(int begin, int end) {
        double sum = 0;
        for (int i = begin; i < end; i++) {
            sum += deviation(i);
        }
        return sum / (end - begin);
    }

    /** Whether y lies between the 5 % and the 95 % quantile of its predictive distribution. */
    boolean covers(int place, double y) {
        double below = 0;
        for (double[] f : draws) {
            below += normalBelow((y - f[place]) / noise) / draws.length;
        }
        return below >= TAIL && below <= 1 - TAIL;
    }

    /** log of the mean over the draws of p(y given f). */
    double logDensity(int place, double y) {
        double most = Double.NEGATIVE_INFINITY;
        for (double[] f : draws) {
            most = Math.max(most, log(y - f[place]));
        }
        double sum = 0;
        for (double[] f : draws) {
            sum += StrictMath.exp(log(y - f[place]) - most);
        }
        return most + StrictMath.log(sum / draws.length);
    }

    private double log(double residual) {
        double scaled = residual / noise;
        return -(LOG_2_PI + scaled * scaled) / 2 - StrictMath.log(noise);
    }

    /** P(a standard normal number is below), to 1e-7 (Abramowitz and Stegun 1964, formula 26.2.17). */
    static double normalBelow(double x) {
        double t = 1 / (1 + 0.2316419 * Math.abs(x));
        double sum = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t
                * 1.330274429))));
        double above = StrictMath.exp(-x * x / 2) / StrictMath.sqrt(2 * Math.PI) * sum;
        return x < 0 ? above : 1 - above;
    }
}
