package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.assertBits;
import static io.elbo4j.purejava.Guarded.assertSame;
import static io.elbo4j.purejava.References.ROUNDING;
import static io.elbo4j.purejava.References.SIZES;
import static io.elbo4j.purejava.References.assertNear;
import static io.elbo4j.purejava.References.derivative;
import static io.elbo4j.purejava.References.gaussian;

import io.elbo4j.Matrix;
import io.elbo4j.operation.BatchSum;
import io.elbo4j.operation.GaussianLogLikelihood.Fused;
import io.elbo4j.operation.GaussianLogLikelihood.SharedLogVarianceGradient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GaussianLogLikelihoodTest {
    private static final long SEED = 314;
    private static final int ROWS = 4;
    private static final float INF = Float.POSITIVE_INFINITY;

    private static double logDensity(double x, double m, double lv) {
        double standardised = (x - m) / Math.exp(0.5 * lv);
        return -0.5 * standardised * standardised - 0.5 * lv - 0.5 * Math.log(2 * Math.PI);
    }

    @ParameterizedTest
    @CsvSource({"1,false", "3,false", "1,true", "3,true"})
    void agreesWithDoublePrecision(int samples, boolean shared) {
        for (int d : SIZES) {
            int rows = ROWS * samples;
            float[] m = gaussian(SEED, rows * d, 2);
            float[] lv = gaussian(SEED + 1, shared ? d : rows * d, 1.5);
            float[] x = gaussian(SEED + 2, ROWS * d, 2);
            float[] w = gaussian(SEED + 3, rows, 1);
            Matrix mean = Guarded.matrix(rows, d, m);
            Matrix logVariance = shared ? Guarded.matrix(1, d, lv).repeatRow(rows) : Guarded.matrix(rows, d, lv);
            Matrix observed = Guarded.matrix(ROWS, d, x);
            Matrix dLogLikelihood = Guarded.matrix(rows, 1, w);
            Guarded ll = new Guarded(rows, 1);
            Guarded dMean = new Guarded(rows, d);
            Guarded dLogVariance = new Guarded(rows, d);
            Guarded.assertSplits(rows, false,
                    (b, e) -> new Fused(mean, logVariance, observed, dLogLikelihood, ll.matrix, dMean.matrix,
                            dLogVariance.matrix).run(b, e),
                    ll, dMean, dLogVariance);
            float[] gradient = dMean.values();
            float[] logVarianceGradient = dLogVariance.values();
            for (int r = 0; r < rows; r++) {
                double sum = 0;
                double magnitude = d;
                for (int c = 0; c < d; c++) {
                    int i = r * d + c;
                    double xc = x[r / samples * d + c];
                    double lc = lv[shared ? c : i];
                    double mc = m[i];
                    double q = (xc - mc) * (xc - mc) * Math.exp(-lc);
                    sum += logDensity(xc, mc, lc);
                    magnitude += q + Math.abs(lc);
                    String at = " of row " + r + ", column " + c + " of " + d;
                    assertNear(w[r] * derivative(v -> logDensity(xc, v, lc), mc), gradient[i],
                            Math.abs(w[r]) * (6 * ROUNDING * Math.sqrt(q * Math.exp(-lc)) + 1e-9), "dMean" + at);
                    assertNear(w[r] * derivative(v -> logDensity(xc, mc, v), lc), logVarianceGradient[i],
                            Math.abs(w[r]) * (4 * ROUNDING * (q + 1) + 1e-8 * q), "dLogVariance" + at);
                }
                assertNear(sum, ll.values()[r], 4 * ROUNDING * magnitude, "row " + r + " of " + d);
            }
            assertNullOptionsChangeNothingElse(
                    mean, logVariance, observed, dLogLikelihood, ll, gradient, logVarianceGradient);
        }
    }

    private static void assertNullOptionsChangeNothingElse(Matrix mean, Matrix logVariance, Matrix x,
            Matrix dLogLikelihood, Guarded ll, float[] expectedMean, float[] expectedLogVariance) {
        int rows = (int) mean.rows();
        int d = (int) mean.columns();
        float[] expected = ll.values();
        Guarded some = new Guarded(rows, d);
        new Fused(mean, logVariance, x, null, ll.matrix, null, null).run(0, rows);
        assertBits(expected, ll.values(), "without gradients, " + d);
        new Fused(mean, logVariance, x, dLogLikelihood, ll.matrix, some.matrix, null).run(0, rows);
        assertBits(expectedMean, some.values(), "dMean alone, " + d);
        new Fused(mean, logVariance, x, dLogLikelihood, ll.matrix, null, some.matrix).run(0, rows);
        assertBits(expectedLogVariance, some.values(), "dLogVariance alone, " + d);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 31, 33, 64, 129, 257})
    void sharedLogVarianceGradientIsThatOfTheSum(int batch) {
        for (int samples : new int[] {1, 3}) {
            int d = batch == 33 ? 1031 : 3;
            int rows = batch * samples;
            float[] m = gaussian(SEED, rows * d, 2);
            float[] lv = gaussian(SEED + 1, d, 1.5);
            float[] x = gaussian(SEED + 2, batch * d, 2);
            float[] w = gaussian(SEED + 3, rows, 1);
            Matrix mean = Guarded.matrix(rows, d, m);
            Matrix logVariance = Guarded.matrix(1, d, lv);
            Matrix observed = Guarded.matrix(batch, d, x);
            Matrix dLogLikelihood = Guarded.matrix(rows, 1, w);
            Guarded out = new Guarded(1, d);
            Guarded.assertSplits(d, true,
                    (b, e) -> new SharedLogVarianceGradient(mean, logVariance, observed, dLogLikelihood, out.matrix,
                            BatchSum.chunksOf(rows))
                            .run(b, e),
                    out);
            for (int c = 0; c < d; c++) {
                int column = c;
                double magnitude = 0;
                for (int r = 0; r < rows; r++) {
                    double deviation = x[r / samples * d + c] - m[r * d + c];
                    magnitude += Math.abs(w[r]) * (deviation * deviation * Math.exp(-lv[c]) + 1);
                }
                double expected = derivative(v -> {
                    double sum = 0;
                    for (int r = 0; r < rows; r++) {
                        sum += w[r] * logDensity(x[r / samples * d + column], m[r * d + column], v);
                    }
                    return sum;
                }, lv[c]);
                assertNear(expected, out.values()[c], (4 + rows / 8.0) * ROUNDING * magnitude,
                        rows + " rows, column " + c);
            }
        }
    }

    /** mean, log-variance, x, and the log-likelihood and its gradients. */
    @Test
    void specialValues() {
        float constant = -0.5f * (float) Math.log(2 * Math.PI);
        assertCase(0, 0, 0, constant, 0, -0.5f);
        assertCase(-0.0f, -0.0f, -0.0f, constant, 0, -0.5f);
        assertCase(1, 200, 3, -100 + constant, 0, -0.5f);
        assertCase(1, INF, 3, -INF, 0, -0.5f);
        assertCase(1, -200, 3, -INF, INF, INF);
        assertCase(1, -200, 1, Float.NaN, Float.NaN, Float.NaN);
        assertCase(Float.MAX_VALUE, 0, -Float.MAX_VALUE, -INF, -INF, INF);
        assertCase(Float.NaN, 0, 1, Float.NaN, Float.NaN, Float.NaN);
        assertCase(0, Float.NaN, 1, Float.NaN, Float.NaN, Float.NaN);
        assertCase(0, 0, Float.NaN, Float.NaN, Float.NaN, Float.NaN);
        assertCase(0, 0, Float.MIN_VALUE, constant, Float.MIN_VALUE, -0.5f);
    }

    private static void assertCase(float m, float lv, float x, float expected, float dMean, float dLogVariance) {
        Guarded ll = new Guarded(1, 1);
        Guarded first = new Guarded(1, 1);
        Guarded second = new Guarded(1, 1);
        new Fused(Guarded.matrix(1, 1, m), Guarded.matrix(1, 1, lv), Guarded.matrix(1, 1, x), Guarded.matrix(1, 1, 1),
                ll.matrix, first.matrix, second.matrix).run(0, 1);
        String of = " of mean " + m + ", logVariance " + lv + ", x " + x;
        assertSame(expected, ll.values()[0], "log-likelihood" + of);
        assertSame(dMean, first.values()[0], "dMean" + of);
        assertSame(dLogVariance, second.values()[0], "dLogVariance" + of);
    }
}
