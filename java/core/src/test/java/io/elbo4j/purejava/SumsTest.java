package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.assertSame;
import static io.elbo4j.purejava.References.ROUNDING;
import static io.elbo4j.purejava.References.SIZES;
import static io.elbo4j.purejava.References.gaussian;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Matrix;
import io.elbo4j.operation.BatchSum;
import io.elbo4j.operation.Sums.Columns;
import io.elbo4j.operation.Sums.Rows;
import io.elbo4j.operation.Sums.RowsOfSquares;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class SumsTest {
    private static final long SEED = 2718;
    private static final int ROWS = 3;

    /** Against exact sums: one rounding of the sum, and roundings of quads, at most 2^-23 of the sum of magnitudes. */
    @Test
    void rowSumsAgreeWithExactSums() {
        for (int d : SIZES) {
            float[] x = gaussian(SEED, ROWS * d, 100);
            Matrix in = Guarded.matrix(ROWS, d, x);
            Guarded sums = new Guarded(ROWS, 1);
            Guarded squares = new Guarded(ROWS, 1);
            Guarded.assertSplits(ROWS, false, (b, e) -> new Rows(in, sums.matrix).run(b, e), sums);
            Guarded.assertSplits(
                    ROWS, false, (b, e) -> new RowsOfSquares(in, squares.matrix).run(b, e), squares);
            for (int r = 0; r < ROWS; r++) {
                BigDecimal sum = BigDecimal.ZERO;
                BigDecimal magnitude = BigDecimal.ZERO;
                BigDecimal square = BigDecimal.ZERO;
                for (int c = 0; c < d; c++) {
                    BigDecimal value = new BigDecimal(x[r * d + c]);
                    sum = sum.add(value);
                    magnitude = magnitude.add(value.abs());
                    square = square.add(value.multiply(value));
                }
                assertError(sum, sums.values()[r], 3 * ROUNDING, magnitude, "sum of " + d);
                assertError(square, squares.values()[r], 4 * ROUNDING, square, "squares of " + d);
            }
        }
    }

    private static void assertError(
            BigDecimal exact, float actual, double relative, BigDecimal magnitude, String message) {
        BigDecimal error = exact.subtract(new BigDecimal(actual)).abs();
        assertTrue(error.compareTo(magnitude.multiply(new BigDecimal(relative))) <= 0,
                () -> message + ": " + actual + " instead of " + exact.doubleValue());
    }

    @Test
    void columnSumsAgreeWithExactSums() {
        for (int rows : SIZES) {
            int d = 5;
            float[] x = gaussian(SEED + 1, rows * d, 100);
            Matrix in = Guarded.matrix(rows, d, x);
            Guarded sums = new Guarded(1, d);
            Guarded.assertSplits(d, true, (b, e) -> new Columns(in, sums.matrix, BatchSum.chunksOf(in.rows())).run(b,
                    e), sums);
            for (int c = 0; c < d; c++) {
                BigDecimal sum = BigDecimal.ZERO;
                BigDecimal magnitude = BigDecimal.ZERO;
                for (int r = 0; r < rows; r++) {
                    sum = sum.add(new BigDecimal(x[r * d + c]));
                    magnitude = magnitude.add(new BigDecimal(x[r * d + c]).abs());
                }
                assertError(sum, sums.values()[c], (1 + rows / 8.0) * ROUNDING, magnitude, "column of " + rows);
            }
        }
    }

    @Test
    void specialValues() {
        float inf = Float.POSITIVE_INFINITY;
        assertSum(0, -0.0f, -0.0f);
        assertSum(Float.NaN, inf, -inf);
        assertSum(inf, inf, 1, 2, 3, 4);
        assertSum(Float.NaN, 1, 2, 3, 4, 5, Float.NaN);
        assertSum(3 * Float.MIN_VALUE, Float.MIN_VALUE, 2 * Float.MIN_VALUE);
        assertSum(inf, Float.MAX_VALUE, Float.MAX_VALUE, -Float.MAX_VALUE, -Float.MIN_VALUE);
    }

    private static void assertSum(float expected, float... x) {
        Guarded sum = new Guarded(1, 1);
        new Rows(Guarded.matrix(1, x.length, x), sum.matrix).run(0, 1);
        assertSame(expected, sum.values()[0], "sum");
    }
}
