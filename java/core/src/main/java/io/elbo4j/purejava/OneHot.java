package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.index;
import static io.elbo4j.purejava.HeapAddress.values;

import io.elbo4j.Matrix;
import io.elbo4j.operation.OneHot.Largest;
import io.elbo4j.operation.OneHot.Maximum;
import java.util.Arrays;

/**
 * The first maximum of each row, a NaN above all numbers, as a row of zeros with a 1 in its column; or its largest
 * elements, a NaN below all numbers, of equal ones the first. Moves 8 bytes an element.
 */
final class OneHot {
    private OneHot() {}

    static void maximum(Maximum op, long begin, long end) {
        Matrix x = op.x();
        float[] from = values(x);
        float[] to = values(op.target());
        int columns = (int) x.columns();
        for (long r = begin; r < end && columns > 0; r++) {
            int row = index(x, r, 0);
            int best = 0;
            for (int c = 1; c < columns; c++) {
                best = isAbove(from[row + c], from[row + best]) ? c : best;
            }
            int first = index(op.target(), r, 0);
            Arrays.fill(to, first, first + columns, 0f);
            to[first + best] = 1f;
        }
    }

    private static boolean isAbove(float a, float b) {
        return a > b || a != a && b == b;
    }

    /** Bit by bit the largest rank that {@code count} elements reach: no order of the elements, no memory for it. */
    static void largest(Largest op, long begin, long end) {
        float[] from = values(op.x());
        float[] to = values(op.target());
        int columns = (int) op.x().columns();
        for (long r = begin; r < end && columns > 0; r++) {
            int row = index(op.x(), r, 0);
            int least = Integer.MIN_VALUE;
            for (int bit = 31; bit >= 0; bit--) {
                // ranks are signed here, so that the highest bit is the other way round
                int tried = bit == 31 ? 0 : least | 1 << bit;
                least = reaching(from, row, columns, tried) >= op.count() ? tried : least;
            }
            int equals = op.count() - (least == Integer.MAX_VALUE ? 0 : reaching(from, row, columns, least + 1));
            int first = index(op.target(), r, 0);
            for (int c = 0; c < columns; c++) {
                int rank = rank(from[row + c]);
                to[first + c] = rank > least || rank == least && equals-- > 0 ? 1f : 0f;
            }
        }
    }

    private static int reaching(float[] x, int row, int columns, int least) {
        int count = 0;
        for (int c = row; c < row + columns; c++) {
            count += rank(x[c]) >= least ? 1 : 0;
        }
        return count;
    }

    /** Where it stands among all floats: a NaN is below all numbers, the zeros are equal. */
    private static int rank(float x) {
        int bits = x == 0 ? 0 : Float.floatToRawIntBits(x);
        return x != x ? Integer.MIN_VALUE : bits < 0 ? ~bits ^ Integer.MIN_VALUE : bits;
    }
}
