package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.assertBits;

import io.elbo4j.operation.OneHot.Maximum;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OneHotTest {
    private static final long SEED = 14;
    private static final int ROWS = 3;

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
}
