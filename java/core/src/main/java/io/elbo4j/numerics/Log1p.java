package io.elbo4j.numerics;

/**
 * log(1 + x) on the unit interval, the same bits as {@code native/spec/log1p.h}: x + x^2 q(x).
 *
 * <p>Accuracy: max 1.18 ULP on [0, 1], exhaustive. log1p(+0) = +0, NaN stays NaN; outside [0, 1] no promise.
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
}
