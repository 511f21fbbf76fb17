package io.elbo4j.numerics;

import static io.elbo4j.numerics.Accuracy.assertBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TanhTest {
    private static final float SATURATION = 8.49105358f;

    @Test
    void staysWithinThePromisedUlp() {
        Accuracy.assertUlp(Tanh::tanh, StrictMath::tanh, 0.0f, Float.NaN, 2.996);
        Accuracy.assertUlp(Tanh::tanh, StrictMath::tanh, 0.125f, 10.0f, 2.996);
    }

    @Test
    void isOddToTheBit() {
        Accuracy.sweep(0.0f, Float.POSITIVE_INFINITY, x -> assertEquals(
                Float.floatToRawIntBits(Tanh.tanh(x)), Float.floatToRawIntBits(Tanh.tanh(-x)) ^ 0x80000000));
    }

    @Test
    void saturatesAtOneAndNotAbove() {
        assertBits(1.0f, Tanh.tanh(SATURATION));
        assertTrue(Tanh.tanh(Math.nextDown(SATURATION)) < 1.0f);
        Accuracy.sweep(SATURATION, Float.POSITIVE_INFINITY, x -> assertBits(1.0f, Tanh.tanh(x)));
        Accuracy.sweep(1.0f, SATURATION, x -> assertTrue(Tanh.tanh(x) <= 1.0f));
    }

    @Test
    void specialValues() {
        assertBits(0.0f, Tanh.tanh(0.0f));
        assertBits(-0.0f, Tanh.tanh(-0.0f));
        assertBits(Float.MIN_VALUE, Tanh.tanh(Float.MIN_VALUE));
        assertBits(-Float.MIN_VALUE, Tanh.tanh(-Float.MIN_VALUE));
        assertBits(1.0f, Tanh.tanh(Float.POSITIVE_INFINITY));
        assertBits(-1.0f, Tanh.tanh(Float.NEGATIVE_INFINITY));
        assertTrue(Float.isNaN(Tanh.tanh(Float.NaN)));
    }
}
