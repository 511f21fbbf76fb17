package io.elbo4j.numerics;

/**
 * softplus(x) = log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|)), the same bits as {@code native/spec/softplus.h}; it
 * neither overflows nor cancels. Its derivative is {@link Sigmoid}.
 *
 * <p>Accuracy: max 1.87 ULP for x at least -86.98, exhaustive; below, the result is under 2^-125.4 and becomes +0 with
 * exp's. softplus(+inf) = +inf, softplus(-inf) = +0, NaN stays NaN.
 */
public final class Softplus {
    private Softplus() {}

    /** softplus(x) for any x. */
    public static float softplus(float x) {
        return softplus(x, Exp.expNonpositive(-Math.abs(x)));
    }

    /** softplus(x), given decay = {@code Exp.expNonpositive(-|x|)}, which the sigmoid of x needs too. */
    public static float softplus(float x, float decay) {
        return Math.max(x, 0.0f) + Log1p.log1pUnit(decay);
    }

    /** Each of the first n elements becomes its softplus. */
    public static void apply(float[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = softplus(x[i]);
        }
    }

    /** Each of the first n elements of dy is multiplied by the derivative at x. */
    public static void gradient(float[] x, float[] dy, int n) {
        for (int i = 0; i < n; i++) {
            dy[i] = dy[i] * Sigmoid.sigmoid(x[i]);
        }
    }
}
