package io.elbo4j.numerics;

/**
 * SiLU, also called swish, x sigmoid(x), and its derivative; the same bits as {@code native/spec/silu.h}.
 *
 * <pre>
 * silu(x)  = x sigmoid(x)
 * slope(x) = sigmoid(x) + x sigmoid(x) (1 - sigmoid(x))
 * </pre>
 *
 * <p>Accuracy: silu: max 3.57 ULP for x at least -86.98, exhaustive; below, the result is under 2^-118 in magnitude
 * and becomes -0 with exp's. slope: max 3.11 ULP for x at least 0; it has a zero at -1.2785, so for x &lt; 0 a max
 * absolute error: 8.0e-8.
 *
 * <p>silu(±0) = ±0, silu(+inf) = +inf, silu(-inf) = -0; slope(±0) = 0.5, slope(+inf) = 1, slope(-inf) = +0. NaN stays
 * NaN.
 *
 * <p>Source: Elfwing, Uchibe and Doya, Sigmoid-Weighted Linear Units, 2017.
 */
public final class Silu {
    /** Beyond ±88 the sigmoid is 1 or +0; stopping there keeps inf * 0 away. */
    private static final float SATURATION = 88.0f;

    private Silu() {}

    /** silu(x) for any x. */
    public static float silu(float x) {
        float bounded = Math.max(x, -SATURATION);
        return bounded * Sigmoid.sigmoid(bounded);
    }

    /** The derivative of {@link #silu}, for any x. */
    public static float slope(float x) {
        float bounded = Math.min(Math.max(x, -SATURATION), SATURATION);
        float decay = Exp.expNonpositive(-Math.abs(bounded));
        float reciprocal = Reciprocal.reciprocal1To2(1.0f + decay);
        // sigmoid(x) (1 - sigmoid(x)) = decay * reciprocal^2, without the cancellation
        return Math.fma(bounded, decay * reciprocal, Sigmoid.numerator(bounded, decay)) * reciprocal;
    }

    /** Each of the first n elements becomes its silu. */
    public static void apply(float[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = silu(x[i]);
        }
    }

    /** Each of the first n elements of dy is multiplied by the derivative at x. */
    public static void gradient(float[] x, float[] dy, int n) {
        for (int i = 0; i < n; i++) {
            dy[i] = dy[i] * slope(x[i]);
        }
    }
}
