package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.index;
import static io.elbo4j.purejava.HeapAddress.values;

import io.elbo4j.operation.Transpose.Of;

/** y[c][r] = x[r][c], in squares that stay in the first-level cache. Moves 8 bytes an element. */
final class Transpose {
    private static final int SIDE = 32;

    private Transpose() {}

    static void of(Of op, long begin, long end) {
        float[] x = values(op.x());
        float[] y = values(op.y());
        int rows = (int) op.x().rows();
        int stride = (int) op.x().rowStride();
        for (long c = begin; c < end; c += SIDE) {
            for (int r = 0; r < rows; r += SIDE) {
                int last = Math.min(rows, r + SIDE);
                for (long i = c; i < Math.min(end, c + SIDE); i++) {
                    int to = index(op.y(), i, r);
                    int from = index(op.x(), r, (int) i);
                    for (int j = r; j < last; j++) {
                        y[to++] = x[from];
                        from += stride;
                    }
                }
            }
        }
    }
}
