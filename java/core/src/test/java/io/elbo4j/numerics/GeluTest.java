package io.elbo4j.numerics;

import static io.elbo4j.numerics.Accuracy.assertBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class GeluTest {
    private static final double SCALE = 2 * Math.sqrt(2 / Math.PI);

    @Test
    void staysWithinThePromisedUlp() {
        Accuracy.assertUlp(Gelu::gelu, GeluTest::gelu, 0.0f, Float.NaN, 2.45);
        Accuracy.assertUlp(Gelu::gelu, GeluTest::gelu, -0.0f, -1.0f, 3.43);
        Accuracy.assertUlp(Gelu::gelu, GeluTest::gelu, -1.0f, -3.0f, 14.2);
        Accuracy.assertUlp(Gelu::gelu, GeluTest::gelu, -3.0f, -6.0f, 55);
    }

    @Test
    void staysWithinThePromisedAbsoluteError() {
        Accuracy.assertAbsolute(Gelu::gelu, GeluTest::gelu, -0.0f, Float.NEGATIVE_INFINITY, 5.5e-8);
        Accuracy.assertAbsolute(Gelu::gradient, GeluTest::gradient, 0.0f, Float.POSITIVE_INFINITY, 2.7e-7);
        Accuracy.assertAbsolute(Gelu::gradient, GeluTest::gradient, -0.0f, Float.NEGATIVE_INFINITY, 8.6e-8);
    }

    @Test
    void gradientStaysWithinThePromisedUlp() {
        Accuracy.assertUlp(Gelu::gradient, GeluTest::gradient, 0.0f, Float.NaN, 3.37);
    }

    /** Ties both references to the textbook form with tanh, and the derivative to central differences of it. */
    @Test
    void referencesAgreeWithTheTextbookForm() {
        double h = 1e-5;
        for (double x = -4; x <= 4; x += 0.0625) {
            assertEquals(textbook(x), gelu(x), 1e-14);
            assertEquals((textbook(x + h) - textbook(x - h)) / (2 * h), gradient(x), 1e-9);
        }
    }

    @Test
    void specialValues() {
        assertBits(0.0f, Gelu.gelu(0.0f));
        assertBits(-0.0f, Gelu.gelu(-0.0f));
        assertBits(Float.POSITIVE_INFINITY, Gelu.gelu(Float.POSITIVE_INFINITY));
        assertBits(Float.MAX_VALUE, Gelu.gelu(Float.MAX_VALUE));
        assertBits(-0.0f, Gelu.gelu(Float.NEGATIVE_INFINITY));
        assertBits(-0.0f, Gelu.gelu(-Float.MAX_VALUE));
        assertBits(-0.0f, Gelu.gelu(-10.1f));
        assertTrue(Float.isNaN(Gelu.gelu(Float.NaN)));
        assertBits(0.5f, Gelu.gradient(0.0f));
        assertBits(0.5f, Gelu.gradient(-0.0f));
        assertBits(1.0f, Gelu.gradient(Float.POSITIVE_INFINITY));
        assertBits(1.0f, Gelu.gradient(Float.MAX_VALUE));
        assertBits(0.0f, Gelu.gradient(Float.NEGATIVE_INFINITY));
        assertBits(0.0f, Gelu.gradient(-Float.MAX_VALUE));
        assertTrue(Float.isNaN(Gelu.gradient(Float.NaN)));
    }

    private static double textbook(double x) {
        return 0.5 * x * (1 + StrictMath.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    }

    private static double gelu(double x) {
        return x < -40 ? 0 : x * SigmoidTest.reference(SCALE * x * (1 + 0.044715 * x * x));
    }

    private static double gradient(double x) {
        if (Math.abs(x) > 40) {
            return x > 0 ? 1 : 0;
        }
        double v = SCALE * x * (1 + 0.044715 * x * x);
        double vGradient = SCALE * (1 + 3 * 0.044715 * x * x);
        return SigmoidTest.reference(v) + x * SigmoidTest.reference(v) * SigmoidTest.reference(-v) * vGradient;
    }
}
