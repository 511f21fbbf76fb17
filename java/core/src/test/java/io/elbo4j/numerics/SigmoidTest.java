package io.elbo4j.numerics;

import static io.elbo4j.numerics.Accuracy.assertBits;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SigmoidTest {
    @Test
    void staysWithinThePromisedUlp() {
        Accuracy.assertUlp(Sigmoid::sigmoid, SigmoidTest::reference, 0.0f, Float.NaN, 2.85);
        Accuracy.assertUlp(Sigmoid::sigmoid, SigmoidTest::reference, -0.0f, -86.98f, 2.85);
    }

    @Test
    void neverExceedsThePromisedAbsoluteErrorBelow() {
        Accuracy.assertAbsolute(Sigmoid::sigmoid, SigmoidTest::reference, -86.98f, Float.NEGATIVE_INFINITY, 0x1.7p-126);
    }

    @Test
    void specialValues() {
        assertBits(0.5f, Sigmoid.sigmoid(0.0f));
        assertBits(0.5f, Sigmoid.sigmoid(-0.0f));
        assertBits(0.5f, Sigmoid.sigmoid(-Float.MIN_VALUE));
        assertBits(1.0f, Sigmoid.sigmoid(Float.POSITIVE_INFINITY));
        assertBits(0.0f, Sigmoid.sigmoid(Float.NEGATIVE_INFINITY));
        assertTrue(Float.isNaN(Sigmoid.sigmoid(Float.NaN)));
        assertTrue(Float.isNaN(Sigmoid.sigmoid(Float.intBitsToFloat(0xffc00000))));
    }

    /** Written with the sign's own exponential, so that neither side cancels. */
    static double reference(double x) {
        return x >= 0 ? 1 / (1 + StrictMath.exp(-x)) : StrictMath.exp(x) / (1 + StrictMath.exp(x));
    }
}
