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

    /** Figures of Abramowitz and Stegun 1964, tables 7.1 and 26.9, to their digits. */
    @Test
    void errorAndBetaFunctionsAreThoseOfTables() {
        assertEquals(0.5204998778, Special.erf(0.5), 1e-10);
        assertEquals(0.8427007929, Special.erf(1), 1e-10);
        assertEquals(0.9953222650, Special.erf(2), 1e-10);
        assertEquals(0, Special.erf(0));
        assertEquals(1, Special.erf(5.99), 1e-15);
        assertEquals(1, Special.erf(6.01));
        for (double x : new double[] {0, 0.01, 0.3, 0.5, 0.8, 0.999, 1}) {
            // polynomials and an arc sine
            assertEquals(x * x * x, Special.beta(x, 3, 1), 1e-14);
            assertEquals(1 - Math.pow(1 - x, 2.5), Special.beta(x, 1, 2.5), 1e-14);
            assertEquals(x * x * (3 - 2 * x), Special.beta(x, 2, 2), 1e-14);
            assertEquals(2 / Math.PI * Math.asin(Math.sqrt(x)), Special.beta(x, 0.5, 0.5), 1e-13);
        }
        // of 1e6 degrees of freedom t is nearly normal
        double d = 1.3;
        assertEquals(Special.erf(d / Math.sqrt(2)), Special.beta(d * d / (1e6 + d * d), 0.5, 5e5), 1e-6);
        assertEquals(1, Special.beta(0.5, 0.5, 5e5), 1e-15);
    }

    @Test
    void deviancesAndStirlingsErrorAreTheirDefinitions() {
        for (double[] each : new double[][] {{1, 3}, {100, 119}, {100, 123}, {7, 7}, {50, 49.5}, {1e-3, 5}}) {
            assertEquals(each[0] * Math.log(each[0] / each[1]) + each[1] - each[0], Special.deviance(each[0], each[1],
                    each[0] - each[1]), 1e-13, each[0] + ", " + each[1]);
        }
        // to second and third order
        assertEquals(1e6 / 2e12 - 1e9 / 6e24, Special.deviance(1e12 + 1e3, 1e12, 1e3), 1e-21);
        for (double x : new double[] {0.2, 1, 11.9, 12.1, 90}) {
            assertEquals(Special.logGamma(x + 1) - (x + 0.5) * Math.log(x) + x - Math.log(2 * Math.PI) / 2, Special
                    .stirlingError(x), 1e-13, "" + x);
        }
    }

    @Test
    void sumsOfExponentialsDoNotOverflow() {
        assertEquals(Double.NEGATIVE_INFINITY, Special.logSumExp(new double[] {Double.NEGATIVE_INFINITY}));
        assertEquals(1000 + Math.log(2), Special.logSumExp(new double[] {1000, 1000}), 1e-12);
        assertEquals(-1000, Special.logSumExp(new double[] {-1000, Double.NEGATIVE_INFINITY}), 1e-12);
        assertEquals(1000, Special.softplus(1000));
        assertEquals(Math.exp(-50), Special.softplus(-50), 1e-30);
    }
}
