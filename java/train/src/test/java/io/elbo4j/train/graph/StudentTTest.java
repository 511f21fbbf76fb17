package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.operation.LogLikelihood;
import io.elbo4j.operation.LogLikelihood.Function;
import io.elbo4j.operation.LogLikelihood.Likelihood;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.StudentT;
import io.elbo4j.train.layer.Scale;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StudentTTest {
    private static final float INF = Float.POSITIVE_INFINITY;

    /**
     * log Gamma(n / 2) for whole n, a sum of logarithms from Gamma(1/2) = sqrt(pi) or Gamma(1) = 1: another way than
     * the asymptotic series.
     */
    private static double logGammaOfHalf(int n) {
        double sum = n % 2 == 0 ? 0 : Math.log(Math.PI) / 2;
        for (int i = n % 2 == 0 ? 2 : 1; i < n; i += 2) {
            sum += Math.log(i / 2.0);
        }
        return sum;
    }

    private static double constant(int nu) {
        return logGammaOfHalf(nu + 1) - logGammaOfHalf(nu) - Math.log(nu * Math.PI) / 2;
    }

    @Test
    void theConstantIsThatOfTheDensity() {
        for (int nu = 1; nu <= 3000; nu++) {
            double expected = constant(nu);
            assertEquals(expected, LogLikelihood.studentT(nu).constant(), 0x1p-24 * Math.abs(expected) + 1e-11, "of "
                    + nu);
        }
        // limits: of many degrees the normal density, of few nu / 2 times what diverges
        assertEquals(-Math.log(2 * Math.PI) / 2 - 1 / 4e6, LogLikelihood.studentT(1e6).constant(), 1e-7);
        assertEquals(Math.log(0.001 / 2) - Math.log(0.001) / 2, LogLikelihood.studentT(0.001).constant(), 1e-3);
    }

    @Test
    void staysWithinThePromisedErrors() {
        SplittableRandom random = new SplittableRandom(12);
        int[] some = {1, 2, 3, 5, 30, 2999};
        for (int i = 0; i < 1_000_000; i++) {
            int nu = some[i % some.length];
            double c = constant(nu);
            float s = (float) (i % 4 == 0 ? random.nextDouble(-86.98, 86.98) : random.nextDouble(-5, 5));
            float m = (float) random.nextDouble(-3, 3);
            double distance = Math.exp(random.nextDouble(-20, i % 5 == 0 ? 60 : 3));
            float x = i % 50 == 0 ? m : (float) (m + (random.nextBoolean() ? 1 : -1) * distance * Math.exp(s));
            double inverse = Math.exp(-(double) s);
            double d = (double) x - m;
            double q = d * inverse * d * inverse / nu;
            if (!(Math.abs(d) * inverse < 1e37)) {
                continue;
            }
            double logarithm = (nu + 1) / 2.0 * Math.log1p(q);
            float[] found = Terms.of(LogLikelihood.studentT(nu), x, m, s);
            String at = nu + " degrees, x = " + x + ", mean " + m + ", log-scale " + s;
            assertTrue(Math.abs(found[0] - (c - s - logarithm)) <= 0x1p-21 * (Math.abs(s) + Math.abs(c) + logarithm),
                    at + ": " + found[0]);
            double largest = (nu + 1) / (2 * Math.sqrt(nu)) * inverse;
            double dMean = (nu + 1.0) / nu * inverse * (d * inverse / (1 + q));
            assertTrue(Math.abs(found[1] - dMean) <= 0x1p-21 * largest, at + ": d mean " + found[1]);
            double dLogScale = (nu + 1) * (q / (1 + q)) - 1;
            assertTrue(Math.abs(found[2] - dLogScale) <= 0x1p-22 * (nu + 1), at + ": d log-scale " + found[2]);
        }
    }

    @Test
    void specialValues() {
        Likelihood cauchy = LogLikelihood.studentT(1);
        assertArrayEquals(new float[] {(float) -Math.log(Math.PI), 0, -1}, Terms.of(cauchy, 3, 3, 0));
        // (x - mean)^2 would overflow
        assertEquals((float) (-Math.log(Math.PI) - 2 * Math.log(1e30)), Terms.of(cauchy, 1e30f, 0, 0)[0]);
        assertArrayEquals(new float[] {-INF, 0, 1}, Terms.of(cauchy, INF, 0, 0));
        for (float[] each : new float[][] {{Float.NaN, 0, 0}, {0, Float.NaN, 0}, {0, 1, Float.NaN}}) {
            assertArrayEquals(new float[] {Float.NaN, Float.NaN, Float.NaN}, Terms.of(cauchy, each[0], each[1],
                    each[2]));
        }
    }

    @Test
    void gradient() {
        Graph g = new Graph();
        Value x = g.input("x", 5);
        Value z = g.latent("z", DiagonalGaussian.of("q", x, 2));
        g.observe("o", StudentT.of("likelihood", z, 5, 3), Scale.of(x, 4, 0));
        FiniteDifferences.check("Student's t", g, 7, Map.of(Function.STUDENT_T, (at, p) -> constant(3) - p[1] - 2 * Math
                .log1p(Math.pow((at - p[0]) * Math.exp(-p[1]), 2) / 3)));
        assertEquals("LogLikelihood: degreesOfFreedom must be from 0.001 to 1e6, not 0.0",
                assertThrows(IllegalArgumentException.class, () -> StudentT.of("t", z, 5, 0)).getMessage());
        assertEquals("LogLikelihood: function must be one without numbers, not STUDENT_T, which studentT makes",
                assertThrows(IllegalArgumentException.class, () -> LogLikelihood.of(Function.STUDENT_T)).getMessage());
    }
}
