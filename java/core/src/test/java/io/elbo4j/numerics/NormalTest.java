package io.elbo4j.numerics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The normals as elbo4j draws them: 4096 rows of 1024 columns. The seeds are fixed, so a pass is a pass for ever; each
 * threshold is the quantile that a true normal sample exceeds with probability 1e-4 (both sides together).
 */
class NormalTest {
    private static final int ROWS = 4096;
    private static final int COLUMNS = 1024;
    private static final int N = ROWS * COLUMNS;

    /** Standard normal, 1 - 1e-4 / 2. */
    private static final double NORMAL_QUANTILE = 3.891;

    /** Kolmogorov distribution of sqrt(n) D, 1 - 1e-4: sqrt(-ln(1e-4 / 2) / 2). */
    private static final double KOLMOGOROV_QUANTILE = 2.226;

    @Test
    void radiusStaysWithinThePromisedUlp() {
        double worst = 0;
        int stride = Boolean.getBoolean("elbo4j.exhaustive") ? 1 : 1021;
        for (long high = 0; high < 1L << 31; high += stride) {
            double u = (float) Math.fma((double) (float) high, (double) 0x1.fffffep-32f, 0x1p-32);
            float radius = Normal.radius((int) (high << 1));
            worst = Math.max(worst, Accuracy.ulpError(radius, Math.sqrt(-2 * StrictMath.log(u))));
        }
        assertTrue(worst <= 1.46, "radius: " + worst + " ULP");
    }

    @Test
    void directionStaysWithinThePromisedError() {
        float[] pair = new float[2];
        int radiusWord = 0x12345678;
        double radius = Normal.radius(radiusWord);
        // the product with the radius adds half an ULP of a number below 2, relative to the radius
        double bound = radius * (1.34e-7 + 0x1p-24);
        for (int angle = -(1 << 23); angle < 1 << 23; angle += 3) {
            Normal.boxMuller(radiusWord, angle << 8, pair, 0);
            double halfTurns = (angle & 0x7fffff) * 0x1p-23 - 0.5;
            double sign = angle < 0 ? -1 : 1;
            assertEquals(sign * radius * StrictMath.cos(Math.PI * halfTurns), pair[0], bound);
            assertEquals(radius * StrictMath.sin(Math.PI * halfTurns), pair[1], bound);
        }
    }

    @Test
    void extremeWordsStayFinite() {
        float[] pair = new float[2];
        int[] words = {
                0, 1, 2, 3, 0xff, 0x100, 0x7fffffff, 0x80000000, 0x800000ff, 0xfffffeff, 0xffffff00, 0xfffffffe, -1};
        for (int radiusWord : words) {
            for (int directionWord : words) {
                Normal.boxMuller(radiusWord, directionWord, pair, 0);
                for (float z : pair) {
                    assertTrue(Math.abs(z) <= 6.67f && (z == 0 || Math.abs(z) >= Float.MIN_NORMAL), "z = " + z);
                }
            }
        }
        assertEquals(Math.sqrt(64 * StrictMath.log(2)), Normal.radius(0), 1e-6);
        assertTrue(Normal.radius(-1) > 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 0x9E3779B97F4A7C15L, -1})
    void followTheNormalDistribution(long seed) {
        float[] z = sample(seed, 0);
        int bins = 4096;
        double low = -8;
        double width = 16.0 / bins;
        long[] histogram = new long[bins];
        for (float value : z) {
            histogram[(int) ((value - low) / width)]++;
        }
        double distance = 0;
        double chiSquare = 0;
        int cells = 0;
        long seen = 0;
        double pendingExpected = 0;
        long pendingSeen = 0;
        double before = cumulative(low);
        for (int bin = 0; bin < bins; bin++) {
            double after = cumulative(low + (bin + 1) * width);
            seen += histogram[bin];
            distance = Math.max(distance, Math.abs((double) seen / N - after));
            pendingExpected += (after - before) * N;
            pendingSeen += histogram[bin];
            if (pendingExpected >= 1000) {
                chiSquare += (pendingSeen - pendingExpected) * (pendingSeen - pendingExpected) / pendingExpected;
                cells++;
                pendingExpected = 0;
                pendingSeen = 0;
            }
            before = after;
        }
        check(seed, "Kolmogorov-Smirnov", distance * Math.sqrt(N), KOLMOGOROV_QUANTILE);
        // Wilson and Hilferty: the cube root of chi-square over its degrees of freedom is close to normal
        double spread = 2.0 / (9 * cells);
        check(seed, "chi-square", (Math.cbrt(chiSquare / cells) - (1 - spread)) / Math.sqrt(spread), NORMAL_QUANTILE);
        for (double threshold : new double[] {3, 3.5, 4, 4.5}) {
            double expected = N * cumulative(-threshold);
            double deviation = Math.sqrt(expected);
            check(seed, "tail above " + threshold, (count(z, 1, threshold) - expected) / deviation, NORMAL_QUANTILE);
            check(seed, "tail below -" + threshold, (count(z, -1, threshold) - expected) / deviation, NORMAL_QUANTILE);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 0x9E3779B97F4A7C15L, -1})
    void haveTheMomentsAndNoCorrelation(long seed) {
        float[] z = sample(seed, 0);
        double[] moments = new double[5];
        for (float value : z) {
            double power = 1;
            for (int i = 1; i <= 4; i++) {
                power *= value;
                moments[i] += power;
            }
        }
        double[] expected = {1, 0, 1, 0, 3};
        double[] variance = {0, 1, 2, 15, 96};
        for (int i = 1; i <= 4; i++) {
            check(seed, "moment " + i, (moments[i] / N - expected[i]) / Math.sqrt(variance[i] / N), NORMAL_QUANTILE);
        }
        for (int lag : new int[] {1, 2, 3, 4, COLUMNS}) {
            checkCorrelation(seed, lag == COLUMNS ? "next row" : "lag " + lag, z, 0, z, lag);
        }
        checkCorrelation(seed, "next draw", z, 0, sample(seed, 1), 0);
        checkCorrelation(seed, "next seed", z, 0, sample(seed + 1, 0), 0);
        checkCorrelation(seed, "far draw", z, 0, sample(seed, 1L << 32), 0);
    }

    private static void checkCorrelation(long seed, String name, float[] a, int from, float[] b, int lag) {
        double product = 0;
        double squares = 0;
        int n = N - lag;
        for (int i = 0; i < n; i++) {
            double x = a[from + i];
            double y = b[i + lag];
            product += x * y;
            squares += (x * x - 1) * (y * y - 1);
        }
        check(seed, "correlation, " + name, product / Math.sqrt(n), NORMAL_QUANTILE);
        check(seed, "correlation of squares, " + name, squares / (2 * Math.sqrt(n)), NORMAL_QUANTILE);
    }

    private static void check(long seed, String name, double statistic, double quantile) {
        System.out.printf("seed %d %s: %.3f (limit %.3f)%n", seed, name, statistic, quantile);
        assertTrue(Math.abs(statistic) <= quantile,
                "seed " + seed + " " + name + ": " + statistic + ", limit " + quantile);
    }

    private static long count(float[] z, int sign, double threshold) {
        long count = 0;
        for (float value : z) {
            count += sign * value > threshold ? 1 : 0;
        }
        return count;
    }

    private static float[] sample(long seed, long draw) {
        float[] z = new float[N];
        int[] words = new int[Philox.WORDS];
        for (int row = 0; row < ROWS; row++) {
            for (int column = 0; column < COLUMNS; column += 4) {
                int i = row * COLUMNS + column;
                Philox.block(seed, draw, row, column / 4, words, 0);
                Normal.boxMuller(words[0], words[1], z, i);
                Normal.boxMuller(words[2], words[3], z, i + 2);
            }
        }
        return z;
    }

    /** The normal distribution function by its Taylor series (Marsaglia, Evaluating the Normal Distribution, 2004). */
    private static double cumulative(double x) {
        double sum = x;
        double term = x;
        for (int i = 3; Math.abs(term) > 1e-18; i += 2) {
            term *= x * x / i;
            sum += term;
        }
        return Math.min(1, Math.max(0, 0.5 + sum * StrictMath.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)));
    }
}
