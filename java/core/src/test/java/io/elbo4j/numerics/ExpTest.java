package io.elbo4j.numerics;

import static io.elbo4j.numerics.Accuracy.assertBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ExpTest {
    private static final float LOWEST_ACCURATE = -86.98f;

    @Test
    void staysWithinThePromisedUlp() {
        Accuracy.assertUlp(Exp::exp, StrictMath::exp, 0.0f, Float.NaN, 0.892);
        Accuracy.assertUlp(Exp::exp, StrictMath::exp, -0.0f, LOWEST_ACCURATE, 0.892);
    }

    @Test
    void flushesToZeroBelowTwoToMinus125AndAHalf() {
        float smallest = (float) StrictMath.pow(2, -125.5);
        Accuracy.sweep(LOWEST_ACCURATE, Float.NEGATIVE_INFINITY, x -> {
            float y = Exp.exp(x);
            boolean flushed = Float.floatToRawIntBits(y) == 0;
            boolean accurate = y >= smallest * 0.9999f && Accuracy.ulpError(y, StrictMath.exp(x)) <= 0.892;
            assertTrue(flushed ? StrictMath.exp(x) <= smallest * 1.0001 : accurate, () -> "exp(" + x + ") = " + y);
        });
    }

    @Test
    void nonpositiveHasTheSameBits() {
        Accuracy.sweep(-0.0f, Float.NEGATIVE_INFINITY, x -> assertEquals(
                Float.floatToRawIntBits(Exp.exp(x)), Float.floatToRawIntBits(Exp.expNonpositive(x))));
        assertTrue(Float.isNaN(Exp.expNonpositive(Float.NaN)));
    }

    @Test
    void specialValues() {
        assertBits(1.0f, Exp.exp(0.0f));
        assertBits(1.0f, Exp.exp(-0.0f));
        assertBits(1.0f, Exp.exp(Float.MIN_VALUE));
        assertBits(Float.POSITIVE_INFINITY, Exp.exp(Float.POSITIVE_INFINITY));
        assertBits(Float.POSITIVE_INFINITY, Exp.exp(88.73f));
        assertBits(0.0f, Exp.exp(Float.NEGATIVE_INFINITY));
        assertBits(0.0f, Exp.exp(-Float.MAX_VALUE));
        assertTrue(Float.isNaN(Exp.exp(Float.NaN)));
    }
}
