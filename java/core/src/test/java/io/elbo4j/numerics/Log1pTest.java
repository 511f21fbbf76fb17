package io.elbo4j.numerics;

import static io.elbo4j.numerics.Accuracy.assertBits;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class Log1pTest {
    @Test
    void staysWithinThePromisedUlp() {
        Accuracy.assertUlp(Log1p::log1pUnit, StrictMath::log1p, 0.0f, 1.0f, 1.18);
        Accuracy.assertUlp(Log1p::log1pUnit, StrictMath::log1p, 0.5f, 1.0f, 1.18);
    }

    /** Everywhere above -1. */
    @Test
    void theSumStaysWithinThePromisedUlp() {
        Accuracy.assertUlp(Log1p::log1p, Math::log1p, 0, 0x1p127f, 2);
        Accuracy.assertUlp(Log1p::log1p, Math::log1p, -0.0f, -0.99999994f, 2);
        Accuracy.assertBits(Float.NaN, Log1p.log1p(Float.NaN));
    }

    @Test
    void specialValues() {
        assertBits(0.0f, Log1p.log1pUnit(0.0f));
        assertBits(Float.MIN_VALUE, Log1p.log1pUnit(Float.MIN_VALUE));
        assertTrue(Float.isNaN(Log1p.log1pUnit(Float.NaN)));
    }
}
