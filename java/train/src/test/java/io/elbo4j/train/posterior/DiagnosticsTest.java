package io.elbo4j.train.posterior;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

    /** The definition in plain numbers: halves (1, 2), (3, 2), (1, 4), (3, 6) of two chains. */
    @Test
    void rHatByHand() {
        double within = (0.5 + 0.5 + 4.5 + 4.5) / 4;
        double grand = (1.5 + 2.5 + 2.5 + 4.5) / 4;
        double between = (Math.pow(1.5 - grand, 2) + 2 * Math.pow(2.5 - grand, 2) + Math.pow(4.5 - grand, 2)) / 3;
        assertEquals(Math.sqrt((within / 2 + between) / within), Diagnostics.of(new double[][] {{1, 2, 3, 2}, {1, 4, 3,
                6}}).rHat(), 1e-14);
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

    @Test
    void tooShortChainsAreRefused() {
        assertEquals("chains must be at least 4 steps long, not 3", assertThrows(IllegalArgumentException.class,
                () -> Diagnostics.of(new double[2][3])).getMessage());
    }
}
