package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.assertSame;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Gru.Backward;
import io.elbo4j.operation.Gru.Forward;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Signed zeros, denormals, overflow, infinities and NaN in a step of a gated recurrent unit, by bits. */
class GruSpecialValuesTest {
    private static final float INF = Float.POSITIVE_INFINITY;
    private static final float NAN = Float.NaN;

    /** n, r, z, b_n, h' of one element; without a where there are four numbers, b_r, b_z, b_n and h. */
    private static float[] element(float... x) {
        boolean normalised = x.length == 4;
        Guarded kept = new Guarded(1, 4);
        Guarded next = new Guarded(1, 1);
        Matrix a = normalised ? null : Guarded.matrix(1, 3, x[0], x[1], x[2]);
        int b = normalised ? 0 : 3;
        new Forward(a, Guarded.matrix(1, 3, x[b], x[b + 1], x[b + 2]), Guarded.matrix(1, 1, x[b + 3]), null,
                kept.matrix, next.matrix, null).run(0, 1);
        float[] all = Arrays.copyOf(kept.values(), 5);
        all[4] = next.values()[0];
        return all;
    }

    private static void assertElement(float[] expected, float... x) {
        for (int i = 0; i < 5; i++) {
            assertSame(expected[i], element(x)[i], "element " + i + " of " + Arrays.toString(x));
        }
    }

    /** a_n, a_r, a_z, b_r, b_z, b_n, h. */
    @Test
    void specialValues() {
        assertElement(new float[] {0, 0.5f, 0.5f, 0, 0}, 0, 0, 0, 0, 0, 0, 0);
        assertElement(new float[] {-0.0f, 0.5f, 0.5f, -0.0f, 0}, -0.0f, -0.0f, -0.0f, -0.0f, -0.0f, -0.0f, -0.0f);
        assertElement(new float[] {-0.0f, 1, 0, -0.0f, -0.0f}, -0.0f, INF, -INF, 0, 0, -0.0f, -1);
        assertElement(new float[] {0, 1, 1, -0.0f, -2}, 0, 200, 200, 0, 0, -0.0f, -2);
        assertElement(new float[] {1, 0, 0, 7, 1}, INF, -INF, -INF, 0, 0, 7, 1e30f);
        assertElement(new float[] {-1, 1, 1, -INF, 5}, 0, 200, 200, 0, 0, -INF, 5);
        assertElement(new float[] {1, 1, 1, 3, INF}, 100, 200, 200, 0, 0, 3, INF);
        assertElement(new float[] {1, 1, 0, 3, NAN}, 100, 200, -200, 0, 0, 3, INF);
        // an infinity that a closed gate lets through, and infinities that cancel, are NaN
        assertElement(new float[] {NAN, 0, 0.5f, INF, NAN}, 0, -INF, 0, 0, 0, INF, 1);
        assertElement(new float[] {NAN, 1, 0.5f, INF, NAN}, -INF, 200, 0, 0, 0, INF, 1);
        assertElement(new float[] {NAN, NAN, 0.5f, 2, NAN}, 0, INF, 0, -INF, 0, 2, 1);
        // both gates' arguments overflow
        assertElement(new float[] {0, 1, 1, 0, 2}, 0, 3e38f, 3e38f, 3e38f, 3e38f, 0, 2);
        // a denormal state passes an open gate, and half of one the half-open one
        assertElement(new float[] {0, 0.5f, 1, 0, Float.MIN_VALUE}, 0, 0, 200, 0, 0, 0, Float.MIN_VALUE);
        assertElement(new float[] {0, 0.5f, 0.5f, 0, Float.MIN_VALUE}, 0, 0, 0, 0, 0, 0, 2 * Float.MIN_VALUE);
        // b_r, b_z, b_n, h
        assertElement(new float[] {0, 0.5f, 0.5f, -0.0f, 0}, -0.0f, 1, -0.0f, -0.0f);
        assertElement(new float[] {1, 1, 0, INF, 1}, INF, INF, INF, 3);
        assertElement(new float[] {0, 0, 1, 3, -4}, -INF, -INF, 3, -4);
        assertElement(new float[] {0, 0.5f, NAN, 0, NAN}, 0, NAN, 0, 1);
    }

    @Test
    void specialGradients() {
        assertGradients(new float[] {0, 0, 0, 0, 3}, 0.5f, 0.5f, 1, 2, 5, 3);
        assertGradients(new float[] {0, 0, 0.75f, 0, 1.5f}, 1, 0.5f, 0.5f, 2, 2, 3);
        assertGradients(new float[] {-0.0f, -0.0f, -0.75f, -0.0f, -1.5f}, 1, 0.5f, 0.5f, 2, 2, -3);
        assertGradients(new float[] {3, 0, 0, 3, 0}, 0, 1, 0, 7, 2, 3);
        assertGradients(new float[] {NAN, NAN, NAN, NAN, NAN}, 0.5f, 0.5f, 0.5f, 2, 1, NAN);
        assertGradients(new float[] {INF, INF, INF, INF, INF}, 0.5f, 0.5f, 0.5f, 2, 1, INF);
        // a gate that is shut makes NaN of an infinity
        assertGradients(new float[] {INF, INF, NAN, INF, NAN}, 0.5f, 0.5f, 0, 2, 1, INF);
        assertGradients(new float[] {1.5f, NAN, 1.5f, 1.5f, 1.5f}, 0, 1, 0.5f, INF, 2, 3);
        // what is of the update gate alone
        assertGradients(new float[] {1.5f, 0.75f, INF, 0.75f, 1.5f}, 0, 0.5f, 0.5f, 2, INF, 3);
        assertGradients(new float[] {0.375f * 3, 0.1875f * 3, NAN, 0.1875f * 3, 1.5f}, 0.5f, 0.5f, 0.5f, 2, NAN, 3);
        float least = Float.MIN_VALUE;
        assertGradients(new float[] {least, 0, least, 0, least}, 0, 0.5f, 0.5f, 0, 2, 2 * least);
    }

    /** Of a_n, r, z and b_n, and what passes; from n, r, z, b_n, h and dNext. Unless normalised. */
    private static void assertGradients(float[] expected, float... x) {
        for (boolean normalised : new boolean[] {false, true}) {
            Guarded dGates = new Guarded(1, 4);
            Guarded passes = new Guarded(1, 1);
            new Backward(Guarded.matrix(1, 4, Arrays.copyOf(x, 4)), Guarded.matrix(1, 1, x[4]), Guarded.matrix(1, 1,
                    x[5]), null, null, null, normalised, dGates.matrix, passes.matrix).run(0, 1);
            for (int i = 0; i < 4; i++) {
                float sign = normalised && i == 2 ? -1 : 1;
                assertSame(sign * expected[i], dGates.values()[i], "gradient " + i + " of " + Arrays.toString(x));
            }
            assertSame(expected[4], passes.values()[0], "passes of " + Arrays.toString(x));
        }
    }
}
