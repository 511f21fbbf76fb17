package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.assertBits;
import static io.elbo4j.purejava.References.SIZES;
import static io.elbo4j.purejava.References.assertNear;
import static io.elbo4j.purejava.References.gaussian;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.AdamStep;
import io.elbo4j.Matrix;
import io.elbo4j.SgdStep;
import io.elbo4j.operation.Adam;
import io.elbo4j.operation.Clip;
import io.elbo4j.operation.MovingAverage;
import io.elbo4j.operation.Sgd;
import org.junit.jupiter.api.Test;

/** Gradient descent, the decay of AdamW, moving averages and clamped gradients against double precision. */
class SgdTest {
    private static final int ROWS = 3;

    @Test
    void severalStepsAgreeWithDoublePrecision() {
        for (int d : SIZES) {
            for (double momentum : new double[] {0, 0.9}) {
                SgdStep step = new SgdStep(0.1, momentum, 0.01);
                float[] start = gaussian(1, ROWS * d, 1);
                Guarded parameter = new Guarded(ROWS, d, start);
                Guarded velocity = new Guarded(ROWS, d, new float[ROWS * d]);
                double[] p = new double[start.length];
                double[] v = new double[start.length];
                for (int i = 0; i < p.length; i++) {
                    p[i] = start[i];
                }
                Matrix scale = Guarded.matrix(1, 1, 0.5f);
                for (int t = 0; t < 4; t++) {
                    float[] g = gaussian(10 + t, ROWS * d, 1);
                    step.learningRate(0.1 / (t + 1));
                    Sgd.update(parameter.matrix, Guarded.matrix(ROWS, d, g), momentum == 0 ? null : velocity.matrix,
                            step, scale).run();
                    for (int i = 0; i < p.length; i++) {
                        v[i] = (float) momentum * v[i] + 0.5 * g[i] + (float) 0.01 * p[i];
                        p[i] -= step.learningRate() * v[i];
                    }
                }
                for (int i = 0; i < p.length; i++) {
                    assertNear(p[i], parameter.values()[i], 1e-6 * (1 + Math.abs(p[i])), "parameter");
                }
            }
        }
    }

    @Test
    void aStepIsTheSameHoweverItIsSplit() {
        Guarded parameter = new Guarded(ROWS, 33, gaussian(1, ROWS * 33, 1));
        Guarded velocity = new Guarded(ROWS, 33, gaussian(2, ROWS * 33, 1));
        Guarded.assertSplits(ROWS, false, Sgd.update(parameter.matrix, Guarded.matrix(ROWS, 33,
                gaussian(3, ROWS * 33, 1)), velocity.matrix, new SgdStep(0.1, 0.9, 0), null).body()::run, parameter,
                velocity);
    }

    @Test
    void weightDecayOfAdamMultipliesTheParameter() {
        float[] start = {1, -2, 0.5f};
        Guarded plain = new Guarded(1, 3, start);
        Guarded decayed = new Guarded(1, 3, start);
        Matrix g = Guarded.matrix(1, 3, 0.1f, 0.2f, -0.3f);
        update(plain, g, new AdamStep(0.01, 0.9, 0.999, 1e-8));
        update(decayed, g, new AdamStep(0.01, 0.9, 0.999, 1e-8, 0.5));
        for (int i = 0; i < 3; i++) {
            assertNear(plain.values()[i] - 0.01 * 0.5 * start[i], decayed.values()[i], 3e-7, "decayed");
        }
        assertEquals(1, new AdamStep(0.01, 0.9, 0.999, 1e-8).decay());
    }

    private static void update(Guarded parameter, Matrix gradient, AdamStep step) {
        Matrix first = new Guarded(1, 3, new float[3]).matrix;
        Matrix second = new Guarded(1, 3, new float[3]).matrix;
        new Adam.Update(parameter.matrix, gradient, first, second, step, null).run(0, 1);
    }

    @Test
    void movingAveragesReachWhatTheyFollow() {
        for (int d : SIZES) {
            float[] x = gaussian(1, ROWS * d, 1);
            float[] y = gaussian(2, ROWS * d, 1);
            Guarded target = new Guarded(ROWS, d, y);
            Guarded.assertSplits(ROWS, false,
                    MovingAverage.update(Guarded.matrix(ROWS, d, x), 0.9, target.matrix).body()::run, target);
            for (int i = 0; i < x.length; i++) {
                assertNear(0.9 * y[i] + 0.1 * x[i], target.values()[i], 3e-7 * (1 + Math.abs(y[i])), "average");
            }
        }
        Guarded target = new Guarded(1, 2, new float[] {5, -3});
        MovingAverage.update(Guarded.matrix(1, 2, 7, 9), 1, target.matrix).run();
        assertBits(new float[] {5, -3}, target.values(), "decay 1");
        MovingAverage.update(Guarded.matrix(1, 2, 7, 9), 0, target.matrix).run();
        assertBits(new float[] {7, 9}, target.values(), "decay 0");
    }

    @Test
    void clippedValues() {
        float inf = Float.POSITIVE_INFINITY;
        Guarded y = new Guarded(1, 6);
        Clip.value(1.5f, Guarded.matrix(1, 6, 1, -1.5f, 2, -inf, -0.0f, Float.NaN), y.matrix).run();
        float[] values = y.values();
        assertBits(new float[] {1, -1.5f, 1.5f, -1.5f, -0.0f}, java.util.Arrays.copyOf(values, 5), "clipped");
        assertTrue(Float.isNaN(values[5]));
    }
}
