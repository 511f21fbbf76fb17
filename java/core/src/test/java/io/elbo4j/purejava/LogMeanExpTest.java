package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.assertSame;
import static io.elbo4j.purejava.References.ROUNDING;
import static io.elbo4j.purejava.References.SIZES;
import static io.elbo4j.purejava.References.assertNear;
import static io.elbo4j.purejava.References.gaussian;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.Matrix;
import io.elbo4j.operation.LogMeanExp.Backward;
import io.elbo4j.operation.LogMeanExp.Forward;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogMeanExpTest {
    private static final long SEED = 1618;
    private static final int ROWS = 4;
    private static final float INF = Float.POSITIVE_INFINITY;

    private static double logMeanExp(double[] x) {
        double sum = 0;
        for (double v : x) {
            sum += Math.exp(v - x[0]);
        }
        return x[0] + Math.log(sum / x.length);
    }

    @Test
    void agreesWithDoublePrecisionAndFiniteDifferences() {
        for (int k : SIZES) {
            if (k == 0) {
                continue;
            }
            float[] x = gaussian(SEED, ROWS * k, 4);
            for (int i = 0; i < x.length; i++) {
                x[i] -= 90; // as log-likelihoods are: their exponentials underflow
            }
            float[] w = gaussian(SEED + 1, ROWS, 1);
            Matrix in = Guarded.matrix(ROWS, k, x);
            Matrix dResult = Guarded.matrix(ROWS, 1, w);
            Guarded result = new Guarded(ROWS, 1);
            Guarded dx = new Guarded(ROWS, k);
            Guarded.assertSplits(ROWS, false, (b, e) -> new Forward(in, result.matrix).run(b, e), result);
            Guarded.assertSplits(ROWS, false,
                    (b, e) -> new Backward(in, dResult, dx.matrix).run(b, e), dx);
            for (int r = 0; r < ROWS; r++) {
                double[] row = new double[k];
                for (int c = 0; c < k; c++) {
                    row[c] = x[r * k + c];
                }
                assertNear(logMeanExp(row), result.values()[r], 2 * ROUNDING * 128, "row " + r + " of " + k);
                for (int c = 0; c < k; c += Math.max(1, k / 17)) {
                    int column = c;
                    double slope = References.derivative(v -> {
                        double[] moved = row.clone();
                        moved[column] = v;
                        return logMeanExp(moved);
                    }, row[c]);
                    assertNear(w[r] * slope, dx.values()[r * k + c], Math.abs(w[r]) * (2e-6 * slope + 1e-9),
                            "dx " + r + ", " + c);
                }
            }
        }
    }

    /** What the operation's Javadoc promises. */
    @ParameterizedTest
    @ValueSource(floats = {0, 1, 1e4f, 1e8f, -1e8f, 1e30f})
    void weightsSumToOneWhateverTheMagnitude(float magnitude) {
        for (int k : new int[] {1, 4, 33, 257}) {
            float[] x = gaussian(SEED + k, k, 3);
            x[0] += magnitude;
            Guarded dx = new Guarded(1, k);
            new Backward(Guarded.matrix(1, k, x), Guarded.matrix(1, 1, 1), dx.matrix).run(0, 1);
            double sum = 0;
            for (float weight : dx.values()) {
                sum += weight;
            }
            assertEquals(1, sum, (k / 2.0 + 3) * 0x1p-23, k + " columns");
            if (magnitude > 1000) {
                assertEquals(1, dx.values()[0]);
            }
        }
    }

    @Test
    void specialGradients() {
        for (float[] x : new float[][] {{-INF, -INF}, {INF, 1}, {Float.NaN, 1}}) {
            Guarded dx = new Guarded(1, 2);
            new Backward(Guarded.matrix(1, 2, x), Guarded.matrix(1, 1, 1), dx.matrix).run(0, 1);
            assertSame(Float.NaN, dx.values()[0], Arrays.toString(x));
            assertSame(Float.NaN, dx.values()[1], Arrays.toString(x));
        }
    }

    @Test
    void specialValues() {
        assertResult(-3.25f, -3.25f);
        assertResult(0, -0.0f);
        assertResult(1e30f, 1e30f, 1e30f);
        assertResult(-INF, -INF, -INF);
        assertResult(INF, 1, INF);
        assertResult(Float.NaN, 1, Float.NaN, 3);
        assertResult(Float.NaN, INF, Float.NaN);
        assertResult((float) -Math.log(2), 0, -INF);
        assertResult(300 - (float) Math.log(2), 300, -300);
        assertEquals(-INF, result(), "no columns");
    }

    private static void assertResult(float expected, float... x) {
        assertSame(expected, result(x), Arrays.toString(x));
    }

    private static float result(float... x) {
        Guarded result = new Guarded(1, 1);
        new Forward(Guarded.matrix(1, x.length, x), result.matrix).run(0, 1);
        return result.values()[0];
    }
}
