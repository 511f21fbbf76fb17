package io.elbo4j.numerics;

import static io.elbo4j.numerics.Accuracy.assertBits;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ExpExcessTest {
    @Test
    void staysWithinThePromisedError() {
        for (float sign : new float[] {1, -1}) {
            Accuracy.sweep(sign * 0x1p-62f, sign * 88, y -> {
                float actual = ExpExcess.of(y, Exp.exp(y));
                double expected = VarianceKlTest.reference(y);
                assertTrue(Math.abs(actual - expected) <= 0x1p-19 * expected, () -> "at " + Float.toHexString(y) + ": "
                        + actual + " instead of " + expected);
            });
        }
        assertBits(0, ExpExcess.of(0, 1));
        assertBits(Float.NaN, ExpExcess.of(Float.NaN, Float.NaN));
    }
}
