package io.elbo4j.purejava;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.Storage;
import java.util.Arrays;

/**
 * A matrix with an offset and a padded row stride whose surroundings hold sentinels, so that a write beside it is
 * seen.
 */
final class Guarded {
    static final Backend BACKEND = new JavaBackend(1);

    /** A NaN with bits that no kernel makes. */
    private static final float SENTINEL = Float.intBitsToFloat(0x7fdead01);

    private static final int OFFSET = 7;
    private static final int PADDING = 5;

    /** Runs items begin to end of a kernel. */
    interface Kernel {
        void run(long begin, long end);
    }

    final Matrix matrix;
    private final Matrix everything;
    private final float[] initial;
    private final int rows;
    private final int columns;

    /** A matrix of sentinels, for an output. */
    Guarded(int rows, int columns) {
        this(rows, columns, filled(rows * columns));
    }

    Guarded(int rows, int columns, float[] values) {
        this.rows = rows;
        this.columns = columns;
        int stride = columns + PADDING;
        Storage storage = BACKEND.allocate(OFFSET + (long) rows * stride + PADDING);
        everything = Matrix.view(storage, 0, 1, storage.elements(), storage.elements());
        everything.set(filled((int) storage.elements()));
        matrix = Matrix.view(storage, OFFSET, rows, columns, stride);
        matrix.set(values);
        initial = everything.toArray();
    }

    static Matrix matrix(int rows, int columns, float... values) {
        return new Guarded(rows, columns, values).matrix;
    }

    private static float[] filled(int n) {
        float[] values = new float[n];
        Arrays.fill(values, SENTINEL);
        return values;
    }

    float[] values() {
        assertGuards();
        return matrix.toArray();
    }

    void assertGuards() {
        float[] now = everything.toArray();
        for (int i = 0; i < now.length; i++) {
            int r = Math.floorDiv(i - OFFSET, columns + PADDING);
            int c = Math.floorMod(i - OFFSET, columns + PADDING);
            if (r < 0 || r >= rows || c >= columns) {
                assertBits(SENTINEL, now[i], "guard at row " + r + ", column " + c + " was written");
            }
        }
    }

    /**
     * All items at once, and split in two anywhere, give the same bits; the first part leaves the items of the second
     * alone.
     */
    static void assertSplits(int items, boolean itemsAreColumns, Kernel kernel, Guarded... outputs) {
        kernel.run(0, items);
        float[][] whole = Arrays.stream(outputs).map(Guarded::values).toArray(float[][]::new);
        for (int split : new int[] {0, 1, items / 3, items - 1, items}) {
            if (split < 0 || split > items) {
                continue;
            }
            for (Guarded output : outputs) {
                output.everything.set(output.initial);
            }
            kernel.run(0, split);
            for (Guarded output : outputs) {
                output.assertUntouchedFrom(split, items, itemsAreColumns);
            }
            kernel.run(split, items);
            for (int i = 0; i < outputs.length; i++) {
                assertBits(whole[i], outputs[i].values(), "split at " + split + " of " + items + ", output " + i);
            }
        }
    }

    private void assertUntouchedFrom(int split, int items, boolean itemsAreColumns) {
        float[] now = values();
        int perItem = itemsAreColumns || items == 0 ? 1 : rows / items;
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                if ((itemsAreColumns ? c : r / perItem) >= split) {
                    assertBits(initial[OFFSET + r * (columns + PADDING) + c], now[r * columns + c],
                            "items 0 to " + split + " wrote to row " + r + ", column " + c);
                }
            }
        }
    }

    static void assertBits(float expected, float actual, String message) {
        if (Float.floatToRawIntBits(expected) != Float.floatToRawIntBits(actual)) {
            assertEquals(describe(expected), describe(actual), message);
        }
    }

    static void assertBits(float[] expected, float[] actual, String message) {
        assertEquals(expected.length, actual.length, message);
        for (int i = 0; i < expected.length; i++) {
            assertBits(expected[i], actual[i], message + ", element " + i);
        }
    }

    /** Equal by bits, any NaN for any NaN. */
    static void assertSame(float expected, float actual, String message) {
        if (!Float.isNaN(expected) || !Float.isNaN(actual)) {
            assertBits(expected, actual, message);
        }
    }

    private static String describe(float x) {
        return Float.toHexString(x) + " (" + Integer.toHexString(Float.floatToRawIntBits(x)) + ")";
    }
}
