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
}
