package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.assertBits;

import io.elbo4j.operation.OneHot.Largest;
import io.elbo4j.operation.OneHot.Maximum;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OneHotTest {
    private static final long SEED = 14;
    private static final int ROWS = 3;
    private static final float[] SPECIAL = {Float.NaN, -0.0f, 0, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY,
            Float.MIN_VALUE, -Float.MIN_VALUE};

    /** Few different values, so that the maximum is there several times; sorted by another rule than the kernel's. */
    @Test
    void theFirstMaximumOfEachRow() {
        Random random = new Random(SEED);
        for (int d : References.SIZES) {
            float[] x = new float[ROWS * d];
            for (int i = 0; i < x.length; i++) {
                x[i] = random.nextInt(20) - 30;
            }
            float[] expected = new float[x.length];
            for (int r = 0; r < ROWS && d > 0; r++) {
                int row = r * d;
                int first = IntStream.range(0, d).boxed().sorted(Comparator.comparing(c -> -x[row + c])).findFirst()
                        .orElseThrow();
                expected[row + first] = 1;
            }
            Guarded target = new Guarded(ROWS, d);
            Guarded.assertSplits(ROWS, false, new Maximum(Guarded.matrix(ROWS, d, x), target.matrix)::run, target);
            assertBits(expected, target.values(), "one-hot of " + d);
        }
    }

    @Test
    void specialValues() {
        float inf = Float.POSITIVE_INFINITY;
        assertMaximum(0, -inf, -inf);
        assertMaximum(1, -inf, -Float.MAX_VALUE, -inf);
        assertMaximum(0, -0.0f, 0.0f);
        assertMaximum(1, inf, Float.NaN, inf, Float.NaN);
        assertMaximum(0, Float.NaN, inf);
        assertMaximum(2, -1, 0, Float.MIN_VALUE, 0);
    }

    private static void assertMaximum(int column, float... x) {
        Guarded target = new Guarded(1, x.length);
        new Maximum(Guarded.matrix(1, x.length, x), target.matrix).run(0, 1);
        float[] expected = new float[x.length];
        expected[column] = 1;
        assertBits(expected, target.values(), "one-hot of " + Arrays.toString(x));
    }

    /** Few different values, so that equal ones are at the edge; by sorting. */
    @Test
    void theLargestOfEachRow() {
        Random random = new Random(SEED);
        for (int d : References.SIZES) {
            for (int count : new int[] {0, 1, d / 3, d - 1, d}) {
                if (count < 0 || count > d) {
                    continue;
                }
                float[] x = new float[ROWS * d];
                for (int i = 0; i < x.length; i++) {
                    x[i] = random.nextInt(9) < 1 ? SPECIAL[random.nextInt(SPECIAL.length)] : random.nextInt(7) - 3;
                }
                float[] expected = new float[x.length];
                for (int r = 0; r < ROWS; r++) {
                    int row = r * d;
                    IntStream.range(0, d).boxed().sorted(Comparator.<Integer>comparingDouble(c -> Float.isNaN(x[row
                            + c]) ? 1 : 0).thenComparingDouble(c -> Float.isNaN(x[row + c]) ? 0 : -(x[row + c] + 0.0))
                            .thenComparing(c -> c)).limit(count).forEach(c -> expected[row + c] = 1);
                }
                Guarded target = new Guarded(ROWS, d);
                Guarded.assertSplits(ROWS, false, new Largest(Guarded.matrix(ROWS, d, x), count, target.matrix)::run,
                        target);
                assertBits(expected, target.values(), count + " largest of " + d + ", seed " + SEED);
            }
        }
    }

    @Test
    void theLargestOfSpecialValues() {
        float inf = Float.POSITIVE_INFINITY;
        float nan = Float.NaN;
        assertLargest(1, new float[] {nan, -inf, nan}, 0, 1, 0);
        assertLargest(2, new float[] {nan, -inf, nan}, 1, 1, 0);
        assertLargest(1, new float[] {-0.0f, 0.0f}, 1, 0);
        assertLargest(1, new float[] {0.0f, -0.0f}, 1, 0);
        assertLargest(2, new float[] {Float.MIN_VALUE, 0, -Float.MIN_VALUE, inf}, 1, 0, 0, 1);
        assertLargest(2, new float[] {-inf, -Float.MAX_VALUE, -inf}, 1, 1, 0);
        assertLargest(1, new float[] {Float.MAX_VALUE, inf}, 0, 1);
        assertLargest(1, new float[] {Float.intBitsToFloat(-1), -inf}, 0, 1);
    }

    private static void assertLargest(int count, float[] x, float... expected) {
        Guarded target = new Guarded(1, x.length);
        new Largest(Guarded.matrix(1, x.length, x), count, target.matrix).run(0, 1);
        assertBits(expected, target.values(), count + " largest of " + Arrays.toString(x));
    }
}
