package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.index;
import static io.elbo4j.purejava.HeapAddress.values;

import io.elbo4j.Matrix;
import io.elbo4j.operation.OneHot.Maximum;
import java.util.Arrays;

/**
 * The first maximum of each row, a NaN above all numbers, as a row of zeros with a 1 in its column. Moves 8 bytes an
 * element.
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
}
