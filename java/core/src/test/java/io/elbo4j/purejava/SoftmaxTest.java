package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.assertSame;
import static io.elbo4j.purejava.References.ROUNDING;
import static io.elbo4j.purejava.References.SIZES;
import static io.elbo4j.purejava.References.assertNear;
import static io.elbo4j.purejava.References.gaussian;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Softmax.Backward;
import io.elbo4j.operation.Softmax.Forward;
import io.elbo4j.operation.Softmax.LogBackward;
import io.elbo4j.operation.Softmax.LogForward;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the operations' Javadoc promises, against double precision; as shares of the bounds. */
class SoftmaxTest {
    private static final long SEED = 2718;
    private static final int ROWS = 4;
    private static final float INF = Float.POSITIVE_INFINITY;

    private double worst;

    private void within(double expected, float actual, double bound, String message) {
        assertNear(expected, actual, bound, message);
        worst = Math.max(worst, Math.abs(actual - expected) / bound);
    }

    private static double sum(int k, IntToDoubleFunction term) {
        return IntStream.range(0, k).mapToDouble(term).sum();
    }

    /** Spread far, and far from 0: differences of neighbouring logits are rounded. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 1, 10, 40, 1000})
    void forward(double scale) {
        for (int k : SIZES) {
            if (k == 0) {
                continue;
            }
            float[] x = gaussian(SEED, ROWS * k, scale);
            for (int i = 0; i < x.length; i++) {
                x[i] += (float) (scale * 3);
            }
            Matrix in = Guarded.matrix(ROWS, k, x);
            Guarded y = new Guarded(ROWS, k);
            Guarded log = new Guarded(ROWS, k);
            Guarded.assertSplits(ROWS, false, (b, e) -> new Forward(in, y.matrix).run(b, e), y);
            Guarded.assertSplits(ROWS, false, (b, e) -> new LogForward(in, log.matrix).run(b, e), log);
            for (int r = 0; r < ROWS; r++) {
                int first = r * k;
                double m = IntStream.range(0, k).mapToDouble(c -> x[first + c]).max().getAsDouble();
                double s = sum(k, c -> Math.exp(x[first + c] - m));
                for (int c = 0; c < k; c++) {
                    double d = m - x[first + c];
                    String at = "row " + r + ", column " + c + " of " + k;
                    double p = Math.exp(-d) / s;
                    within(p, y.values()[first + c], p * (d + Math.log(k) + 8) * ROUNDING + 0x1p-125, at);
                    within(-d - Math.log(s), log.values()[first + c], (2 * d + 4 * Math.log(k) + 5) * ROUNDING, at);
                }
            }
        }
        System.out.printf("softmax, scale %.0f, seed %d: at most %.2f of the bound%n", scale, SEED, worst);
        assertTrue(scale == 0 || scale > 100 || worst > 0.05, "a bound far from what is");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, 10})
    void backward(double scale) {
        for (int k : SIZES) {
            if (k == 0) {
                continue;
            }
            Matrix x = Guarded.matrix(ROWS, k, gaussian(SEED, ROWS * k, scale));
            float[] g = gaussian(SEED + 1, ROWS * k, 1);
            Matrix dy = Guarded.matrix(ROWS, k, g);
            Guarded y = new Guarded(ROWS, k);
            Guarded log = new Guarded(ROWS, k);
            new Forward(x, y.matrix).run(0, ROWS);
            new LogForward(x, log.matrix).run(0, ROWS);
            Guarded dx = new Guarded(ROWS, k);
            Guarded logDx = new Guarded(ROWS, k);
            Guarded.assertSplits(ROWS, false, (b, e) -> new Backward(y.matrix, dy, dx.matrix).run(b, e), dx);
            Guarded.assertSplits(ROWS, false, (b, e) -> new LogBackward(log.matrix, dy, logDx.matrix).run(b, e), logDx);
            float[] p = y.values();
            float[] l = log.values();
            for (int r = 0; r < ROWS; r++) {
                int first = r * k;
                double weighted = sum(k, c -> (double) p[first + c] * g[first + c]);
                double all = sum(k, c -> g[first + c]);
                double magnitudes = sum(k, c -> Math.abs(g[first + c]));
                double most = IntStream.range(0, k).mapToDouble(c -> Math.abs(g[first + c])).max().getAsDouble();
                for (int c = 0; c < k; c++) {
                    int i = first + c;
                    String at = "row " + r + ", column " + c + " of " + k;
                    within(p[i] * (g[i] - weighted), dx.values()[i], 9 * p[i] * most * ROUNDING, at);
                    double expected = g[i] - Math.exp(l[i]) * all;
                    within(expected, logDx.values()[i], (5 * Math.exp(l[i]) * magnitudes + Math.abs(expected))
                            * ROUNDING, at);
                }
            }
        }
        System.out.printf("softmax's gradients, scale %.0f, seed %d: at most %.2f of the bound%n", scale, SEED, worst);
    }

    /** From the formula of the value alone. */
    @Test
    void gradientsAreThoseOfTheValues() {
        int k = 5;
        float[] x = gaussian(SEED, k, 1);
        float[] g = gaussian(SEED + 1, k, 1);
        Guarded[] of = {new Guarded(1, k), new Guarded(1, k), new Guarded(1, k), new Guarded(1, k)};
        Matrix in = Guarded.matrix(1, k, x);
        Matrix dy = Guarded.matrix(1, k, g);
        new Forward(in, of[0].matrix).run(0, 1);
        new LogForward(in, of[1].matrix).run(0, 1);
        new Backward(of[0].matrix, dy, of[2].matrix).run(0, 1);
        new LogBackward(of[1].matrix, dy, of[3].matrix).run(0, 1);
        for (int c = 0; c < k; c++) {
            int column = c;
            for (boolean log : new boolean[] {false, true}) {
                double slope = References.derivative(v -> {
                    IntToDoubleFunction at = j -> j == column ? v : x[j];
                    double s = sum(k, j -> Math.exp(at.applyAsDouble(j)));
                    return sum(k, j -> g[j] * (log ? at.applyAsDouble(j) - Math.log(s)
                            : Math.exp(at.applyAsDouble(j)) / s));
                }, x[c]);
                assertEquals(slope, of[log ? 3 : 2].values()[c], 2e-6, "column " + c);
            }
        }
    }

    @Test
    void specialValues() {
        assertForward(new float[] {1}, -0.0f);
        assertForward(new float[] {1}, -3e38f);
        assertForward(new float[] {0.5f, 0.5f}, 0, -0.0f);
        assertForward(new float[] {1, 0}, 5, -INF);
        assertForward(new float[] {0, 1}, -INF, -3e38f);
        assertForward(new float[] {0.25f, 0.25f, 0, 0.25f, 0.25f}, -100, -100, -INF, -100, -100);
        assertForward(new float[] {0.5f, 0.5f}, Float.MIN_VALUE, -Float.MIN_VALUE);
        for (float[] x : new float[][] {{-INF}, {-INF, -INF}, {INF, 1}, {INF, INF}, {Float.NaN, 1}, {INF, Float.NaN}}) {
            float[] nan = new float[x.length];
            Arrays.fill(nan, Float.NaN);
            assertForward(nan, x);
        }
        Guarded dx = new Guarded(1, 3);
        new LogBackward(Guarded.matrix(1, 3, -INF, 0, -INF), Guarded.matrix(1, 3, 2, 3, -0.0f), dx.matrix).run(0, 1);
        assertEquals("[2.0, -2.0, -0.0]", Arrays.toString(dx.values()), "where the probability is 0, dy");
        new Backward(Guarded.matrix(1, 3, 0, 1, 0), Guarded.matrix(1, 3, 2, 3, 4), dx.matrix).run(0, 1);
        assertEquals("[-0.0, 0.0, 0.0]", Arrays.toString(dx.values()), "where the probability is 0, none");
    }

    /** And the logarithm's: exact here. */
    private static void assertForward(float[] expected, float... x) {
        Guarded y = new Guarded(1, x.length);
        Guarded log = new Guarded(1, x.length);
        new Forward(Guarded.matrix(1, x.length, x), y.matrix).run(0, 1);
        new LogForward(Guarded.matrix(1, x.length, x), log.matrix).run(0, 1);
        for (int c = 0; c < x.length; c++) {
            assertSame(expected[c], y.values()[c], Arrays.toString(x));
            // which of several equal ones has what a logit far below it has, is -infinity
            if (expected[c] != 0 || x[c] == -INF) {
                assertSame((float) Math.log(expected[c]), log.values()[c], Arrays.toString(x));
            }
        }
    }
}
