package io.elbo4j.numerics;

import static io.elbo4j.numerics.Accuracy.assertBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

public class VarianceKlTest {
    /** exp(x) - 1 - x to about 1e-15 relative: near 0 its series, for the difference cancels in double too. */
    public static double reference(double x) {
        if (Math.abs(x) > 0.5) {
            return Math.expm1(x) - x;
        }
        double sum = 0;
        for (int n = 18; n >= 2; n--) {
            sum = (sum + 1) * x / n;
        }
        return sum * x;
    }

    private static float ofVariances(float x) {
        float deviation = Exp.exp(0.5f * x);
        return VarianceKl.varianceKl(x, deviation);
    }

    private static void assertRelative(float from, float to, double promised) {
        for (float sign : new float[] {1, -1}) {
            Accuracy.sweep(sign * from, sign * to, x -> {
                float actual = ofVariances(x);
                double expected = reference(x);
                assertTrue(actual >= 0, () -> "at " + x + ": " + actual);
                assertTrue(Math.abs(actual - expected) <= promised * expected + 0x1p-149,
                        () -> "at " + Float.toHexString(x) + ": " + actual + " instead of " + expected);
            });
        }
    }

    @Test
    void staysWithinThePromisedError() {
        assertRelative(0, 88.7f, 7.2e-6);
    }

    @Test
    void theReferenceIsTheDifferenceWhereThatDoesNotCancel() {
        for (double x = -0.5; x <= 0.5; x += 1.0 / 64) {
            assertEquals(Math.exp(x) - 1 - x, reference(x), 1e-15);
        }
        assertEquals(0.5e-12 + 1e-18 / 6, reference(1e-6), 1e-25);
    }

    @Test
    void specialValues() {
        assertBits(0, VarianceKl.varianceKl(0, 1));
        assertBits(0, VarianceKl.varianceKl(-0.0f, 1));
        float inf = Float.POSITIVE_INFINITY;
        assertBits(inf, VarianceKl.varianceKl(200, inf));
        assertBits(inf, VarianceKl.varianceKl(-inf, 0));
        assertTrue(Float.isNaN(VarianceKl.varianceKl(Float.NaN, 1)));
        assertTrue(Float.isNaN(VarianceKl.varianceKl(0, Float.NaN)));
        assertTrue(Float.isNaN(VarianceKl.varianceKl(2, Float.NaN)));
        assertTrue(Float.isNaN(VarianceKl.varianceKl(0, inf)));
    }
}
