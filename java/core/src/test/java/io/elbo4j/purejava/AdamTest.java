package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.BACKEND;
import static io.elbo4j.purejava.Guarded.assertBits;
import static io.elbo4j.purejava.Guarded.assertSame;
import static io.elbo4j.purejava.References.SIZES;
import static io.elbo4j.purejava.References.assertNear;
import static io.elbo4j.purejava.References.gaussian;

import io.elbo4j.AdamStep;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Adam.Update;
import io.elbo4j.operation.Clip.Scale;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AdamTest {
    private static final long SEED = 1234;
    private static final int ROWS = 3;
    private static final float INF = Float.POSITIVE_INFINITY;
    private static final float TINY = 0x1p-100f;
    private static final float TINY_SECOND = 0x1p-124f;

    /**
     * Ten steps of algorithm 1 of the paper in double precision, with mHat, vHat and Math.pow; gradients scaled by
     * 0.5.
     */
    @Test
    void tenStepsAgreeWithDoublePrecision() {
        double rate = 0.01;
        double beta1 = 0.9;
        double beta2 = 0.999;
        double epsilon = 1e-8;
        for (int d : SIZES) {
            int n = ROWS * d;
            float[] p = gaussian(SEED, n, 1);
            double[] exact = new double[n];
            double[] m = new double[n];
            double[] v = new double[n];
            for (int i = 0; i < n; i++) {
                exact[i] = p[i];
            }
            Guarded parameter = new Guarded(ROWS, d, p);
            Guarded first = new Guarded(ROWS, d, new float[n]);
            Guarded second = new Guarded(ROWS, d, new float[n]);
            Matrix scale = Guarded.matrix(1, 1, 0.5f);
            AdamStep step = new AdamStep(rate, beta1, beta2, epsilon);
            for (int t = 1; t <= 10; t++) {
                float[] g = gaussian(SEED + t, n, 0.3);
                Matrix gradient = Guarded.matrix(ROWS, d, g);
                step.at(t);
                new Update(parameter.matrix, gradient, first.matrix, second.matrix, step, scale).run(0, ROWS);
                for (int i = 0; i < n; i++) {
                    double half = 0.5 * g[i];
                    m[i] = beta1 * m[i] + (1 - beta1) * half;
                    v[i] = beta2 * v[i] + (1 - beta2) * half * half;
                    double mHat = m[i] / (1 - Math.pow(beta1, t));
                    double vHat = v[i] / (1 - Math.pow(beta2, t));
                    exact[i] -= rate * mHat / (Math.sqrt(vHat) + epsilon);
                }
            }
            float[] actual = parameter.values();
            for (int i = 0; i < n; i++) {
                // ten roundings of p, and the step's own relative error of 2e-6, at most ten times
                assertNear(exact[i], actual[i], 10 * 0x1p-24 * (Math.abs(exact[i]) + 0.1) + 10 * 2e-6 * rate, "p " + i);
                assertNear(m[i], first.values()[i], 1e-7, "m " + i);
                assertNear(v[i], second.values()[i], 1e-6 * v[i], "v " + i);
            }
        }
    }

    @Test
    void splitsAgreeAndScaleOneIsNoScale() {
        for (int d : SIZES) {
            int n = ROWS * d;
            Matrix gradient = Guarded.matrix(ROWS, d, gaussian(SEED, n, 1));
            Guarded[] state = new Guarded[3];
            float[] v = gaussian(SEED + 3, n, 1);
            for (int i = 0; i < n; i++) {
                v[i] = Math.abs(v[i]);
            }
            AdamStep step = new AdamStep(0.001, 0.9, 0.999, 1e-8).at(3);
            float[][] results = new float[2][];
            for (int scaled = 0; scaled < 2; scaled++) {
                state[0] = new Guarded(ROWS, d, gaussian(SEED + 1, n, 1));
                state[1] = new Guarded(ROWS, d, gaussian(SEED + 2, n, 1));
                state[2] = new Guarded(ROWS, d, v);
                Matrix scale = scaled == 0 ? null : Guarded.matrix(1, 1, 1);
                Guarded.assertSplits(ROWS, false,
                        (b, e) -> new Update(state[0].matrix, gradient, state[1].matrix, state[2].matrix, step, scale)
                                .run(b, e),
                        state);
                results[scaled] = state[0].values();
            }
            assertBits(results[0], results[1], "scale of 1, " + d);
        }
    }

    /** Rows without gaps, a column among them, take another path: the elements are the same. */
    @Test
    void rowsWithoutGapsGiveTheSameBits() {
        int[][] shapes = {{0, 3}, {3, 0}, {1031, 1}, {1, 1031}, {33, 31}};
        for (int[] shape : shapes) {
            int n = shape[0] * shape[1];
            AdamStep step = new AdamStep(0.001, 0.9, 0.999, 1e-8).at(2);
            Matrix[] dense = new Matrix[4];
            Matrix[] padded = new Matrix[4];
            for (int i = 0; i < 4; i++) {
                float[] values = gaussian(SEED + i, n, 1);
                for (int j = 0; j < n && i == 3; j++) {
                    values[j] = Math.abs(values[j]);
                }
                dense[i] = BACKEND.matrix(shape[0], shape[1]).set(values);
                padded[i] = Guarded.matrix(shape[0], shape[1], values);
            }
            int rows = shape[0];
            new Update(padded[0], padded[1], padded[2], padded[3], step, null).run(0, rows);
            new Update(dense[0], dense[1], dense[2], dense[3], step, null).run(0, rows / 3);
            new Update(dense[0], dense[1], dense[2], dense[3], step, null).run(rows / 3, rows);
            for (int i = 0; i < 4; i++) {
                assertBits(padded[i].toArray(), dense[i].toArray(), rows + " rows, matrix " + i);
            }
        }
    }

    /** As large as with the second moment in double precision, though that is 2^-101. */
    @Test
    void aSmallEpsilonFeelsNoFlushing() {
        Guarded parameter = new Guarded(1, 1, new float[] {0});
        AdamStep step = new AdamStep(0.001, 0.9, 0.999, 1e-15).at(1);
        new Update(parameter.matrix, Guarded.matrix(1, 1, 2e-14f), new Guarded(1, 1, new float[1]).matrix, new Guarded(
                1, 1, new float[1]).matrix, step, null).run(0, 1);
        assertNear(-0.001 * 2e-14 / (2e-14 + 1e-15), parameter.values()[0], 1e-8, "step");
    }

    /**
     * With both betas 1/2 and a gradient of 0 the moments are halved exactly: first moment before, after; likewise
     * second.
     */
    @Test
    void negligibleMomentsBecomeZero() {
        assertMoments(4 * TINY, 2 * TINY, 4 * TINY_SECOND, 2 * TINY_SECOND);
        assertMoments(2 * TINY, TINY, 2 * TINY_SECOND, TINY_SECOND);
        assertMoments(2 * Math.nextDown(TINY), 0, 2 * Math.nextDown(TINY_SECOND), 0);
        assertMoments(-2 * TINY, -TINY, TINY_SECOND, 0);
        assertMoments(-2 * Math.nextDown(TINY), 0, Float.MIN_NORMAL, 0);
        assertMoments(-Float.MIN_VALUE, 0, Float.MIN_VALUE, 0);
        assertMoments(-0.0f, 0, 0, 0);
        assertMoments(2, 1, 2, 1);
        assertMoments(-Float.MAX_VALUE, -Float.MAX_VALUE / 2, Float.MAX_VALUE, Float.MAX_VALUE / 2);
        assertMoments(INF, INF, INF, INF);
        assertMoments(-INF, -INF, INF, INF);
        assertMoments(Float.NaN, Float.NaN, Float.NaN, Float.NaN);
    }

    private static void assertMoments(float m, float mAfter, float v, float vAfter) {
        Guarded first = new Guarded(1, 1, new float[] {m});
        Guarded second = new Guarded(1, 1, new float[] {v});
        new Update(Guarded.matrix(1, 1, 1), Guarded.matrix(1, 1, 0), first.matrix, second.matrix, new AdamStep(0.001,
                0.5, 0.5, 1e-8), null).run(0, 1);
        assertSame(mAfter, first.values()[0], "first moment after " + m);
        assertSame(vAfter, second.values()[0], "second moment after " + v);
    }

    @Test
    void clipScale() {
        assertClip(1, 5, 9, 16);
        assertClip(0.8f, 4, 9, 16);
        assertClip(1, 4);
        assertClip(1, 0, 0, 0);
        assertClip(0, 4, INF, 1);
        assertClip(Float.NaN, 4, Float.NaN, 1);
        float[] many = new float[1031];
        Arrays.fill(many, 1);
        many[1030] = 4096 - 1030;
        assertClip(0x1p-6f, 1, many);
    }

    private static void assertClip(float expected, float maximumNorm, float... squares) {
        Matrix in = BACKEND.matrix(1, squares.length).set(squares);
        Guarded scale = new Guarded(1, 1);
        new Scale(in, maximumNorm, scale.matrix).run(0, 1);
        assertSame(expected, scale.values()[0], "scale to " + maximumNorm);
    }
}
