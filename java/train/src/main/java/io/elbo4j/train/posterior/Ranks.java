package io.elbo4j.train.posterior;

/**
 * Numbers of chains as normal scores of their ranks among all of them (Vehtari et al. 2021, equation 14): Phi^-1((rank
 * - 3/8) / (S + 1/4)), equal numbers with the mean of their ranks. What is compared then has a mean and a variance,
 * whatever the tails of the numbers.
 */
final class Ranks {
    private static final int DIGIT_BITS = 11;
    private static final int DIGITS = 1 << DIGIT_BITS;

    private Ranks() {}

    /** In the place of each number its score. */
    static double[][] scores(double[][] chains) {
        int steps = chains[0].length;
        long[] keys = keys(chains);
        int[] order = sort(keys);
        int count = keys.length;
        double[][] scores = new double[chains.length][steps];
        for (int begin = 0, end; begin < count; begin = end) {
            for (end = begin + 1; end < count && keys[end] == keys[begin]; end++) {
                // equal ones
            }
            double rank = (begin + 1.0 + end) / 2;
            double score = normalQuantile((rank - 0.375) / (count + 0.25));
            for (int i = begin; i < end; i++) {
                scores[order[i] / steps][order[i] % steps] = score;
            }
        }
        return scores;
    }

    /** Of all numbers. */
    static double median(double[][] chains) {
        int steps = chains[0].length;
        int[] order = sort(keys(chains));
        int upper = order[order.length / 2];
        int lower = order[(order.length - 1) / 2];
        return (chains[lower / steps][lower % steps] + chains[upper / steps][upper % steps]) / 2;
    }

    /** Whole numbers in the order of the doubles, taken as unsigned; -0 is 0. */
    private static long[] keys(double[][] chains) {
        int steps = chains[0].length;
        long[] keys = new long[Math.multiplyExact(chains.length, steps)];
        for (int i = 0; i < keys.length; i++) {
            long bits = Double.doubleToLongBits(chains[i / steps][i % steps] + 0.0);
            keys[i] = bits < 0 ? ~bits : bits | Long.MIN_VALUE;
        }
        return keys;
    }

    /** By digits from the lowest on: many times as fast as by comparisons. Returns where each has been. */
    private static int[] sort(long[] keys) {
        long[] toKeys = new long[keys.length];
        int[] order = new int[keys.length];
        int[] toOrder = new int[keys.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        for (int shift = 0; shift < Long.SIZE; shift += DIGIT_BITS) {
            int[] begin = new int[DIGITS + 1];
            for (long key : keys) {
                begin[(int) (key >>> shift & DIGITS - 1) + 1]++;
            }
            for (int d = 0; d < DIGITS; d++) {
                begin[d + 1] += begin[d];
            }
            for (int i = 0; i < keys.length; i++) {
                int at = begin[(int) (keys[i] >>> shift & DIGITS - 1)]++;
                toKeys[at] = keys[i];
                toOrder[at] = order[i];
            }
            System.arraycopy(toKeys, 0, keys, 0, keys.length);
            System.arraycopy(toOrder, 0, order, 0, order.length);
        }
        return order;
    }

    /**
     * Where the standard normal distribution function is p, to 1e-15, p from 2e-11 to 1 - 2e-11 (Wichura 1988, AS 241).
     */
    static double normalQuantile(double p) {
        double q = p - 0.5;
        if (Math.abs(q) <= 0.425) {
            double r = 0.180625 - q * q;
            return q * polynomial(r, 2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4,
                    4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2,
                    3.3871328727963666080e0) / polynomial(r, 5.2264952788528545610e3, 2.8729085735721942674e4,
                            3.9307895800092710610e4, 2.1213794301586595867e4, 5.3941960214247511077e3,
                            6.8718700749205790830e2, 4.2313330701600911252e1, 1);
        }
        double r = StrictMath.sqrt(-StrictMath.log(Math.min(p, 1 - p))) - 1.6;
        double x = polynomial(r, 7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
                1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0,
                1.42343711074968357734e0) / polynomial(r, 1.05075007164441684324e-9, 5.47593808499534494600e-4,
                        1.51986665636164571966e-2, 1.48103976427480074590e-1, 6.89767334985100004550e-1,
                        1.67638483018380384940e0, 2.05319162663775882187e0, 1);
        return q < 0 ? -x : x;
    }

    private static double polynomial(double x, double... highestFirst) {
        double sum = 0;
        for (double coefficient : highestFirst) {
            sum = sum * x + coefficient;
        }
        return sum;
    }
}
