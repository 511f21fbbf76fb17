package io.elbo4j.numerics;

/**
 * log(1 + x), the same bits as {@code native/spec/log1p.h}: on the unit interval x + x^2 q(x); for any x > -1 the
 * logarithm of the rounded sum, and what the sum lost over it.
 *
 * <p>Accuracy: log1pUnit max 1.18 ULP on [0, 1], exhaustive. log1pUnit(+0) = +0, NaN stays NaN; outside [0, 1] no
 * promise. log1p max 2 ULP for x from -1 + 2^-24 to 2^127, swept; NaN stays NaN.
 *
 * <p>Source of the coefficients: Sollya's fpminimax on [0, 1], relative error, x fixed.
 */
public final class Log1p {
    private Log1p() {}

    /** log(1 + x) for x in [0, 1]. */
    public static float log1pUnit(float x) {
        float q = 0x1.107bacp-9f;
        q = Math.fma(q, x, -0x1.bfbf76p-7f);
        q = Math.fma(q, x, 0x1.588ab6p-5f);
        q = Math.fma(q, x, -0x1.54af5ap-4f);
        q = Math.fma(q, x, 0x1.fefbf4p-4f);
        q = Math.fma(q, x, -0x1.4a6966p-3f);
        q = Math.fma(q, x, 0x1.97890ep-3f);
        q = Math.fma(q, x, -0x1.ffc552p-3f);
        q = Math.fma(q, x, 0x1.5553b4p-2f);
        q = Math.fma(q, x, -0x1.fffff8p-2f);
        return Math.fma(x * x, q, x);
    }

    /** log(1 + x) for x > -1. */
    static float log1p(float x) {
        float sum = 1.0f + x;
        return Math.fma(lost(x, sum), 1.0f / sum, Log.log(sum));
    }

    /** 1 + x less its rounded sum, exactly (Knuth, The Art of Computer Programming, volume 2, 4.2.2). */
    static float lost(float x, float sum) {
        float ofX = sum - 1.0f;
        return (1.0f - (sum - ofX)) + (x - ofX);
    }
}
