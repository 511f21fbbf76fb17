package io.elbo4j.numerics;

/**
 * The hyperbolic tangent, the same bits as {@code native/spec/tanh.h}: m / (2 - m) with m = 1 - exp(-2|x|), and the
 * sign of x. Computing m = -expm1(-2|x|) directly, not from exp, keeps the relative accuracy near 0. The derivative is
 * 1 - tanh(x)^2.
 *
 * <p>Accuracy: max 2.996 ULP for every finite x, denormals included, exhaustive. Odd to the bit, nowhere above 1, and
 * ±1 from |x| = 8.491054 on. tanh(±0) = ±0, tanh(±inf) = ±1, NaN stays NaN.
 *
 * <p>Source of the coefficients: expm1(r) = r + r^2 q(r), q by Sollya's {@code fpminimax(expm1(x), [|2,...,6|],
 * [|24...|],
 * [-0.347; 0.347], x, relative, floating)}, error 2^-26.1.
 */
public final class Tanh {
    private Tanh() {}

    /** tanh(x) for any x. */
    public static float tanh(float x) {
        float y = Math.max(-2.0f * Math.abs(x), -40.0f);
        float t = Math.fma(y, Exp.LOG2_E, Exp.ROUND_TO_INTEGER);
        float k = t - Exp.ROUND_TO_INTEGER;
        float r = Math.fma(k, -Exp.LN2_HIGH, y);
        r = Math.fma(k, -Exp.LN2_LOW, r);
        float q = 0x1.6b71a8p-10f;
        q = Math.fma(q, r, 0x1.1227c2p-7f);
        q = Math.fma(q, r, 0x1.555718p-5f);
        q = Math.fma(q, r, 0x1.5554bp-3f);
        q = Math.fma(q, r, 0x1.fffffep-2f);
        float expm1 = Math.fma(r * r, q, r);
        float scale = Float.intBitsToFloat((Float.floatToRawIntBits(t) << 23) + 0x3f800000);
        float m = Math.fma(-scale, expm1, 1.0f - scale);
        return Math.copySign(m * Reciprocal.reciprocal1To2(2.0f - m), x);
    }
}
