package io.elbo4j.numerics;

/**
 * 1 - exp(x), the same bits as {@code native/spec/expm1.h}: exp(x) - 1 without the cancellation near 0, and its sign
 * turned.
 *
 * <p>Source of the coefficients: expm1(r) = r + r^2 q(r), q by Sollya's {@code fpminimax(expm1(x), [|2,...,6|],
 * [|24...|], [-0.347; 0.347], x, relative, floating)}, error 2^-26.1.
 */
final class Expm1 {
    /** Below it the result is 1 all the same. */
    static final float LOWEST = -40.0f;

    private Expm1() {}

    /** exp(r) - 1 for r in [-0.347, 0.347]. */
    static float reduced(float r) {
        float q = 0x1.6b71a8p-10f;
        q = Math.fma(q, r, 0x1.1227c2p-7f);
        q = Math.fma(q, r, 0x1.555718p-5f);
        q = Math.fma(q, r, 0x1.5554bp-3f);
        q = Math.fma(q, r, 0x1.fffffep-2f);
        return Math.fma(r * r, q, r);
    }

    /** 1 - exp(x) for x in [-40, 0], or NaN. */
    static float minusExpm1(float x) {
        float t = Math.fma(x, Exp.LOG2_E, Exp.ROUND_TO_INTEGER);
        float k = t - Exp.ROUND_TO_INTEGER;
        float r = Math.fma(k, -Exp.LN2_HIGH, x);
        r = Math.fma(k, -Exp.LN2_LOW, r);
        float scale = Float.intBitsToFloat((Float.floatToRawIntBits(t) << 23) + 0x3f800000);
        return Math.fma(-scale, reduced(r), 1.0f - scale);
    }
}
