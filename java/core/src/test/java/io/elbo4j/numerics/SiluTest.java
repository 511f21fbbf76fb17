package io.elbo4j.numerics;

import static io.elbo4j.numerics.Accuracy.assertBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SiluTest {
    @Test
    void staysWithinThePromisedUlp() {
        Accuracy.assertUlp(Silu::silu, SiluTest::silu, 0.0f, Float.NaN, 2.36);
        Accuracy.assertUlp(Silu::silu, SiluTest::silu, -0.0f, -86.98f, 3.57);
        Accuracy.assertUlp(Silu::slope, SiluTest::slope, 0.0f, Float.NaN, 3.11);
    }

    @Test
    void staysWithinThePromisedAbsoluteError() {
        Accuracy.assertAbsolute(Silu::silu, SiluTest::silu, -86.98f, Float.NEGATIVE_INFINITY, 0x1p-118);
        Accuracy.assertAbsolute(Silu::slope, SiluTest::slope, -0.0f, Float.NEGATIVE_INFINITY, 8.0e-8);
    }

    @Test
    void slopeIsTheDerivative() {
        double h = 1e-5;
        for (double x = -8; x <= 8; x += 0.0625) {
            assertEquals((silu(x + h) - silu(x - h)) / (2 * h), slope(x), 1e-9);
        }
    }

    @Test
    void specialValues() {
        assertBits(0.0f, Silu.silu(0.0f));
        assertBits(-0.0f, Silu.silu(-0.0f));
        assertBits(Float.POSITIVE_INFINITY, Silu.silu(Float.POSITIVE_INFINITY));
        assertBits(Float.MAX_VALUE, Silu.silu(Float.MAX_VALUE));
        assertBits(-0.0f, Silu.silu(Float.NEGATIVE_INFINITY));
        assertBits(-0.0f, Silu.silu(-Float.MAX_VALUE));
        assertTrue(Float.isNaN(Silu.silu(Float.NaN)));
        assertBits(0.5f, Silu.slope(0.0f));
        assertBits(0.5f, Silu.slope(-0.0f));
        assertBits(1.0f, Silu.slope(Float.POSITIVE_INFINITY));
        assertBits(0.0f, Silu.slope(Float.NEGATIVE_INFINITY));
        assertTrue(Float.isNaN(Silu.slope(Float.NaN)));
    }

    private static double silu(double x) {
        return x < -800 ? 0 : x * SigmoidTest.reference(x);
    }

    private static double slope(double x) {
        if (Math.abs(x) > 800) {
            return x > 0 ? 1 : 0;
        }
        return SigmoidTest.reference(x) * (1 + x * SigmoidTest.reference(-x));
    }
}
