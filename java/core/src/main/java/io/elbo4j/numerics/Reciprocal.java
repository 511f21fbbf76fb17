package io.elbo4j.numerics;

/**
 * 1 / d on [1, 2], the same bits as {@code native/spec/reciprocal.h}: a quadratic start (minimax, error 1/99) and two
 * Newton steps.
 *
 * <p>Accuracy: max 0.673 ULP on [1, 2], exhaustive; 1/1 = 1 and 1/2 = 0.5 exactly. NaN stays NaN; outside [1, 2] no
 * promise.
 */
public final class Reciprocal {
    private Reciprocal() {}

    /** 1 / d for d in [1, 2]. */
    public static float reciprocal1To2(float d) {
        float y = Math.fma(0x1.4afd76p-2f, d, -0x1.745d2p0f);
        y = Math.fma(y, d, 0x1.0f83e4p1f);
        float error = Math.fma(-d, y, 1.0f);
        y = Math.fma(y, error, y);
        error = Math.fma(-d, y, 1.0f);
        return Math.fma(y, error, y);
    }
}
