package io.elbo4j.control.environment;

import java.util.function.BiConsumer;

/** What several systems' equations have in common. */
final class Numbers {
    private Numbers() {}

    static double clip(double value, double low, double high) {
        return Math.max(low, Math.min(high, value));
    }

    /** The same angle in [-pi, pi). */
    static double angle(double angle) {
        return angle - 2 * Math.PI * Math.floor((angle + Math.PI) / (2 * Math.PI));
    }

    static double square(double value) {
        return value * value;
    }

    /** The classical method of Runge and Kutta of order four: state' = derivative(state) for one step. */
    static void rungeKutta(double[] state, double step, BiConsumer<double[], double[]> derivative) {
        int n = state.length;
        double[][] slopes = new double[4][n];
        double[] at = state.clone();
        double[] ahead = {0, step / 2, step / 2, step};
        for (int k = 0; k < 4; k++) {
            for (int i = 0; k > 0 && i < n; i++) {
                at[i] = state[i] + ahead[k] * slopes[k - 1][i];
            }
            derivative.accept(at, slopes[k]);
        }
        for (int i = 0; i < n; i++) {
            state[i] += step / 6 * (slopes[0][i] + 2 * slopes[1][i] + 2 * slopes[2][i] + slopes[3][i]);
        }
    }

    /** How far the point (x, y) is from the segment from a to b. */
    static double distance(double x, double y, double ax, double ay, double bx, double by) {
        double length = square(bx - ax) + square(by - ay);
        double t = length == 0 ? 0 : clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length, 0, 1);
        return StrictMath.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay));
    }
}
