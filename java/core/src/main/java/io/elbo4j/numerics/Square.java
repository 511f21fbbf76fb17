package io.elbo4j.numerics;

/**
 * x^2, correctly rounded; its gradient dy 2 x is too, but where 2 x overflows. The same bits as
 * {@code native/spec/square.h}.
 */
public final class Square {
    private Square() {}

    /** The square of any x. */
    public static float square(float x) {
        return x * x;
    }

    /** Each of the first n elements becomes its square. */
    public static void apply(float[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = square(x[i]);
        }
    }

    /** Each of the first n elements of dy is multiplied by the derivative at x. */
    public static void gradient(float[] x, float[] dy, int n) {
        for (int i = 0; i < n; i++) {
            dy[i] = dy[i] * (2 * x[i]);
        }
    }
}
