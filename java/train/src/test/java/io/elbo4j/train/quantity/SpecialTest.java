package io.elbo4j.train.quantity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SpecialTest {
    private static final double EULER = 0.57721566490153286;

    @Test
    void theGammaFunctionIsTheFactorial() {
        double log = 0;
        for (int n = 1; n < 200; n++) {
            assertEquals(log, Special.logGamma(n), 1e-14 * Math.max(1, log), "" + n);
            log += Math.log(n);
        }
        assertEquals(Math.log(Math.PI) / 2, Special.logGamma(0.5), 1e-14);
        assertEquals(Math.log(Math.sqrt(Math.PI) * 0.75), Special.logGamma(2.5), 1e-14);
        // Gamma(x) = Gamma(x + 1) / x, and 1 / x - Euler's constant near 0
        assertEquals(-Math.log(1e-9), Special.logGamma(1e-9), 1e-8);
    }

    @Test
    void digammaIsItsDerivative() {
        assertEquals(-EULER, Special.digamma(1), 1e-14);
        assertEquals(-EULER - 2 * Math.log(2), Special.digamma(0.5), 1e-14);
        for (double x : new double[] {0.01, 0.3, 1.7, 5, 11.9, 12.1, 40, 1e4}) {
            double h = 1e-5 * x;
            double derivative = (Special.logGamma(x + h) - Special.logGamma(x - h)) / (2 * h);
            assertEquals(derivative, Special.digamma(x), 1e-6 * Math.max(1, Math.abs(derivative)), "" + x);
        }
    }

    @Test
    void sumsOfExponentialsDoNotOverflow() {
        assertEquals(1000 + Math.log(2), Special.logSumExp(new double[] {1000, 1000}), 1e-12);
        assertEquals(-1000, Special.logSumExp(new double[] {-1000, Double.NEGATIVE_INFINITY}), 1e-12);
        assertEquals(1000, Special.softplus(1000));
        assertEquals(Math.exp(-50), Special.softplus(-50), 1e-30);
    }
}
