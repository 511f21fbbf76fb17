package io.elbo4j.numerics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class StirlingTest {
    /** log((a - 1)!) is a sum of logarithms. */
    @Test
    void staysWithinThePromisedError() {
        double logFactorial = Math.log(2);
        for (int a = 4; a < 100_000; a++) {
            logFactorial += Math.log(a - 1);
            double rest = logFactorial - ((a - 0.5) * Math.log(a) - a + Math.log(2 * Math.PI) / 2);
            assertEquals(rest, Stirling.rest(1.0f / a), 0x1p-24, "of " + a);
        }
    }

    /** digamma(b) - digamma(a) is a sum of inverses. */
    @Test
    void digammaStaysWithinThePromisedError() {
        for (int a = 4; a < 300; a++) {
            double difference = 0;
            for (int b = a + 1; b < a + 300; b++) {
                difference += 1.0 / (b - 1);
                double expected = (difference - Math.log((double) b / a)) / (1.0 / a - 1.0 / b);
                assertEquals(expected, Stirling.digammaRestSlope(1.0f / a, 1.0f / b), 0x1p-20, "of " + a + " and " + b);
            }
        }
    }
}
