package io.elbo4j.numerics;

import static io.elbo4j.numerics.Accuracy.assertBits;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ReciprocalTest {
    @Test
    void staysWithinThePromisedUlp() {
        Accuracy.assertUlp(Reciprocal::reciprocal1To2, d -> 1 / d, 1.0f, 2.0f, 0.673);
    }

    @Test
    void specialValues() {
        assertBits(1.0f, Reciprocal.reciprocal1To2(1.0f));
        assertBits(0.5f, Reciprocal.reciprocal1To2(2.0f));
        assertTrue(Float.isNaN(Reciprocal.reciprocal1To2(Float.NaN)));
    }
}
