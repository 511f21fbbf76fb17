package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.BACKEND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Matrix;
import io.elbo4j.Storage;
import io.elbo4j.operation.BatchSum;
import io.elbo4j.operation.Matmul.Forward;
import io.elbo4j.operation.Matmul.InputGradient;
import io.elbo4j.operation.Matmul.WeightGradient;
import io.elbo4j.operation.Sums.Columns;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The matrix products and column sums against the naive chains of the contract, by bits, and against closed forms. */
class MatmulTest {
    private static final long SEED = 20240607;
    private static final int SENTINEL = 0x7fa5a5a5;
    private static final int[] SIZES = {0, 1, 2, 3, 5, 31, 32, 33, 47, 97, 127, 128, 129};
    private static final int[][] LARGE = { // rows, n, k: several strips, several panels, every number of chunks
            {7, 13, 1100}, {5, 1031, 17}, {3, 601, 641}, {4, 20, 63}, {4, 40, 64}, {10, 19, 255}, {10, 19, 256},
            {2, 530, 1025}, {131, 67, 523}};

    /** Ordinary numbers, or those among which every special value is found. */
    enum Values {
        ORDINARY,
        SPECIAL,
        NEGATIVE_ZERO;

        float next(SplittableRandom random) {
            float x = (float) (random.nextDouble() * 2 - 1);
            if (this == NEGATIVE_ZERO) {
                return -0f;
            }
            int kind = random.nextInt(this == SPECIAL ? 40 : 100_000);
            switch (kind) {
                case 0:
                    return 0f;
                case 1:
                    return -0f;
                case 2:
                    return x * 0x1p-126f;
                case 3:
                    return x * 0x1p-140f;
                case 4:
                    return x * 0x1p66f;
                case 5:
                    return random.nextInt(16) == 0 ? Float.MAX_VALUE : x;
                case 6:
                    return random.nextInt(32) == 0 ? Float.NaN : x;
                case 7:
                    return random.nextInt(32) == 0 ? Float.NEGATIVE_INFINITY : x;
                default:
                    return x;
            }
        }
    }

    /** A matrix somewhere inside a larger array. */
    private static final class View {
        final Matrix matrix;
        final float[] array;
        final int offset;
        final int stride;

        View(SplittableRandom random, int rows, int columns, boolean strided, Values values) {
            stride = columns + (strided ? 1 + random.nextInt(9) : 0);
            offset = strided ? random.nextInt(7) : 0;
            Storage storage = BACKEND.allocate(offset + (rows == 0 ? 0 : (rows - 1) * stride + columns));
            matrix = Matrix.view(storage, offset, rows, columns, stride);
            array = HeapAddress.values(matrix);
            for (int i = 0; i < array.length; i++) {
                array[i] = values.next(random);
            }
        }

        float at(int row, int column) {
            return array[offset + row * stride + column];
        }

        void fillWithSentinels() {
            Arrays.fill(array, Float.intBitsToFloat(SENTINEL));
        }
    }

    /** The value expected at a row and column of the output. */
    private interface Expected {
        float at(int row, int column);
    }

    private static void assertOutput(
            String what, View c, int rowBegin, int rowEnd, int columnBegin, int columnEnd, Expected expected) {
        int[] want = new int[c.array.length];
        Arrays.fill(want, SENTINEL);
        for (int i = rowBegin; i < rowEnd; i++) {
            for (int j = columnBegin; j < columnEnd; j++) {
                want[c.offset + i * c.stride + j] = Float.floatToIntBits(expected.at(i, j)); // NaN compares as any NaN
            }
        }
        for (int i = 0; i < want.length; i++) {
            int got = want[i] == SENTINEL ? Float.floatToRawIntBits(c.array[i]) : Float.floatToIntBits(c.array[i]);
            if (got != want[i]) {
                int place = i - c.offset;
                throw new AssertionError(String.format("%s, seed %d: row %d column %d is %08x (%s), expected %08x (%s)",
                        what, SEED, place / Math.max(c.stride, 1), place % Math.max(c.stride, 1), got,
                        Float.intBitsToFloat(got), want[i], Float.intBitsToFloat(want[i])));
            }
        }
    }

    private static int chunks(int batch) {
        int chunks = 1;
        while (chunks < 8 && 2 * chunks <= batch / 32.0) {
            chunks *= 2;
        }
        return chunks;
    }

    /** ((p0+p1)+(p2+p3))+..., the tree in which neighbours meet first. */
    private static float tree(float[] parts, int begin, int end) {
        if (end - begin == 1) {
            return parts[begin];
        }
        int middle = (begin + end) / 2;
        return tree(parts, begin, middle) + tree(parts, middle, end);
    }

    private static float relu(float x) {
        return x > 0 ? x : x != x ? x : 0f;
    }

    private static void check(SplittableRandom random, int rows, int n, int k, boolean strided, Values values) {
        String what = String.format("rows %d, n %d, k %d, strided %b, %s", rows, n, k, strided, values);
        int begin = random.nextInt(3) == 0 ? random.nextInt(rows + 1) : 0;
        int end = random.nextInt(3) == 0 ? begin + random.nextInt(rows - begin + 1) : rows;
        Values other = values == Values.NEGATIVE_ZERO ? Values.ORDINARY : values;
        View c = new View(random, rows, n, strided, Values.ORDINARY);

        View a = new View(random, rows, k, strided, values);
        View b = new View(random, k, n, strided, other);
        View bias = new View(random, 1, n, strided, values);
        boolean withBias = random.nextBoolean();
        boolean withRelu = random.nextBoolean();
        c.fillWithSentinels();
        new Forward(a.matrix, b.matrix, withBias ? bias.matrix : null, withRelu, c.matrix).run(begin, end);
        assertOutput("forward, bias " + withBias + ", relu " + withRelu + ", " + what, c, begin, end, 0, n, (i, j) -> {
            float sum = 0f;
            for (int step = 0; step < k; step++) {
                sum = Math.fma(a.at(i, step), b.at(step, j), sum);
            }
            sum = withBias ? sum + bias.at(0, j) : sum;
            return withRelu ? relu(sum) : sum;
        });

        View bt = new View(random, n, k, strided, other);
        View gate = new View(random, rows, n, strided, values);
        boolean withGate = random.nextBoolean();
        c.fillWithSentinels();
        new InputGradient(a.matrix, bt.matrix, withGate ? gate.matrix : null, c.matrix).run(begin, end);
        assertOutput("inputGradient, gate " + withGate + ", " + what, c, begin, end, 0, n, (i, j) -> {
            float sum = 0f;
            for (int step = 0; step < k; step++) {
                sum = Math.fma(a.at(i, step), bt.at(j, step), sum);
            }
            return withGate && gate.at(i, j) <= 0f ? 0f : sum;
        });

        View at = new View(random, k, rows, strided, values);
        int count = chunks(k);
        float[] parts = new float[count];
        c.fillWithSentinels();
        new WeightGradient(at.matrix, b.matrix, c.matrix, BatchSum.chunksOf(b.matrix.rows())).run(begin, end);
        assertOutput("weightGradient, " + what, c, begin, end, 0, n, (i, j) -> {
            for (int chunk = 0; chunk < count; chunk++) {
                float sum = 0f;
                for (int step = chunk * k / count; step < (chunk + 1) * k / count; step++) {
                    sum = Math.fma(at.at(step, i), b.at(step, j), sum);
                }
                parts[chunk] = sum;
            }
            return tree(parts, 0, count);
        });

        View out = new View(random, 1, n, strided, Values.ORDINARY);
        int first = random.nextInt(n + 1);
        int last = first + random.nextInt(n - first + 1);
        out.fillWithSentinels();
        new Columns(b.matrix, out.matrix, BatchSum.chunksOf(b.matrix.rows())).run(first, last);
        assertOutput("sums of columns " + first + " to " + last + ", " + what, out, 0, 1, first, last, (i, j) -> {
            for (int chunk = 0; chunk < count; chunk++) {
                float sum = 0f;
                for (int step = chunk * k / count; step < (chunk + 1) * k / count; step++) {
                    sum = sum + b.at(step, j);
                }
                parts[chunk] = sum;
            }
            return tree(parts, 0, count);
        });
    }

    @Test
    void equalsTheNaiveChainsOverSizesStridesAndValues() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int rows : SIZES) {
            for (int n : SIZES) {
                for (int k : SIZES) {
                    check(random, rows, n, k, random.nextBoolean(), Values.values()[random.nextInt(3)]);
                }
            }
        }
    }

    @Test
    void equalsTheNaiveChainsOverSeveralStripsAndChunks() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int[] shape : LARGE) {
            for (Values values : Values.values()) {
                check(random, shape[0], shape[1], shape[2], true, values);
                check(random, shape[0], shape[1], shape[2], false, values);
            }
        }
    }

    @Test
    void aProductWithTheIdentityReturnsTheOtherFactor() {
        int n = 130;
        float[] identity = new float[n * n];
        float[] x = new float[n * n];
        for (int i = 0; i < n; i++) {
            identity[i * n + i] = 1f;
        }
        for (int i = 0; i < n * n; i++) {
            x[i] = i - 8000.25f;
        }
        Matrix one = matrix(n, n, identity);
        Matrix factor = matrix(n, n, x);
        Matrix product = BACKEND.matrix(n, n);
        new Forward(factor, one, null, false, product).run(0, n);
        assertTrue(Arrays.equals(x, product.toArray()), "X·I");
        new Forward(one, factor, null, false, product).run(0, n);
        assertTrue(Arrays.equals(x, product.toArray()), "I·X");
        new WeightGradient(one, factor, product, BatchSum.chunksOf(one.rows())).run(0, n);
        assertTrue(Arrays.equals(x, product.toArray()), "Iᵀ·X");
        new InputGradient(one, factor, null, product).run(0, n);
        float[] c = product.toArray();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                assertEquals(x[j * n + i], c[i * n + j], "I·Xᵀ at " + i + ", " + j);
            }
        }
    }

    @Test
    void aProductOfOnesCountsTheSteps() {
        int rows = 5;
        int n = 37;
        for (int k : new int[] {0, 1, 2, 3, 64, 300, 1100}) {
            float[] ones = new float[Math.max(rows, n) * Math.max(k, 1)];
            Arrays.fill(ones, 1f);
            Matrix c = BACKEND.matrix(rows, n);
            new Forward(matrix(rows, k, ones), matrix(k, n, ones), matrix(1, n, ones), true, c).run(0, rows);
            assertAll(k + 1, c.toArray());
            new InputGradient(matrix(rows, k, ones), matrix(n, k, ones), null, c).run(0, rows);
            assertAll(k, c.toArray());
            new WeightGradient(matrix(k, rows, ones), matrix(k, n, ones), c, BatchSum.chunksOf(k)).run(0, rows);
            assertAll(k, c.toArray());
            Matrix sums = BACKEND.matrix(1, n);
            new Columns(matrix(k, n, ones), sums, BatchSum.chunksOf(k)).run(0, n);
            assertAll(k, sums.toArray());
        }
    }

    /** The first of the values. */
    private static Matrix matrix(int rows, int columns, float[] values) {
        return BACKEND.matrix(rows, columns).set(values, 0);
    }

    private static void assertAll(float expected, float[] values) {
        for (float value : values) {
            assertEquals(expected, value);
        }
    }

    @Test
    void reluKeepsNaNAndClearsNegativeZero() {
        float[] bias = {Float.NaN, -0f, 0f, Float.MIN_VALUE, -Float.MIN_VALUE, Float.POSITIVE_INFINITY,
                Float.NEGATIVE_INFINITY, 1f, -1f};
        int n = bias.length;
        Matrix a = matrix(1, 1, new float[] {-Float.MIN_VALUE});
        float[] b = new float[n];
        Arrays.fill(b, Float.MIN_VALUE); // the chain ends in fma(-tiny, tiny, +0) = -0, so that -0 + -0 = -0 reaches
                                         // the activation
        Matrix activated = BACKEND.matrix(1, n);
        new Forward(a, matrix(1, n, b), matrix(1, n, bias), true, activated).run(0, 1);
        float[] c = activated.toArray();
        float[] expected = {Float.NaN, 0f, 0f, Float.MIN_VALUE, 0f, Float.POSITIVE_INFINITY, 0f, 1f, 0f};
        for (int j = 0; j < n; j++) {
            assertEquals(Float.floatToIntBits(expected[j]), Float.floatToIntBits(c[j]), "relu of " + bias[j]);
        }
    }

    @Test
    void gateKeepsPositiveAndNaNOnly() {
        float[] gate = {Float.NaN, Float.intBitsToFloat(0xffc00000), -0f, 0f, Float.MIN_VALUE, -Float.MIN_VALUE,
                Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MAX_VALUE, -Float.MAX_VALUE};
        boolean[] kept = {true, true, false, false, true, false, true, false, true, false};
        int n = gate.length;
        float[] b = new float[n];
        Arrays.fill(b, -2f);
        Matrix gradient = BACKEND.matrix(1, n);
        new InputGradient(matrix(1, 1, new float[] {3f}), matrix(n, 1, b), matrix(1, n, gate), gradient).run(0, 1);
        float[] c = gradient.toArray();
        for (int j = 0; j < n; j++) {
            assertEquals(Float.floatToIntBits(kept[j] ? -6f : 0f), Float.floatToIntBits(c[j]), "gate " + gate[j]);
        }
    }

    @Test
    void theBatchIsCutByItsSizeAlone() {
        int[][] chunksOf = {{0, 1}, {1, 1}, {63, 1}, {64, 2}, {127, 2}, {128, 4}, {255, 4}, {256, 8}, {1 << 30, 8}};
        for (int[] pair : chunksOf) {
            assertEquals(pair[1], BatchSum.chunksOf(pair[0]), "batch " + pair[0]);
        }
    }
}
