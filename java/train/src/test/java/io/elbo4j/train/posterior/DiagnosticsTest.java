package io.elbo4j.train.posterior;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiagnosticsTest {
    /** x' = coefficient x + noise, stationary with variance 1, each chain moved by shift times its number. */
    private static double[][] autoregressive(double coefficient, double shift, int chains, int steps) {
        SplittableRandom random = new SplittableRandom(11);
        double[][] all = new double[chains][steps];
        for (int c = 0; c < chains; c++) {
            double x = random.nextGaussian();
            for (int t = 0; t < steps; t++) {
                x = coefficient * x + Math.sqrt(1 - coefficient * coefficient) * random.nextGaussian();
                all[c][t] = x + shift * c;
            }
        }
        return all;
    }

    /** The sum of coefficient^t over all lags is known: the sample is worth (1 - coefficient) / (1 + coefficient). */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 0.9, -0.3})
    void theSampleSizeOfAnAutoregressiveProcess(double coefficient) {
        double[][] chains = autoregressive(coefficient, 0, 16, 20_000);
        double expected = 16 * 20_000 * (1 - coefficient) / (1 + coefficient);
        Diagnostics found = Diagnostics.of(chains);
        System.out.printf("seed 11, coefficient %.1f: %.0f effective samples, expected %.0f%n", coefficient, found
                .effectiveSamples(), expected);
        assertEquals(expected, found.effectiveSamples(), 0.08 * expected);
        assertEquals(1, found.rHat(), 2e-3);
    }

    /** Each step goes to the other side: cut off, the sum of the correlations may be anything, also below 0. */
    @Test
    void alternatingChainsAreWorthAFewTimesTheirSteps() {
        for (double coefficient : new double[] {-0.9, -0.99, -0.999}) {
            double found = Diagnostics.of(autoregressive(coefficient, 0, 16, 2000)).effectiveSamples();
            System.out.printf("seed 11, coefficient %.3f: %.0f effective samples of 32000%n", coefficient, found);
            assertTrue(found > 32_000 && found < 32_000 * Math.log10(32_000) + 1, "" + found);
        }
    }

    /** The definition in plain numbers: halves (1, 2), (3, 2), (1, 4), (3, 6) of two chains. */
    @Test
    void rHatByHand() {
        double within = (0.5 + 0.5 + 4.5 + 4.5) / 4;
        double grand = (1.5 + 2.5 + 2.5 + 4.5) / 4;
        double between = (Math.pow(1.5 - grand, 2) + 2 * Math.pow(2.5 - grand, 2) + Math.pow(4.5 - grand, 2)) / 3;
        assertEquals(Math.sqrt((within / 2 + between) / within), Diagnostics.of(new double[][] {{1, 2, 3, 2}, {1, 4, 3,
                6}}).rHat(), 1e-14);
    }

    /** Their variances are 0, not what rounding leaves of them. */
    @Test
    void chainsThatNeverMoveHaveAnInfiniteRHat() {
        double[][] chains = new double[4][2000];
        for (int c = 0; c < chains.length; c++) {
            Arrays.fill(chains[c], 0.1 + c / 3.0);
        }
        assertEquals(Double.POSITIVE_INFINITY, Diagnostics.of(chains).rHat());
        assertEquals(Double.POSITIVE_INFINITY, Diagnostics.ranked(chains).rHat());
        // distances from the median are one number for two places
        for (double[] places : new double[][] {{0.25, 0.75}, {0.3, 0.3}, {0.3}}) {
            double[][] still = new double[places.length][2000];
            for (int c = 0; c < places.length; c++) {
                Arrays.fill(still[c], places[c]);
            }
            assertEquals(Double.POSITIVE_INFINITY, Diagnostics.ranked(still).rHat());
            assertEquals(places.length, Diagnostics.ranked(still).effectiveSamples(), 0.01 * places.length);
        }
    }

    /** All are as far from the median, which says nothing of their widths. */
    @Test
    void chainsOfTwoValuesAreJudgedByThem() {
        double[][] chains = {{1, -1, 1, -1, 1, 1, -1, -1}, {-1, 1, 1, -1, -1, 1, -1, 1}};
        assertEquals(Diagnostics.of(slowly(chains)).rHat(), Diagnostics.ranked(chains).rHat(), 1e-8);
        assertTrue(Diagnostics.ranked(chains).rHat() < 1.5);
    }

    @Test
    void chainsThatHaveNotMetAreNoticed() {
        assertTrue(Diagnostics.of(autoregressive(0, 0.5, 8, 1000)).rHat() > 1.1);
        // worth about one draw each
        assertTrue(Diagnostics.of(autoregressive(0, 20, 8, 1000)).effectiveSamples() < 30);
    }

    /** Halves of a chain differ where it drifts, even if all chains drift alike. */
    @Test
    void aDriftIsNoticed() {
        double[][] chains = autoregressive(0, 0, 8, 1000);
        for (double[] chain : chains) {
            for (int t = 0; t < chain.length; t++) {
                chain[t] += t / 250.0;
            }
        }
        assertTrue(Diagnostics.of(chains).rHat() > 1.1);
    }

    /** Phi by Simpson's rule, its inverse by bisection, ranks by counting: what there is of the definition, slowly. */
    private static double[][] slowly(double[][] chains) {
        double[][] scores = new double[chains.length][chains[0].length];
        double count = chains.length * chains[0].length;
        for (int c = 0; c < chains.length; c++) {
            for (int t = 0; t < chains[c].length; t++) {
                double below = 0;
                double same = 0;
                for (double[] chain : chains) {
                    for (double x : chain) {
                        below += x < chains[c][t] ? 1 : 0;
                        same += x == chains[c][t] ? 1 : 0;
                    }
                }
                double p = (below + (same + 1) / 2 - 0.375) / (count + 0.25);
                double low = -9;
                double high = 9;
                for (int i = 0; i < 60; i++) {
                    double middle = (low + high) / 2;
                    if (normal(middle) < p) {
                        low = middle;
                    } else {
                        high = middle;
                    }
                }
                scores[c][t] = low;
            }
        }
        return scores;
    }

    private static double normal(double x) {
        int steps = 400;
        double sum = 0;
        for (int i = 0; i <= steps; i++) {
            double t = x * i / steps;
            sum += (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2) * Math.exp(-t * t / 2);
        }
        return 0.5 + sum * x / steps / 3 / Math.sqrt(2 * Math.PI);
    }

    @Test
    void normalScoresOfRanks() {
        // with equal numbers, both zeros, and numbers of either sign and any size
        double[][] chains = {{3, -1e300, 0, 7, 3, 1e-300, -2.5}, {-0.0, 3, 1e9, -2, 0.125, -1e-5, 2}};
        double[][] expected = slowly(chains);
        double[][] found = Ranks.scores(chains);
        for (int c = 0; c < 2; c++) {
            for (int t = 0; t < 7; t++) {
                assertEquals(expected[c][t], found[c][t], 1e-9, c + " " + t);
            }
        }
        assertEquals((0.125 + 1e-300) / 2, Ranks.median(chains));
        assertEquals(2, Ranks.median(new double[][] {{3, 1, 2}}));
        for (double p : new double[] {1e-10, 1e-6, 0.01, 0.07, 0.0751, 0.3, 0.5, 0.9, 0.999999}) {
            double x = Ranks.normalQuantile(p);
            assertEquals(p, normal(x), 1e-11, "" + p);
            assertEquals(-x, Ranks.normalQuantile(1 - p), 1e-5);
        }
        // R's qnorm(1e-10)
        assertEquals(-6.361340902404056, Ranks.normalQuantile(1e-10), 1e-13);
    }

    @Test
    void ranksAreJudgedAsScoresAndFoldedOnes() {
        double[][] chains = autoregressive(0.4, 0.1, 3, 60);
        Diagnostics found = Diagnostics.ranked(chains);
        Diagnostics bulk = Diagnostics.of(slowly(chains));
        double median = Ranks.median(chains);
        double[][] folded = new double[3][60];
        for (int c = 0; c < 3; c++) {
            for (int t = 0; t < 60; t++) {
                folded[c][t] = Math.abs(chains[c][t] - median);
            }
        }
        assertEquals(Math.max(bulk.rHat(), Diagnostics.of(slowly(folded)).rHat()), found.rHat(), 1e-8);
        assertEquals(bulk.effectiveSamples(), found.effectiveSamples(), 1e-5);
    }

    /** What the plain R-hat cannot see: chains of one mean whose widths differ, or means that do not exist. */
    @Test
    void chainsOfOtherWidthAndHeavyTailsAreNoticed() {
        double[][] chains = autoregressive(0, 0, 8, 1000);
        for (int t = 0; t < 1000; t++) {
            chains[3][t] *= 3;
        }
        System.out.printf("seed 11, one chain of 8 three times as wide: R-hat %.4f, of ranks %.4f%n", Diagnostics.of(
                chains).rHat(), Diagnostics.ranked(chains).rHat());
        assertTrue(Diagnostics.of(chains).rHat() < 1.01);
        assertTrue(Diagnostics.ranked(chains).rHat() > 1.05);
        SplittableRandom random = new SplittableRandom(11);
        double[][] cauchy = new double[8][1000];
        for (int c = 0; c < 8; c++) {
            for (int t = 0; t < 1000; t++) {
                cauchy[c][t] = Math.tan(Math.PI * (random.nextDouble() - 0.5)) + (c == 0 ? 4 : 0);
            }
        }
        System.out.printf("seed 11, one Cauchy chain of 8 apart: R-hat %.4f, of ranks %.4f%n", Diagnostics.of(cauchy)
                .rHat(), Diagnostics.ranked(cauchy).rHat());
        assertTrue(Diagnostics.of(cauchy).rHat() < 1.01);
        assertTrue(Diagnostics.ranked(cauchy).rHat() > 1.05);
    }

    @Test
    void tooShortChainsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Diagnostics.ranked(new double[0][]));
        assertEquals("chains must be at least 4 steps long, not 3", assertThrows(IllegalArgumentException.class,
                () -> Diagnostics.of(new double[2][3])).getMessage());
    }
}
