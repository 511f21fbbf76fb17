package io.elbo4j.numerics;

import static io.elbo4j.numerics.Accuracy.assertBits;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class EluTest {
    @Test
    void staysWithinThePromisedUlp() {
        Accuracy.assertUlp(Elu::elu, StrictMath::expm1, -0.0f, Float.NEGATIVE_INFINITY, 0.946);
        Accuracy.assertUlp(Elu::slope, StrictMath::exp, -0.0f, -86.98f, 0.892);
    }

    @Test
    void isExactAboveZero() {
        Accuracy.sweep(0.0f, Float.POSITIVE_INFINITY, x -> assertBits(x, Elu.elu(x)));
        Accuracy.sweep(0.0f, Float.POSITIVE_INFINITY, x -> assertBits(1.0f, Elu.slope(x)));
    }

    @Test
    void specialValues() {
        assertBits(0.0f, Elu.elu(-0.0f));
        assertBits(-Float.MIN_VALUE, Elu.elu(-Float.MIN_VALUE));
        assertBits(-1.0f, Elu.elu(Float.NEGATIVE_INFINITY));
        assertBits(-1.0f, Elu.elu(-18.0f));
        assertTrue(Float.isNaN(Elu.elu(Float.NaN)));
        assertBits(0.0f, Elu.slope(Float.NEGATIVE_INFINITY));
        assertTrue(Float.isNaN(Elu.slope(Float.NaN)));
    }
}
