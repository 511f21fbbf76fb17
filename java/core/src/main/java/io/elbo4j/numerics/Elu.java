package io.elbo4j.numerics;

/**
 * ELU with alpha = 1, and its derivative; the same bits as {@code native/spec/elu.h}.
 *
 * <pre>
 * elu(x)   = max(x, 0) + expm1(min(x, 0))
 * slope(x) = exp(min(x, 0))
 * </pre>
 *
 * <p>Accuracy: elu is exact for x at least 0, max 0.946 ULP below, exhaustive; slope as {@link Exp} for x at most 0.
 *
 * <p>elu(±0) = +0, elu(+inf) = +inf, elu(x) = -1 below -18; slope(-inf) = +0, 1 from 0 on. NaN stays NaN.
 *
 * <p>Source: Clevert, Unterthiner and Hochreiter, Exponential Linear Units, 2015.
 */
public final class Elu {
    private Elu() {}

    /** elu(x) for any x. */
    public static float elu(float x) {
        return Math.max(x, 0.0f) - Expm1.minusExpm1(Math.max(Math.min(x, 0.0f), Expm1.LOWEST));
    }

    /** The derivative of {@link #elu}, for any x. */
    public static float slope(float x) {
        return Exp.expNonpositive(Math.min(x, 0.0f));
    }

    /** Each of the first n elements becomes its elu. */
    public static void apply(float[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = elu(x[i]);
        }
    }

    /** Each of the first n elements of dy is multiplied by the derivative at x. */
    public static void gradient(float[] x, float[] dy, int n) {
        for (int i = 0; i < n; i++) {
            dy[i] = dy[i] * slope(x[i]);
        }
    }
}
