package io.elbo4j.train.quantity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Counts of small and of large means, against masses by p(k + 1) / p(k) from a count on, which sum to 1. */
class CountsTest {
    private static final long SEED = 3;
    private static final int DRAWS = 2_000_000;
    private static final Quantities BY = new Quantities(100_000, SEED);

    /** log p of the counts from {@code first} on. */
    private record Masses(long first, double[] log) {
        static Masses of(DoubleUnaryOperator next, double mean, double deviation) {
            long first = (long) Math.max(0, mean - 12 * deviation);
            double[] log = new double[(int) (Math.ceil(mean + 40 + 40 * deviation) - first)];
            int middle = (int) ((long) mean - first);
            for (int i = middle; i + 1 < log.length; i++) {
                log[i + 1] = log[i] + next.applyAsDouble(first + i);
            }
            for (int i = middle; i > 0; i--) {
                log[i - 1] = log[i] - next.applyAsDouble(first + i - 1);
            }
            double sum = 0;
            for (double each : log) {
                sum += Math.exp(each);
            }
            for (int i = 0; i < log.length; i++) {
                log[i] -= Math.log(sum);
            }
            return new Masses(first, log);
        }

        static Masses poisson(double rate) {
            return of(k -> Math.log1p((rate - k - 1) / (k + 1)), rate, Math.sqrt(rate));
        }

        static Masses negativeBinomial(double mean, double theta) {
            return of(k -> Math.log((k + theta) / (mean + theta)) - Math.log((k + 1) / mean), mean, Math.sqrt(mean
                    + mean
                            / theta * mean));
        }

        double entropy() {
            double sum = 0;
            for (double each : log) {
                sum -= Math.exp(each) * each;
            }
            return sum;
        }
    }

    /** Mean and variance to 4.5 standard errors, and chi-square of bins in which at least 20 draws are expected. */
    private static void checkDraws(String what, Law law, Masses exact) {
        double[] p = new double[exact.log.length];
        double mean = 0;
        double variance = 0;
        double fourth = 0;
        for (int i = 0; i < p.length; i++) {
            p[i] = Math.exp(exact.log[i]);
            mean += p[i] * i;
        }
        for (int i = 0; i < p.length; i++) {
            double square = (i - mean) * (i - mean);
            variance += p[i] * square;
            fourth += p[i] * square * square;
        }
        int[] found = new int[p.length];
        double sum = 0;
        double squares = 0;
        Dice dice = new Dice(SEED);
        for (int d = 0; d < DRAWS; d++) {
            int i = (int) ((long) law.draw(dice)[0] - exact.first);
            found[i]++;
            sum += i - mean;
            squares += (i - mean) * (i - mean);
        }
        double ofMean = sum / DRAWS / Math.sqrt(variance / DRAWS);
        double ofVariance = (squares / DRAWS - variance) / Math.sqrt((fourth - variance * variance) / DRAWS);
        double chiSquare = 0;
        int bins = 0;
        double expected = 0;
        double rest = DRAWS;
        int counted = 0;
        for (int i = 0; i < p.length; i++) {
            expected += p[i] * DRAWS;
            counted += found[i];
            if (expected >= 20 && rest - expected >= 20 || i == p.length - 1) {
                rest -= expected;
                chiSquare += (counted - expected) * (counted - expected) / expected;
                bins++;
                expected = 0;
                counted = 0;
            }
        }
        double off = (chiSquare - (bins - 1)) / Math.sqrt(2 * (bins - 1));
        System.out.printf(
                "%s, seed %d: mean off by %.2f, variance by %.2f standard errors; chi-square %.1f of %d bins%n",
                what, SEED, ofMean, ofVariance, chiSquare, bins);
        assertTrue(Math.abs(ofMean) < 4.5, what + ": mean");
        assertTrue(Math.abs(ofVariance) < 4.5, what + ": variance");
        assertTrue(Math.abs(off) < 4.5, what + ": chi-square off by " + off);
    }

    @Test
    void drawsHaveTheDistributionOfTheirRate() {
        for (double rate : new double[] {0.5, 9.9, 10, 11, 37, 1e4}) {
            // a hair above, so that the logarithm's rounding does not choose the other algorithm
            checkDraws("Poisson of rate " + rate, Laws.poisson(Math.log(rate * (1 + 1e-14))), Masses.poisson(rate));
        }
        double[][] meansAndThetas = {{5, 1.7}, {300, 0.8}, {2000, 50}};
        for (double[] each : meansAndThetas) {
            double[] logMean = {Math.log(each[0])};
            double[] logTheta = {Math.log(each[1])};
            Masses exact = Masses.negativeBinomial(each[0], each[1]);
            checkDraws("negative binomial " + each[0] + ", " + each[1], Laws.negativeBinomial(logMean, logTheta),
                    exact);
            double[] log = exact.log.clone();
            for (int i = 0; i < log.length; i++) {
                log[i] = Math.log(0.7 * Math.exp(log[i]) + (i == 0 && exact.first == 0 ? 0.3 : 0));
            }
            if (exact.first == 0) {
                checkDraws("with extra zeros", Laws.zeroInflatedNegativeBinomial(logMean, logTheta, new double[] {Math
                        .log(0.3 / 0.7)}), new Masses(0, log));
            }
        }
    }

    /** By the first: entropies are sums below 1e4 and a series from there on. */
    @Test
    void entropiesOfLargeRatesAreClosed() {
        for (double logRate : new double[] {Math.log(3), Math.log(9999), Math.log(10_001), 12, 16, 20}) {
            Quantity found = BY.entropy(Laws.poisson(logRate));
            double expected = Masses.poisson(Math.exp(logRate)).entropy();
            System.out.printf("entropy of rate exp(%.4f): %.12f by a sum, off by %.1e%n", logRate, expected, found
                    .value() - expected);
            assertTrue(found.isClosed());
            // a term of the series is 5e-14 at its beginning
            assertEquals(expected, found.value(), logRate < Math.log(1e4) ? 1e-9 : logRate < 10 ? 4e-14 : 1e-11);
        }
        assertTrue(BY.entropy(Laws.poisson(300)).isClosed());
        Quantity wide = new Quantities(2000, SEED).entropy(Laws.negativeBinomial(new double[] {40}, new double[] {0}));
        assertFalse(wide.isClosed());
        // geometric: 1 + log(mean) to first order in 1 / mean
        assertEquals(41, wide.value(), 4.5 * wide.standardError());
    }

    @Test
    void massesOfLargeCountsDoNotCancel() {
        Law[] laws = {Laws.poisson(20), Laws.poisson(Math.log(2e4)), Laws.negativeBinomial(new double[] {Math.log(3e4)},
                new double[] {Math.log(2.5)}), Laws.negativeBinomial(new double[] {Math.log(1e8)}, new double[] {Math
                        .log(1e9)}), Laws.negativeBinomial(new double[] {Math.log(7)}, new double[] {Math.log(
                                1e12)})};
        Masses[] exact = {Masses.poisson(Math.exp(20)), Masses.poisson(2e4), Masses.negativeBinomial(3e4, 2.5), Masses
                .negativeBinomial(1e8, 1e9), Masses.negativeBinomial(7, 1e12)};
        for (int l = 0; l < laws.length; l++) {
            double sum = 0;
            for (double[] x : laws[l].masses().orElseThrow()) {
                sum += Math.exp(laws[l].logDensity(x));
            }
            assertEquals(1, sum, 1e-10, "law " + l);
            double most = 0;
            for (int i = 0; i < exact[l].log.length; i++) {
                double log = exact[l].log[i];
                if (log > -45) {
                    most = Math.max(most, Math.abs(laws[l].logDensity(new double[] {exact[l].first + i}) - log));
                }
            }
            System.out.printf("law %d: %d masses, log off by %.1e at most%n", l, laws[l].masses().orElseThrow().size(),
                    most);
            assertEquals(0, most, 1e-8, "law " + l);
        }
    }

    /** Lists of values that begin elsewhere: two that hardly meet have a bit more than their mean. */
    @Test
    void aMixtureHasTheValuesOfAllComponents() {
        Law far = Laws.mixture(new double[2], List.of(Laws.poisson(Math.log(3)), Laws.poisson(Math.log(500))));
        Quantity found = BY.entropy(far);
        assertTrue(found.isClosed());
        assertEquals(Math.log(2) + (Masses.poisson(3).entropy() + Masses.poisson(500).entropy()) / 2, found.value(),
                1e-10);
    }

    @Test
    void whatHasNoNumberIsRefused() {
        assertEquals("logRate must be at most 300, not 301.0", assertThrows(IllegalArgumentException.class, () -> Laws
                .poisson(0, 301)).getMessage());
        assertEquals("logMean must be at most 300, not 400.0", assertThrows(IllegalArgumentException.class, () -> Laws
                .negativeBinomial(new double[] {400}, new double[1])).getMessage());
        assertEquals("logInverseDispersion must be from -300 to 300, not -301.0", assertThrows(
                IllegalArgumentException.class, () -> Laws.zeroInflatedNegativeBinomial(new double[1], new double[] {
                        -301}, new double[1])).getMessage());
        // the largest that there are end
        Dice dice = new Dice(SEED);
        assertEquals(300, Math.log(Laws.poisson(300).draw(dice)[0]), 1e-9);
        assertTrue(Laws.negativeBinomial(new double[] {300}, new double[] {-300}).draw(dice)[0] >= 0);
    }
}
