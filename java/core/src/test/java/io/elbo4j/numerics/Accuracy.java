package io.elbo4j.numerics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.math.BigInteger;
import java.util.function.DoubleUnaryOperator;

/** Compares a float function with a double reference over a dense sweep of bit patterns, or over all of them. */
final class Accuracy {
    /** {@code -Delbo4j.exhaustive=true}: every bit pattern instead of one in a prime number of them. */
    private static final boolean EXHAUSTIVE = Boolean.getBoolean("elbo4j.exhaustive");

    private static final long DENSE_SWEEP_POINTS = 3_000_000;

    /** A function under test. */
    interface FloatFunction {
        float apply(float x);
    }

    private Accuracy() {}

    /** Fails when an error on the patterns from one bound to the other (same sign, either order) exceeds maxUlp. */
    static void assertUlp(
            FloatFunction function, DoubleUnaryOperator reference, float from, float to, double maxUlp) {
        sweep(from, to, x -> {
            float actual = function.apply(x);
            double expected = reference.applyAsDouble(x);
            double error = ulpError(actual, expected);
            if (!(error <= maxUlp)) {
                fail("at " + Float.toHexString(x) + ": " + actual + " is " + error + " ULP from " + expected
                        + ", promised " + maxUlp);
            }
        });
    }

    /** Fails when an absolute error on the patterns between the bounds (same sign) exceeds maxError. */
    static void assertAbsolute(
            FloatFunction function, DoubleUnaryOperator reference, float from, float to, double maxError) {
        sweep(from, to, x -> {
            float actual = function.apply(x);
            double expected = reference.applyAsDouble(x);
            if (!(Math.abs(actual - expected) <= maxError)) {
                fail("at " + Float.toHexString(x) + ": " + actual + " instead of " + expected + ", promised "
                        + maxError);
            }
        });
    }

    interface FloatCheck {
        void check(float x);
    }

    /** Visits the patterns between two bounds of the same sign, both bounds included. */
    static void sweep(float from, float to, FloatCheck check) {
        long a = Float.floatToRawIntBits(from) & 0xffffffffL;
        long b = Float.floatToRawIntBits(to) & 0xffffffffL;
        if (a >>> 31 != b >>> 31) {
            throw new IllegalArgumentException("from " + from + " and to " + to + " must have the same sign bit");
        }
        long low = Math.min(a, b);
        long high = Math.max(a, b);
        long stride = EXHAUSTIVE || high - low < DENSE_SWEEP_POINTS ? 1
                : BigInteger.valueOf((high - low) / DENSE_SWEEP_POINTS).nextProbablePrime().longValueExact();
        for (long bits = low; bits <= high; bits += stride) {
            check.check(Float.intBitsToFloat((int) bits));
        }
        check.check(to);
        check.check(from);
    }

    static void assertBits(float expected, float actual) {
        assertEquals(Float.toHexString(expected), Float.toHexString(actual));
    }

    /** Distance in units of the last place that a float of the reference's size has. */
    static double ulpError(float actual, double expected) {
        if (Double.isNaN(expected) || Float.isNaN(actual)) {
            return Double.isNaN(expected) && Float.isNaN(actual) ? 0 : Double.POSITIVE_INFINITY;
        }
        if (Float.isInfinite((float) expected) || Float.isInfinite(actual)) {
            return (float) expected == actual ? 0 : Double.POSITIVE_INFINITY;
        }
        int exponent = Math.max(Math.getExponent(expected), Float.MIN_EXPONENT);
        return Math.abs(actual - expected) / Math.scalb(1.0, exponent - 23);
    }
}
