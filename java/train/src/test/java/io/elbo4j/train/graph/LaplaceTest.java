package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.operation.LogLikelihood;
import io.elbo4j.operation.LogLikelihood.Function;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.Laplace;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.Scale;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LaplaceTest {
    private static final float INF = Float.POSITIVE_INFINITY;

    private static float[] actual(float x, float mean, float logScale) {
        return Terms.of(LogLikelihood.of(Function.LAPLACE), x, mean, logScale);
    }

    @Test
    void staysWithinThePromisedErrors() {
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < 1_000_000; i++) {
            float s = (float) (i % 3 == 0 ? random.nextDouble(-86.98, 86.98) : random.nextDouble(-5, 5));
            float m = (float) random.nextDouble(-3, 3);
            double distance = Math.exp(random.nextDouble(-20, i % 5 == 0 ? 60 : 3));
            float x = i % 50 == 0 ? m : (float) (m + (random.nextBoolean() ? 1 : -1) * distance * Math.exp(s));
            double inverse = Math.exp(-(double) s);
            double d = (double) x - m;
            double q = Math.abs(d) * inverse;
            if (!(q < 1e37)) {
                continue;
            }
            float[] found = actual(x, m, s);
            String at = "x = " + x + ", mean " + m + ", log-scale " + s;
            assertTrue(Math.abs(found[0] + Math.log(2) + s + q) <= 0x1p-22 * (q + Math.abs(s) + 1), at + ": "
                    + found[0]);
            assertTrue(Math.abs(found[1] - Math.signum(d) * inverse) <= 0x1p-23 * inverse, at + ": d mean " + found[1]);
            assertTrue(Math.abs(found[2] - (q - 1)) <= 0x1p-22 * (q + 1), at + ": d log-scale " + found[2]);
        }
    }

    @Test
    void specialValues() {
        assertArrayEquals(new float[] {(float) -Math.log(2), 0, -1}, actual(3, 3, 0));
        assertArrayEquals(new float[] {-INF, INF, INF}, actual(3, 2, -89));
        assertEquals(Float.NaN, actual(3, 3, -89)[0]);
        for (float[] each : new float[][] {{Float.NaN, 0, 0}, {0, Float.NaN, 0}, {0, 1, Float.NaN}}) {
            float[] found = actual(each[0], each[1], each[2]);
            assertArrayEquals(new float[] {Float.NaN, Float.NaN, Float.NaN}, found);
        }
    }

    /** Data lies apart from every mean: there is no derivative where they meet. */
    @Test
    void gradient() {
        Map<Function, Interpreter.Likelihood> formula = Map.of(Function.LAPLACE,
                (x, p) -> -Math.log(2) - p[1] - Math.abs(x - p[0]) * Math.exp(-p[1]));
        Graph g = new Graph();
        Value x = g.input("x", 5);
        Value z = g.latent("z", DiagonalGaussian.of("q", x, 2));
        Laplace p = Laplace.of("likelihood", z, 5);
        g.observe("o", p, Scale.of(x, 1, 50));
        FiniteDifferences.check("Laplace", g, 7, formula);
        Graph shared = new Graph();
        Value y = shared.input("x", 5);
        Value mean = Laplace.of("likelihood", shared.latent("z", DiagonalGaussian.of("q", y, 2)), 5).mean();
        shared.observe("o", new Laplace(mean, LearnedRow.of(shared, "logScale", 5, 0.3f)), Scale.of(y, 1, -50));
        FiniteDifferences.check("Laplace of a shared scale", shared, 7, formula);
        assertEquals("mean 'likelihood.mean' (5 columns) and logScale 'row' (4 columns) must have the same number of"
                + " columns", assertThrows(IllegalArgumentException.class,
                        () -> new Laplace(mean, LearnedRow.of(shared, "row", 4, 0))).getMessage());
    }
}
