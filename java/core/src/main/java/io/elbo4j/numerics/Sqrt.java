package io.elbo4j.numerics;

/**
 * The square root, correctly rounded (IEEE 754): -0 stays -0, below it NaN; its gradient dy / (2 sqrt(x)) is of max 1
 * ULP. The same bits as {@code native/spec/sqrt.h}.
 */
public final class Sqrt {
    private Sqrt() {}

    /** The square root of any x: double has more than twice the bits of float, so rounding twice rounds right. */
    public static float sqrt(float x) {
        return (float) Math.sqrt(x);
    }

    /** Each of the first n elements becomes its sqrt. */
    public static void apply(float[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = sqrt(x[i]);
        }
    }

    /** Each of the first n elements of dy is multiplied by the derivative at x. */
    public static void gradient(float[] x, float[] dy, int n) {
        for (int i = 0; i < n; i++) {
            dy[i] = dy[i] / (2 * sqrt(x[i]));
        }
    }
}
