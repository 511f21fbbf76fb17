package io.elbo4j.numerics;

/**
 * The exponential function, the same bits as {@code native/spec/exp.h}.
 *
 * <p>x = k ln 2 + r with |r| at most 0.347; a polynomial in r; scaled by a power of two that is built from bits.
 *
 * <p>Accuracy: max 0.892 ULP for x in [-86.98, 88.73], exhaustive. Results below 2^-125.5 are +0, so no result is
 * denormal. exp(±0) = 1, exp(+inf) = +inf, exp(-inf) = +0, NaN stays NaN; overflow gives +inf as the rounded true value
 * does.
 *
 * <p>Source of the coefficients: Sollya's fpminimax on [-0.347, 0.347] with float coefficients, relative error, 1 + r
 * fixed.
 */
public final class Exp {
    /** Adding 1.5 * 2^23 rounds to the nearest integer and leaves that integer in the low bits. */
    static final float ROUND_TO_INTEGER = 12582912.0f;

    /** ln 2 in two parts; the high one has 15 bits, so that its product with any k is exact. */
    static final float LN2_HIGH = 0x1.62e400p-1f;

    static final float LN2_LOW = 0x1.7f7d1cp-20f;
    static final float LOG2_E = 0x1.715476p0f;

    private Exp() {}

    /** exp(x) for any x. */
    public static float exp(float x) {
        return inRange(Math.max(Math.min(x, 89.0f), -87.0f));
    }

    /** exp(x) for x at most 0, or NaN: the same bits as {@link #exp}, one clamp less. */
    public static float expNonpositive(float x) {
        return inRange(Math.max(x, -87.0f));
    }

    private static float inRange(float x) {
        float t = Math.fma(x, LOG2_E, ROUND_TO_INTEGER);
        float k = t - ROUND_TO_INTEGER;
        float r = Math.fma(k, -LN2_HIGH, x);
        r = Math.fma(k, -LN2_LOW, r);
        // 2 exp(r): doubled so that the scale 2^(k-1) is finite at k = 128 and is +0 at k = -126
        float p = 0x1.6a5e34p-9f;
        p = Math.fma(p, r, 0x1.123adp-6f);
        p = Math.fma(p, r, 0x1.5558a2p-4f);
        p = Math.fma(p, r, 0x1.55549p-2f);
        p = Math.fma(p, r, 0x1.fffffcp-1f);
        p = Math.fma(p, r, 2.0f);
        p = Math.fma(p, r, 2.0f);
        return p * Float.intBitsToFloat((Float.floatToRawIntBits(t) << 23) + 0x3f000000);
    }

    /** Each of the first n elements becomes its exp. */
    public static void apply(float[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = exp(x[i]);
        }
    }

    /** Each of the first n elements of dy is multiplied by the derivative at x. */
    public static void gradient(float[] x, float[] dy, int n) {
        for (int i = 0; i < n; i++) {
            dy[i] = dy[i] * exp(x[i]);
        }
    }
}
