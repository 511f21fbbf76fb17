package io.elbo4j.control.imitation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/** Whether numbers are draws of a distribution, at a level of 0.001. */
final class Samples {
    private Samples() {}

    /** Kolmogorov and Smirnov. */
    static void assertDrawn(String what, double[] sample, DoubleUnaryOperator distributionFunction) {
        double[] sorted = sample.clone();
        Arrays.sort(sorted);
        double n = sorted.length;
        double largest = 0;
        for (int i = 0; i < n; i++) {
            double p = distributionFunction.applyAsDouble(sorted[i]);
            largest = Math.max(largest, Math.max(Math.abs(p - i / n), Math.abs(p - (i + 1) / n)));
        }
        assertTrue(largest < 1.95 / Math.sqrt(n), what + ": the distribution functions differ by " + largest);
    }

    /** Pearson; chi-square by the approximation of Wilson and Hilferty. Cells of less than 5 are one. */
    static void assertFrequencies(String what, long[] counts, double[] probabilities) {
        double n = Arrays.stream(counts).sum();
        double statistic = 0;
        int cells = 0;
        double rare = 0;
        double rareCount = 0;
        for (int i = 0; i < counts.length; i++) {
            double expected = n * probabilities[i];
            if (expected < 5) {
                rare += expected;
                rareCount += counts[i];
            } else {
                statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
                cells++;
            }
        }
        if (rare >= 5) {
            statistic += (rareCount - rare) * (rareCount - rare) / rare;
            cells++;
        }
        double d = cells - 1;
        double bound = d * Math.pow(1 - 2 / (9 * d) + 3.09 * Math.sqrt(2 / (9 * d)), 3);
        assertTrue(statistic < bound, what + ": chi-square " + statistic + " of " + d + " degrees, at most " + bound);
        assertTrue(rareCount < rare + 4 * Math.sqrt(rare) + 4, what + ": " + rareCount + " of " + rare + " rare ones");
    }

    /** The normal distribution function by its series. */
    static double normal(double z) {
        if (Math.abs(z) > 8) {
            return z > 0 ? 1 : 0;
        }
        double term = z;
        double sum = z;
        for (int k = 1; k < 300; k++) {
            term *= z * z / (2 * k + 1);
            sum += term;
        }
        return 0.5 + sum * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
    }
}
