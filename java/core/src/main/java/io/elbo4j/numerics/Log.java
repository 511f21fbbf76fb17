package io.elbo4j.numerics;

/**
 * The natural logarithm, the same bits as {@code native/spec/log.h}.
 *
 * <p>x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)); a polynomial in f; k ln 2 added in two parts.
 *
 * <p>Accuracy: max 0.92 ULP for every positive finite x, denormals included, exhaustive. log(1) = +0, log(±0) = -inf,
 * log(+inf) = +inf, log(x &lt; 0) = NaN, NaN stays NaN.
 *
 * <p>Source of the coefficients: Sollya's fpminimax on [sqrt(1/2) - 1, sqrt(2) - 1], relative error, f fixed.
 */
public final class Log {
    /** Subtracting these bits (of sqrt(1/2)) leaves the exponent k of the reduction in the top nine. */
    static final int SQRT_HALF_BITS = 0x3f3504f3;

    private Log() {}

    /** log(x) for any x. */
    public static float log(float x) {
        boolean denormal = x < 0x1p-126f;
        float scaled = denormal ? x * 0x1p23f : x;
        float scalingExponent = denormal ? -23.0f : 0.0f;
        int bits = Float.floatToRawIntBits(scaled);
        int exponent = (bits - SQRT_HALF_BITS) & 0xff800000;
        float f = Float.intBitsToFloat(bits - exponent) - 1.0f;
        float k = Math.fma((float) exponent, 0x1p-23f, scalingExponent);
        float q = -0x1.38469cp-4f;
        q = Math.fma(q, f, 0x1.0860bap-3f);
        q = Math.fma(q, f, -0x1.0f3faep-3f);
        q = Math.fma(q, f, 0x1.226dfep-3f);
        q = Math.fma(q, f, -0x1.5425c4p-3f);
        q = Math.fma(q, f, 0x1.99a41ap-3f);
        q = Math.fma(q, f, -0x1.000432p-2f);
        q = Math.fma(q, f, 0x1.55555p-2f);
        q = Math.fma(q, f, -0x1.fffff8p-2f);
        float y = Math.fma(f * f, q, Math.fma(k, Exp.LN2_LOW, f));
        y = Math.fma(k, Exp.LN2_HIGH, y);
        y = x < Float.POSITIVE_INFINITY ? y : x;
        float atZeroOrBelow = x == 0.0f ? Float.NEGATIVE_INFINITY : Float.NaN;
        return x > 0.0f ? y : atZeroOrBelow;
    }

    /** Each of the first n elements becomes its log. */
    public static void apply(float[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = log(x[i]);
        }
    }

    /** Each of the first n elements of dy is multiplied by the derivative at x. */
    public static void gradient(float[] x, float[] dy, int n) {
        for (int i = 0; i < n; i++) {
            dy[i] = dy[i] / x[i];
        }
    }
}
