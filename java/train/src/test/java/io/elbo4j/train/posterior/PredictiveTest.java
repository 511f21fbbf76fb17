package io.elbo4j.train.posterior;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PredictiveTest {
    private static final double QUANTILE = 1.6448536269514722; // of 95 %

    @Test
    void oneDrawIsAGaussian() {
        Predictive one = new Predictive(new double[][] {{2, 0}}, 0.5);
        for (double side : new double[] {-1, 1}) {
            assertTrue(one.covers(0, 2 + side * 0.5 * (QUANTILE - 1e-5)));
            assertFalse(one.covers(0, 2 + side * 0.5 * (QUANTILE + 1e-5)));
        }
        assertEquals(-0.5 * Math.log(2 * Math.PI * 0.25) - 0.5 * 4, one.logDensity(0, 3), 1e-12);
        assertEquals(0, one.deviation(0));
    }

    @Test
    void severalAreAMixture() {
        Predictive two = new Predictive(new double[][] {{-10, 1}, {10, 4}}, 1);
        // each half has its 10 % in its outer tail
        assertTrue(two.covers(0, 10 + 1.28155 - 1e-3));
        assertFalse(two.covers(0, 10 + 1.28156 + 1e-3));
        assertTrue(two.covers(0, 0));
        assertEquals(Math.log((Math.exp(-0.5) + Math.exp(-2)) / 2) - 0.5 * Math.log(2 * Math.PI), two.logDensity(1, 2),
                1e-12);
        // far from both, where densities underflow
        assertEquals(Math.log(0.5) - 0.5 * 90 * 90 - 0.5 * Math.log(2 * Math.PI), two.logDensity(0, 100), 1e-9);
        assertEquals(10, two.deviation(0));
        assertEquals((10 + 1.5) / 2, two.meanDeviation(0, 2));
    }

    /** By Simpson's rule. */
    @Test
    void theGaussianDistributionFunctionIsTheIntegralOfTheDensity() {
        for (double x = -5; x <= 5; x += 0.37) {
            int steps = 2000;
            double sum = 0;
            for (int i = 0; i <= steps; i++) {
                double t = x * i / steps;
                sum += (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2) * Math.exp(-t * t / 2);
            }
            double expected = 0.5 + sum * x / steps / 3 / Math.sqrt(2 * Math.PI);
            assertEquals(expected, Predictive.normalBelow(x), 1e-7, "at " + x);
        }
    }
}
