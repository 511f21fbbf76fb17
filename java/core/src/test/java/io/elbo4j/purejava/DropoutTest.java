package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.assertSame;
import static io.elbo4j.purejava.References.SIZES;
import static io.elbo4j.purejava.References.gaussian;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.Dropout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutTest {
    private static final long SEED = 577;
    private static final int ROWS = 5;
    private static final Noise NOISE = new Noise(SEED, 3).step(12);

    private static float[] dropped(float rate, Noise noise, int columns, float... x) {
        Guarded y = new Guarded(x.length / columns, columns);
        Dropout.apply(Guarded.matrix(x.length / columns, columns, x), rate, noise, y.matrix).run();
        return y.values();
    }

    private static float[] ones(int n) {
        float[] ones = new float[n];
        Arrays.fill(ones, 1);
        return ones;
    }

    @ParameterizedTest
    @ValueSource(floats = {0, 0x1p-32f, 0.1f, 0.5f, 0.9f, 1 - 0x1p-24f})
    void isTheWordsComparison(float rate) {
        for (int d : SIZES) {
            float[] x = gaussian(SEED, ROWS * d, 1);
            float[] special = {Float.NaN, Float.POSITIVE_INFINITY, -0.0f, Float.MIN_VALUE};
            for (int i = 0; i < x.length; i += 3) {
                x[i] = special[i / 3 % special.length];
            }
            Matrix in = Guarded.matrix(ROWS, d, x);
            Guarded y = new Guarded(ROWS, d);
            Guarded.assertSplits(ROWS, false, (b, e) -> ((Dropout.Apply) Dropout.apply(in, rate, NOISE, y.matrix)
                    .body()).run(b, e), y);
            Guarded inPlace = new Guarded(ROWS, d, x);
            Dropout.apply(inPlace.matrix, rate, NOISE, inPlace.matrix).run();
            float[] actual = y.values();
            for (int i = 0; i < x.length; i++) {
                long word = Integer.toUnsignedLong(References.word(SEED, NOISE.draw(), i / d, i % d));
                float expected = word >= Math.rint(rate * 0x1p32) ? x[i] * (1 / (1 - rate)) : 0;
                assertSame(expected, actual[i], "element " + i + " of " + d);
                assertSame(expected, inPlace.values()[i], "in place, element " + i + " of " + d);
            }
        }
    }

    @Test
    void aRateOfNothingChangesNothing() {
        float[] x = gaussian(SEED, 1000, 1);
        assertArrayEquals(x, dropped(0, NOISE, 100, x));
    }

    /** The share of zeros, whether neighbours in a row, in a column and from draw to draw go together, and the mean. */
    @ParameterizedTest
    @ValueSource(floats = {0.05f, 0.2f, 0.5f, 0.8f})
    void distribution(float rate) {
        int n = 1024;
        float[] y = dropped(rate, NOISE, n, ones(n * n));
        float[] next = dropped(rate, new Noise(SEED, 3).step(13), n, ones(n * n));
        double zeros = 0;
        double mean = 0;
        double[] both = new double[4];
        double[] pairs = new double[4];
        for (int i = 0; i < y.length; i++) {
            zeros += y[i] == 0 ? 1 : 0;
            mean += y[i];
            float[] others = {i % n + 1 < n ? y[i + 1] : -1, i % n + 4 < n ? y[i + 4] : -1, i + n < n * n ? y[i + n]
                    : -1, next[i]};
            for (int j = 0; j < others.length; j++) {
                pairs[j] += others[j] < 0 ? 0 : 1;
                both[j] += y[i] == 0 && others[j] == 0 ? 1 : 0;
            }
        }
        double share = error(zeros, y.length, rate);
        double ofMean = (mean / y.length - 1) / Math.sqrt(rate / (1 - rate) / y.length);
        // an estimate of rate^2 from pairs that share elements: its variance is a little above the binomial's
        double[] together = new double[4];
        Arrays.setAll(together, j -> error(both[j], pairs[j], rate * rate));
        System.out.printf("dropout of %.2f, seed %d: zeros %.2f, mean %.2f, pairs %s standard errors%n", rate, SEED,
                share, ofMean, Arrays.toString(together));
        assertTrue(Math.abs(share) < 5 && Math.abs(ofMean) < 5, "share or mean");
        for (double t : together) {
            assertTrue(Math.abs(t) < 5 * Math.sqrt(3), "neighbours");
        }
    }

    private static double error(double count, double n, double p) {
        return (count - n * p) / Math.sqrt(n * p * (1 - p));
    }

    /** A shard drops what the whole batch would drop in its rows. */
    @Test
    void aShardHasTheRowsOfTheWhole() {
        int d = 37;
        float[] whole = dropped(0.4f, NOISE, d, ones(20 * d));
        float[] shard = dropped(0.4f, new Noise(SEED, 3).step(12).firstRow(13), d, ones(7 * d));
        assertArrayEquals(Arrays.copyOfRange(whole, 13 * d, 20 * d), shard);
    }
}
