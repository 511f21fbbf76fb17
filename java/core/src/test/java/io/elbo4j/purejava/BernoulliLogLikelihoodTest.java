package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.assertBits;
import static io.elbo4j.purejava.Guarded.assertSame;
import static io.elbo4j.purejava.References.ROUNDING;
import static io.elbo4j.purejava.References.SIZES;
import static io.elbo4j.purejava.References.assertNear;
import static io.elbo4j.purejava.References.derivative;
import static io.elbo4j.purejava.References.gaussian;

import io.elbo4j.Matrix;
import io.elbo4j.operation.LogLikelihood;
import io.elbo4j.operation.LogLikelihood.Function;
import io.elbo4j.operation.LogLikelihood.Fused;
import io.elbo4j.operation.LogLikelihood.Likelihood;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BernoulliLogLikelihoodTest {
    private static final Likelihood OF = LogLikelihood.of(Function.BERNOULLI);
    private static final long SEED = 9001;
    private static final int ROWS = 4;
    private static final float INF = Float.POSITIVE_INFINITY;

    /** x log p + (1 - x) log(1 - p), p = 1 / (1 + exp(-l)), with log(1 - p) = log p - l. */
    private static double logLikelihood(double l, double x) {
        double logP = -Math.log1p(Math.exp(-l));
        return x * logP + (1 - x) * (logP - l);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void agreesWithDoublePrecision(int samples) {
        for (int d : SIZES) {
            int rows = ROWS * samples;
            float[] l = gaussian(SEED, rows * d, 6);
            float[] x = new float[ROWS * d];
            Random random = new Random(SEED + 1);
            for (int i = 0; i < x.length; i++) {
                x[i] = i % 3 == 0 ? random.nextFloat() : random.nextInt(2);
            }
            float[] w = gaussian(SEED + 2, rows, 1);
            Matrix logits = Guarded.matrix(rows, d, l);
            Matrix observed = Guarded.matrix(ROWS, d, x);
            Matrix dLogLikelihood = Guarded.matrix(rows, 1, w);
            Guarded ll = new Guarded(rows, 1);
            Guarded dLogits = new Guarded(rows, d);
            Guarded.assertSplits(rows, false, (b, e) -> new Fused(OF, List.of(logits), observed,
                    dLogLikelihood, ll.matrix, List.of(dLogits.matrix)).run(b, e), ll, dLogits);
            float[] gradient = dLogits.values();
            for (int r = 0; r < rows; r++) {
                double sum = 0;
                double magnitude = 0;
                for (int c = 0; c < d; c++) {
                    double xc = x[r / samples * d + c];
                    double lc = l[r * d + c];
                    sum += logLikelihood(lc, xc);
                    magnitude += Math.abs(lc) + 1;
                    assertNear(w[r] * derivative(at -> logLikelihood(at, xc), lc), gradient[r * d + c],
                            Math.abs(w[r]) * 5 * ROUNDING + 1e-9, "dLogits of row " + r + ", column " + c + " of " + d);
                }
                assertNear(sum, ll.values()[r], 4 * ROUNDING * magnitude, "row " + r + " of " + d);
            }
            float[] withGradient = ll.values();
            new Fused(OF, List.of(logits), observed, null, ll.matrix, List.of()).run(0, rows);
            assertBits(withGradient, ll.values(), "without gradient, " + d);
        }
    }

    /** Logit, x, and the log-likelihood and its gradient; never an overflow for a finite logit. */
    @Test
    void specialValues() {
        assertCase(0, 0.5f, -0x1.62e43p-1f, 0);
        assertCase(-0.0f, 1, -0x1.62e43p-1f, 0.5f);
        assertCase(Float.MIN_VALUE, 1, -0x1.62e43p-1f, 0.5f);
        assertCase(-Float.MIN_VALUE, 0, -0x1.62e43p-1f, -0.5f);
        assertCase(100, 1, 0, 0);
        assertCase(100, 0, -100, -1);
        assertCase(-100, 0, 0, 0);
        assertCase(-100, 1, -100, 1);
        assertCase(Float.MAX_VALUE, 0, -Float.MAX_VALUE, -1);
        assertCase(-Float.MAX_VALUE, 1, -Float.MAX_VALUE, 1);
        assertCase(INF, 0, Float.NaN, -1);
        assertCase(INF, 0.5f, Float.NaN, -0.5f);
        assertCase(-INF, 1, -INF, 1);
        assertCase(Float.NaN, 1, Float.NaN, Float.NaN);
        assertCase(1, Float.NaN, Float.NaN, Float.NaN);
    }

    private static void assertCase(float l, float x, float expected, float expectedGradient) {
        Guarded ll = new Guarded(1, 1);
        Guarded dLogits = new Guarded(1, 1);
        new Fused(OF, List.of(Guarded.matrix(1, 1, l)), Guarded.matrix(1, 1, x), Guarded.matrix(1, 1, 1), ll.matrix,
                List.of(dLogits.matrix)).run(0, 1);
        assertSame(expected, ll.values()[0], "log-likelihood of logit " + l + ", x " + x);
        assertSame(expectedGradient, dLogits.values()[0], "gradient of logit " + l + ", x " + x);
    }
}
