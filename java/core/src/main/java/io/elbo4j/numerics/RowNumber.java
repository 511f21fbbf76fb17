package io.elbo4j.numerics;

/**
 * The row that a float32 names, as labels in data do; the same as {@code native/spec/row_number.h}. Exact: whole
 * numbers above 2^24 are those that float32 has.
 */
public final class RowNumber {
    private RowNumber() {}

    /** index where it is a whole number in [0, rows), -1 for any other and for NaN; -0 is row 0. */
    public static long of(float index, long rows) {
        if (!(index >= 0 && index < 0x1p62f)) {
            return -1;
        }
        long row = (long) index;
        return row < rows && row == index ? row : -1;
    }
}
