package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.assertBits;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Transpose.Of;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Element (c, r) has the bits of element (r, c), NaNs' too. */
class TransposeTest {
    private static final long SEED = 1618;
    private static final int[] SIZES = {0, 1, 2, 31, 32, 33, 61, 127, 128, 129, 211};

    @Test
    void everyElementIsInItsPlace() {
        Random random = new Random(SEED);
        for (int rows : SIZES) {
            for (int columns : SIZES) {
                float[] x = new float[rows * columns];
                for (int i = 0; i < x.length; i++) {
                    x[i] = Float.intBitsToFloat(random.nextInt());
                }
                assertTransposed(Guarded.matrix(rows, columns, x), x);
            }
        }
        System.out.println("transpose, seed " + SEED);
    }

    @Test
    void payloadsOfNaNsAndSignedZerosAreKept() {
        float quiet = Float.intBitsToFloat(0xffc12345);
        float signalling = Float.intBitsToFloat(0x7f812345);
        float[] x = {quiet, -0.0f, signalling, 0, Float.MIN_VALUE, Float.NEGATIVE_INFINITY};
        assertTransposed(Guarded.matrix(3, 2, x), x);
    }

    @Test
    void aRowThatIsRepeatedIsACopyInEachColumn() {
        assertTransposed(Guarded.matrix(1, 3, 1, 2, 3).repeatRow(4), 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3);
    }

    private static void assertTransposed(Matrix x, float... values) {
        int rows = (int) x.rows();
        int columns = (int) x.columns();
        Guarded y = new Guarded(columns, rows);
        Guarded.assertSplits(columns, false, (begin, end) -> new Of(x, y.matrix).run(begin, end), y);
        float[] actual = y.values();
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                assertBits(values[r * columns + c], actual[c * rows + r], rows + " x " + columns + ", row " + r
                        + ", column " + c);
            }
        }
    }
}
