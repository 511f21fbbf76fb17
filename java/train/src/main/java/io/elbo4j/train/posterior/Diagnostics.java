package io.elbo4j.train.posterior;

import static io.elbo4j.ArgumentException.require;

/**
 * What chains say of themselves: whether they have met, and how many independent draws they are worth. Each chain is
 * split in two halves first, so that one that still drifts is noticed (Gelman et al. 2013, section 11.4).
 */
public record Diagnostics(double rHat, double effectiveSamples) {
    /**
     * Of one number along each chain.
     *
     * <p>R-hat is sqrt(v / W), v = (N - 1) / N W + B / N, with W the mean variance within the 2m halves of N steps,
     * B / N the variance of their means. The effective sample size is 2m N / (1 + 2 sum of rho_t), rho_t = 1 - (W -
     * mean autocovariance at lag t) / v (Vehtari et al. 2021, section 3). The sum over pairs of neighbouring lags ends
     * before the first that is not positive, and the pairs never rise (Geyer 1992, section 3.3); S draws are worth S
     * log10(S) at most. Values are taken as they are: {@link #ranked} serves for any tails.
     *
     * <p>Of chains that never move R-hat is infinite, and each is worth one draw.
     *
     * @param chains of one length, at least 4 steps
     */
    public static Diagnostics of(double[][] chains) {
        requireSteps(chains);
        Split split = new Split(chains);
        return new Diagnostics(split.rHat(), split.halves.length
                * (double) split.halves[0].length / time(split.halves, split.within, split.variance));
    }

    /** The halves of chains, each about its mean, and W and v of them. */
    private static final class Split {
        final double[][] halves;
        final double within;
        final double variance;

        Split(double[][] chains) {
            halves = halves(chains);
            int n = halves[0].length;
            double squares = 0;
            double grand = 0;
            double[] means = new double[halves.length];
            for (int h = 0; h < halves.length; h++) {
                means[h] = centre(halves[h]);
                grand += means[h] / halves.length;
                squares += autocovariance(halves[h], 0) * n / (n - 1) / halves.length;
            }
            double between = 0;
            for (double mean : means) {
                between += (mean - grand) * (mean - grand) / (halves.length - 1);
            }
            within = squares;
            variance = (n - 1.0) / n * within + between;
        }

        /** Chains that stand still never meet, even where they stand at one place. */
        double rHat() {
            return within == 0 ? Double.POSITIVE_INFINITY : StrictMath.sqrt(variance / within);
        }
    }

    /**
     * The same of the normal scores of the numbers' ranks (Vehtari et al. 2021, section 4): the effective sample size
     * is that of the bulk, R-hat the larger one of the numbers and of their distances from the median, so that chains
     * that agree in place but not in width are noticed too.
     *
     * @param chains as those of {@link #of}
     */
    public static Diagnostics ranked(double[][] chains) {
        requireSteps(chains);
        Diagnostics bulk = of(Ranks.scores(chains));
        double median = Ranks.median(chains);
        double[][] folded = new double[chains.length][chains[0].length];
        for (int c = 0; c < chains.length; c++) {
            for (int t = 0; t < folded[c].length; t++) {
                folded[c][t] = Math.abs(chains[c][t] - median);
            }
        }
        Split widths = new Split(Ranks.scores(folded));
        // numbers that are all as far from the median say nothing of widths
        return new Diagnostics(widths.variance == 0 ? bulk.rHat : Math.max(bulk.rHat, widths.rHat()),
                bulk.effectiveSamples);
    }

    private static void requireSteps(double[][] chains) {
        require(chains.length > 0 && chains[0].length >= 4, "chains", "at least 4 steps long", chains.length == 0 ? 0
                : chains[0].length);
    }

    /** 1 + 2 sum of rho_t. */
    private static double time(double[][] halves, double within, double variance) {
        double sum = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int t = 0; t + 1 < halves[0].length; t += 2) {
            double pair = correlation(halves, t, within, variance) + correlation(halves, t + 1, within, variance);
            if (pair <= 0) {
                break;
            }
            least = Math.min(least, pair);
            sum += least;
        }
        // steps to the other side are worth more than independent ones, but such an estimate has no lower end
        return Math.max(2 * sum - 1, 1 / StrictMath.log10(halves.length * (double) halves[0].length));
    }

    private static double correlation(double[][] halves, int lag, double within, double variance) {
        if (lag == 0 || variance == 0) {
            return 1;
        }
        double mean = 0;
        for (double[] half : halves) {
            mean += autocovariance(half, lag) / halves.length;
        }
        return 1 - (within - mean) / variance;
    }

    /** A middle step of an odd number is left out. */
    private static double[][] halves(double[][] chains) {
        int n = chains[0].length / 2;
        double[][] halves = new double[2 * chains.length][n];
        for (int c = 0; c < chains.length; c++) {
            System.arraycopy(chains[c], 0, halves[2 * c], 0, n);
            System.arraycopy(chains[c], chains[c].length - n, halves[2 * c + 1], 0, n);
        }
        return halves;
    }

    /** Subtracts the mean, and returns it; one that never moved becomes zeros, without rounding. */
    private static double centre(double[] half) {
        double first = half[0];
        double mean = first;
        for (double x : half) {
            mean += (x - first) / half.length;
        }
        for (int t = 0; t < half.length; t++) {
            half[t] -= mean;
        }
        return mean;
    }

    private static double autocovariance(double[] centred, int lag) {
        double sum = 0;
        for (int t = lag; t < centred.length; t++) {
            sum += centred[t] * centred[t - lag];
        }
        return sum / centred.length;
    }
}
