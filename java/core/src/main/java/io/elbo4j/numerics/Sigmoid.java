package io.elbo4j.numerics;

/**
 * sigmoid(x) = 1 / (1 + exp(-x)), the same bits as {@code native/spec/sigmoid.h}: 1 / (1 + e) for x at least 0 and
 * e / (1 + e) below, with e = exp(-|x|).
 *
 * <p>Accuracy: max 2.85 ULP for x at least -86.98, exhaustive; below, the result is under 2^-125.4 and becomes +0 with
 * exp's. sigmoid(±0) = 0.5, sigmoid(+inf) = 1, sigmoid(-inf) = +0, NaN stays NaN.
 */
public final class Sigmoid {
    private static final int ONE_BITS = 0x3f800000;

    private Sigmoid() {}

    /** sigmoid(x) for any x. */
    public static float sigmoid(float x) {
        return sigmoid(x, Exp.expNonpositive(-Math.abs(x)));
    }

    /** sigmoid(x), given decay = {@code Exp.expNonpositive(-|x|)}, which the softplus of x needs too. */
    public static float sigmoid(float x, float decay) {
        return numerator(x, decay) * Reciprocal.reciprocal1To2(1.0f + decay);
    }

    /** sigmoid(x) (1 - sigmoid(x)) without the cancellation, for x at most 0. */
    static float slope(float x) {
        float e = Exp.expNonpositive(x);
        float r = Reciprocal.reciprocal1To2(1 + e);
        return (e * r) * r;
    }

    /**
     * 1 for x at least 0, else decay. Selected by the sign bit, since a branch on random signs is mispredicted half the
     * time; at -0 both give 1, and with a NaN the decay is NaN anyway.
     */
    static float numerator(float x, float decay) {
        int negative = Float.floatToRawIntBits(x) >> 31;
        return Float.intBitsToFloat((Float.floatToRawIntBits(decay) & negative) | (ONE_BITS & ~negative));
    }

    /** Each of the first n elements becomes its sigmoid. */
    public static void apply(float[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = sigmoid(x[i]);
        }
    }

    /** Each of the first n elements of dy is multiplied by the derivative at x. */
    public static void gradient(float[] x, float[] dy, int n) {
        for (int i = 0; i < n; i++) {
            dy[i] = dy[i] * slope(-Math.abs(x[i]));
        }
    }
}
