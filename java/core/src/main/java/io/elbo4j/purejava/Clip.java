package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.index;
import static io.elbo4j.purejava.HeapAddress.set;
import static io.elbo4j.purejava.HeapAddress.values;

import io.elbo4j.Matrix;
import io.elbo4j.numerics.RowSum;
import io.elbo4j.operation.Clip.Scale;

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
}
