package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.operation.LogLikelihood;
import io.elbo4j.operation.LogLikelihood.Function;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.ContinuousBernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.layer.Dense;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ContinuousBernoulliTest {
    private static final double BOUND = 0x1p-22;
    /** Nearer to 0 the formulas would cancel in double precision too: their series instead. */
    private static final double NEAR = 1e-3;

    /** The log-density and its derivative. */
    private static float[] actual(float x, float l) {
        return Terms.of(LogLikelihood.of(Function.CONTINUOUS_BERNOULLI), x, l);
    }

    private static double logDensity(double x, double l) {
        double a = Math.abs(l);
        return a < NEAR ? (x - 0.5) * l - l * l / 24 + l * l * l * l / 2880
                : x * l - Math.max(l, 0) - Math.log(-Math.expm1(-a) / a);
    }

    private static double mean(double l) {
        return Math.abs(l) < NEAR ? 0.5 + l / 12 - l * l * l / 720
                : l > 0 ? 1 - (1 / l - 1 / Math.expm1(l)) : 1 / -l - 1 / Math.expm1(-l);
    }

    /** Where the log-density is 0, its terms are not. */
    private static float zero(double l) {
        return (float) (0.5 - logDensity(0.5, l) / l);
    }

    @Test
    void staysWithinThePromisedError() {
        SplittableRandom random = new SplittableRandom(5);
        double worst = 0;
        for (int bits = 0; bits < 0x7f800000; bits += 1031) {
            for (float l : new float[] {Float.intBitsToFloat(bits), -Float.intBitsToFloat(bits)}) {
                for (float x : new float[] {0, 1, (float) random.nextDouble(), zero(l)}) {
                    if (!(x >= 0 && x <= 1)) {
                        continue;
                    }
                    double expected = logDensity(x, l);
                    double size = Math.abs(expected) + Math.log1p(Math.abs(l));
                    float[] found = actual(x, l);
                    double error = Math.max(0, Math.abs(found[0] - expected) - Float.MIN_VALUE);
                    assertTrue(error <= BOUND * size, "x = " + x + ", logit " + l + ": " + found[0] + " instead of "
                            + expected);
                    assertTrue(Math.abs(found[1] - (x - mean(l))) <= BOUND, "x = " + x + ", logit " + l
                            + ": derivative " + found[1] + " instead of " + (x - mean(l)));
                    worst = Math.max(worst, size == 0 ? 0 : error / size);
                }
            }
        }
        System.out.printf("continuous Bernoulli: worst error 2^%.2f of the promise's size%n", Math.log(worst) / Math
                .log(2));
    }

    @Test
    void specialValues() {
        assertEquals(0, actual(0.5f, 0)[0]);
        assertEquals(0.5f, actual(1, 0)[1]);
        assertEquals(-Float.MAX_VALUE, actual(0, Float.MAX_VALUE)[0]);
        assertEquals(88.72284f, actual(1, Float.MAX_VALUE)[0]);
        for (float x : new float[] {0, 0.5f, 1}) {
            assertEquals(Float.NaN, actual(x, Float.POSITIVE_INFINITY)[0]);
            assertEquals(Float.NaN, actual(x, Float.NEGATIVE_INFINITY)[0]);
            assertEquals(Float.NaN, actual(x, Float.NaN)[1]);
        }
        assertEquals(Float.NaN, actual(Float.NaN, 2)[0]);
    }

    @Test
    void gradientAndMean() {
        Graph g = new Graph();
        Value x = g.input("x", 5);
        Value z = g.latent("z", DiagonalGaussian.of("q", x, 2));
        ContinuousBernoulli p = new ContinuousBernoulli(Dense.of("logits", z, 5, Activation.IDENTITY));
        g.observe("o", p, x);
        FiniteDifferences.check("continuous Bernoulli", g, 7,
                Map.of(Function.CONTINUOUS_BERNOULLI, (at, of) -> logDensity(at, of[0])));
        Graph only = new Graph();
        Value logits = only.input("logits", 9);
        Value mean = new ContinuousBernoulli(logits).mean();
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, only.parameters(), 1);
                Step step = Step.of(only, parameters, backend).rows(1).want(mean).compile()) {
            float[] each = {-300, -3, -1, -0.5f, 0, 1e-5f, 0.7f, 2, 1e5f};
            step.value((Input) logits).set(each);
            step.run(0);
            float[] found = step.value(mean).toArray();
            for (int i = 0; i < each.length; i++) {
                assertEquals(mean(each[i]), found[i], BOUND, "of " + each[i]);
            }
        }
    }
}
