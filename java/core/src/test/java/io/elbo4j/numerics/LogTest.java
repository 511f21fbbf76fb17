package io.elbo4j.numerics;

import static io.elbo4j.numerics.Accuracy.assertBits;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LogTest {
    @Test
    void staysWithinThePromisedUlp() {
        Accuracy.assertUlp(Log::log, StrictMath::log, 0.0f, Float.NaN, 0.92);
        Accuracy.assertUlp(Log::log, StrictMath::log, 0.9f, 1.1f, 0.92);
    }

    @Test
    void negativeIsNaN() {
        Accuracy.sweep(-Float.MIN_VALUE, Float.NEGATIVE_INFINITY, x -> assertTrue(Float.isNaN(Log.log(x))));
    }

    @Test
    void specialValues() {
        assertBits(0.0f, Log.log(1.0f));
        assertBits(Float.NEGATIVE_INFINITY, Log.log(0.0f));
        assertBits(Float.NEGATIVE_INFINITY, Log.log(-0.0f));
        assertBits(Float.POSITIVE_INFINITY, Log.log(Float.POSITIVE_INFINITY));
        assertTrue(Float.isNaN(Log.log(Float.NaN)));
        assertBits((float) StrictMath.log(Float.MIN_VALUE), Log.log(Float.MIN_VALUE));
    }
}
