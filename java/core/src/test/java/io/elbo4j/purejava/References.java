package io.elbo4j.purejava;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;

/** Random inputs, tolerances and finite differences for the tests of kernels against double precision. */
final class References {
    /** Where tiles, quads, lanes and vectors end. */
    static final int[] SIZES = {0, 1, 2, 3, 31, 32, 33, 127, 128, 129, 257, 1031};

    /** Half a unit in the last place of 1. */
    static final double ROUNDING = 0x1p-24;

    private References() {}

    static float[] gaussian(long seed, int n, double scale) {
        Random random = new Random(seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) (scale * random.nextGaussian());
        }
        return values;
    }

    /** actual is within tolerance of expected, an absolute bound. */
    static void assertNear(double expected, float actual, double tolerance, String message) {
        assertTrue(Math.abs(actual - expected) <= tolerance,
                () -> message + ": " + actual + " instead of " + expected + ", error " + Math.abs(actual - expected)
                        + ", promised " + tolerance);
    }

    /** An objective of one variable, the others held. */
    interface Objective {
        double at(double x);
    }

    /** Central difference with one step of Richardson's extrapolation: error of order h^4, 1e-10 here. */
    static double derivative(Objective f, double x) {
        double h = 1e-3;
        double wide = (f.at(x + h) - f.at(x - h)) / (2 * h);
        double narrow = (f.at(x + h / 2) - f.at(x - h / 2)) / h;
        return (4 * narrow - wide) / 3;
    }

    /** One normal of the noise, in double precision and from another way to compute Philox. */
    static double normal(long seed, long draw, int row, int column) {
        int pair = column & 2;
        int radiusWord = philox(seed, draw, row, column / 4)[pair];
        int directionWord = philox(seed, draw, row, column / 4)[pair + 1];
        double u = (radiusWord >>> 1) * 0x1.fffffep-32 + 0x1p-32;
        double radius = Math.sqrt(-2 * Math.log(u));
        double angle = Math.PI * (((directionWord >>> 8) & 0x7fffff) * 0x1p-23 - 0.5);
        return radius * ((column & 1) == 1 ? Math.sin(angle) : directionWord < 0 ? -Math.cos(angle) : Math.cos(angle));
    }

    /** The word of an element; in long arithmetic, the rounds written recursively. */
    static int word(long seed, long draw, int row, int column) {
        return philox(seed, draw, row, column / 4)[column % 4];
    }

    static int[] philox(long seed, long draw, int row, int columnBlock) {
        return rounds(10, new int[] {columnBlock, row, (int) draw, (int) (draw >>> 32)}, seed);
    }

    private static int[] rounds(int left, int[] c, long key) {
        if (left == 0) {
            return c;
        }
        long a = 0xD2511F53L * Integer.toUnsignedLong(c[0]);
        long b = 0xCD9E8D57L * Integer.toUnsignedLong(c[2]);
        int[] next = {
                (int) (b >>> 32) ^ c[1] ^ (int) key, (int) b, (int) (a >>> 32) ^ c[3] ^ (int) (key >>> 32), (int) a};
        long high = ((key >>> 32) + 0xBB67AE85L) << 32;
        return rounds(left - 1, next, high | Integer.toUnsignedLong((int) key + 0x9E3779B9));
    }
}
