package io.elbo4j.numerics;

/**
 * relu(x) = max(x, 0), the same bits as {@code native/spec/relu.h}: x for x above 0, else +0, and NaN stays NaN. Exact;
 * relu(±0) = +0, relu(-inf) = +0, relu(+inf) = +inf; denormals are kept.
 */
public final class Relu {
    private Relu() {}

    /** relu(x) for any x. */
    public static float relu(float x) {
        return Math.max(x, 0.0f);
    }

    /** Each of the first n elements becomes its relu. */
    public static void apply(float[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = relu(x[i]);
        }
    }

    /** Each of the first n elements of dy becomes +0 where x is at most 0, even an infinite one. */
    public static void gradient(float[] x, float[] dy, int n) {
        for (int i = 0; i < n; i++) {
            dy[i] = x[i] <= 0 ? 0 : dy[i];
        }
    }
}
