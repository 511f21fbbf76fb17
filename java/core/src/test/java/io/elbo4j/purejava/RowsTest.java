package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.BACKEND;
import static io.elbo4j.purejava.Guarded.assertBits;
import static io.elbo4j.purejava.References.SIZES;
import static io.elbo4j.purejava.References.gaussian;

import io.elbo4j.Indices;
import io.elbo4j.Matrix;
import io.elbo4j.operation.BatchSum;
import io.elbo4j.operation.Rows.Add;
import io.elbo4j.operation.Rows.Copy;
import io.elbo4j.operation.Rows.Fill;
import io.elbo4j.operation.Rows.Gather;
import io.elbo4j.operation.Rows.LookUp;
import io.elbo4j.operation.Rows.LookUpGradient;
import io.elbo4j.operation.Rows.Repeat;
import io.elbo4j.operation.Rows.Scatter;
import io.elbo4j.operation.Rows.ScatterAdd;
import io.elbo4j.operation.Rows.SumRepeated;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RowsTest {
    private static final long SEED = 66;
    private static final int[] ROW_NUMBERS = {2, 0, 2, 2, 1};
    private static final int SOURCE_ROWS = 3;

    private static Indices indices() {
        Indices indices = BACKEND.indices(ROW_NUMBERS.length);
        indices.set(ROW_NUMBERS, 0);
        return indices;
    }

    /** Signed zeros, NaN payloads and denormals included. */
    private static float[] values(int n) {
        float[] values = gaussian(SEED, n, 3);
        float[] special = {-0.0f, Float.MIN_VALUE, Float.intBitsToFloat(0x7fc12345), Float.NEGATIVE_INFINITY};
        for (int i = 0; i < n; i += 5) {
            values[i] = special[i / 5 % special.length];
        }
        return values;
    }

    @Test
    void copyFillAndGatherMoveBits() {
        for (int d : SIZES) {
            float[] x = values(SOURCE_ROWS * d);
            Matrix source = Guarded.matrix(SOURCE_ROWS, d, x);
            Guarded copy = new Guarded(SOURCE_ROWS, d);
            Guarded.assertSplits(SOURCE_ROWS, false, (b, e) -> new Copy(source, copy.matrix).run(b, e), copy);
            assertBits(x, copy.values(), "copy of " + d);

            Guarded fill = new Guarded(SOURCE_ROWS, d);
            Guarded.assertSplits(SOURCE_ROWS, false, (b, e) -> new Fill(-0.0f, fill.matrix).run(b, e), fill);
            for (float value : fill.values()) {
                assertBits(-0.0f, value, "fill of " + d);
            }

            Guarded gathered = new Guarded(ROW_NUMBERS.length, d);
            Guarded.assertSplits(ROW_NUMBERS.length, false,
                    (b, e) -> new Gather(source, indices(), gathered.matrix).run(b, e), gathered);
            float[] actual = gathered.values();
            for (int i = 0; i < actual.length; i++) {
                assertBits(x[ROW_NUMBERS[i / d] * d + i % d], actual[i], "gather of " + d);
            }
        }
    }

    @Test
    void addAddsToTheTarget() {
        for (int d : SIZES) {
            float[] x = gaussian(SEED + 1, SOURCE_ROWS * d, 1);
            float[] y = gaussian(SEED + 2, SOURCE_ROWS * d, 1);
            Matrix source = Guarded.matrix(SOURCE_ROWS, d, x);
            Guarded target = new Guarded(SOURCE_ROWS, d, y);
            Guarded.assertSplits(
                    SOURCE_ROWS, false, (b, e) -> new Add(source, target.matrix).run(b, e), target);
            for (int i = 0; i < x.length; i++) {
                // a double holds the exact sum of two floats of like size
                assertBits((float) ((double) y[i] + x[i]), target.values()[i], "add of " + d);
            }
        }
    }

    /** A repeated row (stride 0) is a source like any other. */
    @Test
    void repeatedRowIsCopiedToAllRows() {
        Guarded target = new Guarded(3, 2);
        new Copy(Guarded.matrix(1, 2, 5, 6).repeatRow(3), target.matrix).run(0, 3);
        assertBits(new float[] {5, 6, 5, 6, 5, 6}, target.values(), "rows");
    }

    /** Of a batch of o rows, n copies, i rows inside: o n i rows, numbered as a computer counts. */
    @Test
    void repeatPutsAnAxisBeforeTheInnerRows() {
        for (int d : SIZES) {
            for (int[] shape : new int[][] {{0, 3, 1}, {1, 1, 1}, {5, 1, 1}, {5, 7, 1}, {2, 3, 4}, {1, 31, 3}}) {
                int outer = shape[0];
                int n = shape[1];
                int inner = shape[2];
                float[] x = values(outer * inner * d);
                Matrix source = Guarded.matrix(outer * inner, d, x);
                Guarded target = new Guarded(outer * n * inner, d);
                Repeat repeat = new Repeat(source, inner, target.matrix);
                if (inner == 1) {
                    Guarded.assertSplits(outer, false, repeat::run, target);
                } else {
                    repeat.run(outer * inner / 2, outer * inner);
                    repeat.run(0, outer * inner / 2);
                }
                float[] actual = target.values();
                int at = 0;
                for (int o = 0; o < outer; o++) {
                    for (int k = 0; k < n; k++) {
                        for (int i = 0; i < inner * d; i++) {
                            assertBits(x[o * inner * d + i], actual[at++], "repeat to " + Arrays.toString(shape));
                        }
                    }
                }
            }
        }
    }

    /** 2^24 + 1 + 1 is 2^24 in this order and 2^24 + 2 in the other; a sum of -0 alone is -0. */
    @Test
    void sumRepeatedKeepsTheOrderOfCopies() {
        int n = 3;
        for (int inner : new int[] {1, 2}) {
            for (int d : SIZES) {
                int few = 2 * inner;
                float[] x = new float[few * n * d];
                float[] expected = new float[few * d];
                for (int o = 0; o < 2; o++) {
                    for (int i = 0; i < inner * d; i++) {
                        float[] terms = i % 2 == 0 ? new float[] {0x1p24f, 1, 1} : new float[] {1, 1, 0x1p24f};
                        for (int k = 0; k < n; k++) {
                            x[(o * n + k) * inner * d + i] = o == 0 ? terms[k] : -0.0f;
                        }
                        expected[o * inner * d + i] = o == 1 ? -0.0f : i % 2 == 0 ? 0x1p24f : 0x1p24f + 2;
                    }
                }
                Guarded target = new Guarded(few, d);
                SumRepeated sum = new SumRepeated(Guarded.matrix(few * n, d, x), inner, target.matrix);
                Guarded.assertSplits(few, false, sum::run, target);
                assertBits(expected, target.values(), "sum of " + d + ", " + inner + " inside");
            }
        }
    }

    /** What names no row of the table gives NaN and has no gradient: nothing outside is read or written. */
    @Test
    void lookUpTakesWholeNumbersInsideTheTableAlone() {
        float inf = Float.POSITIVE_INFINITY;
        float[] names = {2, 0, -0.0f, 2, 3, -1, 0.5f, Float.NaN, inf, -inf, Float.MAX_VALUE, Float.MIN_VALUE, 0x1p31f};
        Matrix index = Guarded.matrix(names.length, 1, names);
        for (int d : SIZES) {
            float[] x = values(SOURCE_ROWS * d);
            Guarded target = new Guarded(names.length, d);
            Guarded.assertSplits(names.length, false, new LookUp(Guarded.matrix(SOURCE_ROWS, d, x), index,
                    target.matrix)::run, target);
            int[] rows = {2, 0, 0, 2};
            for (int i = 0; i < names.length * d; i++) {
                float expected = i / d < rows.length ? x[rows[i / d] * d + i % d] : Float.NaN;
                assertBits(expected, target.values()[i], "look-up of " + d);
            }

            float[] dy = new float[names.length * d];
            Arrays.fill(dy, 77);
            for (int i = 0; i < rows.length * d; i++) {
                dy[i] = i / d < 2 ? 0x1p24f : 1;
            }
            Guarded gradient = new Guarded(SOURCE_ROWS, d);
            Guarded.assertSplits(d, true, new LookUpGradient(Guarded.matrix(names.length, d, dy), index,
                    gradient.matrix, BatchSum.chunksOf(names.length))::run, gradient);
            for (int i = 0; i < SOURCE_ROWS * d; i++) {
                assertBits(i / d == 1 ? 0 : 0x1p24f, gradient.values()[i], "its gradient, " + d);
            }
        }
    }

    /** 1 + 1 + 2^24 is 2^24 + 2 in this order and 2^24 in the other; a strided index; a sum of -0 alone is +0. */
    @Test
    void lookUpGradientKeepsTheOrderOfRows() {
        Matrix index = Guarded.matrix(4, 2, 1, 9, 1, 9, 0, 9, 1, 9).columns(0, 1);
        Guarded gradient = new Guarded(2, 1);
        new LookUpGradient(Guarded.matrix(4, 1, 1, 1, -0.0f, 0x1p24f), index, gradient.matrix, 1).run(0, 1);
        assertBits(new float[] {0, 0x1p24f + 2}, gradient.values(), "sums");
    }

    /** A chain over all rows would give 2^24 for each batch: every pair of ones is added to it one by one. */
    @Test
    void lookUpGradientAddsTheChunksOfABatch() {
        int[] batches = {63, 64, 67, 128, 131, 256, 300};
        int[] chunks = {1, 2, 2, 4, 4, 8, 8};
        for (int i = 0; i < batches.length; i++) {
            float[] names = new float[batches[i]];
            float[] dy = new float[batches[i] * 2];
            Arrays.fill(dy, 3);
            for (int chunk = 0; chunk < chunks[i]; chunk++) {
                int first = chunk * batches[i] / chunks[i];
                for (int r = first; r < first + 2; r++) {
                    names[r] = 1;
                    dy[2 * r] = r == 0 ? 0x1p24f : 1;
                    dy[2 * r + 1] = 0.5f;
                }
            }
            Guarded gradient = new Guarded(3, 2);
            Guarded.assertSplits(2, true, new LookUpGradient(Guarded.matrix(batches[i], 2, dy), Guarded.matrix(
                    batches[i], 1, names), gradient.matrix, BatchSum.chunksOf(batches[i]))::run, gradient);
            float others = 3 * (batches[i] - 2 * chunks[i]);
            assertBits(new float[] {others, others, 0x1p24f + 2 * (chunks[i] - 1), chunks[i], 0, 0}, gradient.values(),
                    "batch " + batches[i]);
        }
    }

    /** Rows are named more than once: the last of them stays, and rows that are not named keep what they had. */
    @Test
    void scatterKeepsTheLastOfRepeatedRows() {
        for (int d : SIZES) {
            float[] x = new float[ROW_NUMBERS.length * d];
            float[] expected = new float[(SOURCE_ROWS + 1) * d];
            Arrays.fill(expected, -1);
            for (int i = 0; i < x.length; i++) {
                x[i] = 100 + i;
                expected[ROW_NUMBERS[i / d] * d + i % d] = x[i];
            }
            Matrix source = Guarded.matrix(ROW_NUMBERS.length, d, x);
            float[] before = new float[(SOURCE_ROWS + 1) * d];
            Arrays.fill(before, -1);
            Guarded target = new Guarded(SOURCE_ROWS + 1, d, before);
            Guarded.assertSplits(d, true, (b, e) -> new Scatter(source, indices(), target.matrix).run(b, e), target);
            assertBits(expected, target.values(), "scatter of " + d);
        }
    }

    /** 2^24 + 1 + 1 is 2^24 in this order and 2^24 + 2 in the other. */
    @Test
    void scatterAddKeepsTheOrderOfRows() {
        for (int d : SIZES) {
            float[] x = new float[ROW_NUMBERS.length * d];
            for (int i = 0; i < x.length; i++) {
                x[i] = i / d == 0 ? 0x1p24f : i / d == 1 ? 7 : 1;
            }
            Matrix source = Guarded.matrix(ROW_NUMBERS.length, d, x);
            Guarded target = new Guarded(SOURCE_ROWS, d, new float[SOURCE_ROWS * d]);
            Guarded.assertSplits(
                    d, true, (b, e) -> new ScatterAdd(source, indices(), target.matrix).run(b, e), target);
            float[] expected = {7, 1, 0x1p24f};
            for (int i = 0; i < SOURCE_ROWS * d; i++) {
                assertBits(expected[i / d], target.values()[i], "scatterAdd of " + d);
            }
        }
    }
}
