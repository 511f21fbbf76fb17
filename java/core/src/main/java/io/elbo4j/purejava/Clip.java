package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.index;
import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.set;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.HeapAddress.values;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.Matrix;
import io.elbo4j.numerics.RowSum;
import io.elbo4j.operation.Clip.Scale;
import io.elbo4j.operation.Clip.Value;

/**
 * The scale that clips gradients to a norm (Pascanu et al. 2013, algorithm 1), from the sums of squares of each, a row:
 *
 * <pre>
 * scale = norm &lt;= maximumNorm ? 1 : maximumNorm / norm
 * </pre>
 */
final class Clip {
    private Clip() {}

    static void scale(Scale op, long begin, long end) {
        if (begin == end) {
            return;
        }
        Matrix squares = op.sumsOfSquares();
        float squared = RowSum.sum(values(squares), index(squares, 0, 0), (int) squares.columns(),
                Scratch.get().lanes);
        float norm = (float) Math.sqrt(squared);
        set(op.scale(), 0, norm <= op.maximumNorm() ? 1 : op.maximumNorm() / norm);
    }

    /** Math.max and Math.min keep a NaN. Moves 8 bytes an element. */
    static void value(Value op, long begin, long end) {
        float[] t = Scratch.get().tile(0);
        float limit = op.limit();
        int columns = (int) op.y().columns();
        for (long r = begin; r < end; r++) {
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(op.x(), r, c, t, n);
                for (int i = 0; i < n; i++) {
                    t[i] = Math.min(Math.max(t[i], -limit), limit);
                }
                store(t, op.y(), r, c, n);
            }
        }
    }
}
