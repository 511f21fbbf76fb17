package io.elbo4j.numerics;

import static io.elbo4j.numerics.Accuracy.assertBits;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SoftplusTest {
    @Test
    void staysWithinThePromisedUlp() {
        Accuracy.assertUlp(Softplus::softplus, SoftplusTest::reference, 0.0f, Float.NaN, 1.87);
        Accuracy.assertUlp(Softplus::softplus, SoftplusTest::reference, -0.0f, -86.98f, 1.87);
    }

    @Test
    void neverExceedsThePromisedAbsoluteErrorBelow() {
        Accuracy.assertAbsolute(
                Softplus::softplus, SoftplusTest::reference, -86.98f, Float.NEGATIVE_INFINITY, 0x1.7p-126);
    }

    @Test
    void specialValues() {
        assertBits((float) StrictMath.log(2), Softplus.softplus(0.0f));
        assertBits((float) StrictMath.log(2), Softplus.softplus(-0.0f));
        assertBits(Float.POSITIVE_INFINITY, Softplus.softplus(Float.POSITIVE_INFINITY));
        assertBits(Float.MAX_VALUE, Softplus.softplus(Float.MAX_VALUE));
        assertBits(0.0f, Softplus.softplus(Float.NEGATIVE_INFINITY));
        assertTrue(Float.isNaN(Softplus.softplus(Float.NaN)));
    }

    private static double reference(double x) {
        return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
    }
}
