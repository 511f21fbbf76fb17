package io.elbo4j.numerics;

import static io.elbo4j.numerics.Accuracy.assertBits;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PoissonTest {
    private static float logLikelihood(float x, float l) {
        float[] rate = new float[1];
        Poisson.OF_LOG_RATES.shared(new float[] {l}, rate, 1);
        Poisson.OF_LOG_RATES.terms(new float[] {x}, new float[] {l}, rate, rate, 1);
        return rate[0];
    }

    /** Against float64, log(x!) a sum of logarithms. */
    @Test
    void staysWithinThePromisedError() {
        SplittableRandom random = new SplittableRandom(7);
        double logFactorial = 0;
        for (int x = 0; x <= 200_000; x++) {
            logFactorial += StrictMath.log(Math.max(1, x));
            double near = StrictMath.log(x + 1);
            for (double l : new double[] {near, near + random.nextDouble(-0.1, 0.1), random.nextDouble(-20, 20)}) {
                float at = (float) l;
                double rate = StrictMath.exp(at);
                double error = Math.abs(logLikelihood(x, at) - ((double) x * at - rate - logFactorial));
                int count = x;
                assertTrue(error <= 0x1p-22 * (Math.abs(x * at) + rate + logFactorial),
                        () -> "x = " + count + ", log-rate " + at + ": error " + error);
            }
        }
    }

    @Test
    void specialValues() {
        assertBits(-1, logLikelihood(0, 0));
        assertBits(-1, logLikelihood(1, 0));
        assertBits(Float.NEGATIVE_INFINITY, logLikelihood(3, 89));
        assertBits(Float.NaN, logLikelihood(0, Float.NEGATIVE_INFINITY));
        assertBits(Float.NEGATIVE_INFINITY, logLikelihood(2, Float.NEGATIVE_INFINITY));
        assertBits(Float.NaN, logLikelihood(Float.NaN, 1));
    }
}
