package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.index;
import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.set;
import static io.elbo4j.purejava.HeapAddress.values;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.Matrix;
import io.elbo4j.numerics.RowSum;
import io.elbo4j.operation.Sums.Columns;
import io.elbo4j.operation.Sums.Rows;
import io.elbo4j.operation.Sums.RowsOfSquares;
import java.util.Arrays;

/**
 * Sums of a B x D matrix: of its rows, and of their squares, in the order of {@link RowSum}, B x 1; and of its columns,
 * 1 x D, the gradient of a bias: the rows are cut into the chunks of the operation, each a chain of float
 * additions from +0 in row order, combined by the adjacent-first tree. Moves 4 bytes an element.
 */
final class Sums {
    private Sums() {}

    static void rows(Rows op, long begin, long end) {
        Matrix x = op.x();
        Scratch scratch = Scratch.get();
        for (long r = begin; r < end; r++) {
            set(op.sums(), r, RowSum.sum(values(x), index(x, r, 0), (int) x.columns(), scratch.lanes));
        }
    }

    static void rowsOfSquares(RowsOfSquares op, long begin, long end) {
        Matrix x = op.x();
        Scratch scratch = Scratch.get();
        float[] t = scratch.tile(0);
        int columns = (int) x.columns();
        for (long r = begin; r < end; r++) {
            RowSum.clear(scratch.lanes);
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(x, r, c, t, n);
                for (int i = 0; i < n; i++) {
                    t[i] = t[i] * t[i];
                }
                RowSum.add(scratch.lanes, t, 0, n);
            }
            set(op.sums(), r, RowSum.finish(scratch.lanes));
        }
    }

    static void columns(Columns op, long begin, long end) {
        Matrix x = op.x();
        float[] from = values(x);
        Matmul.Scratch scratch = Matmul.Scratch.get();
        int rows = (int) x.rows();
        int chunks = op.chunks();
        float[] sum = scratch.sums[0];
        for (int j = (int) begin; j < end; j += Matmul.Scratch.WIDEST) {
            int columns = (int) Math.min(Matmul.Scratch.WIDEST, end - j);
            for (int chunk = 0; chunk < chunks; chunk++) {
                Arrays.fill(sum, 0, columns, 0f);
                int last = (int) ((chunk + 1L) * rows / chunks);
                for (int row = (int) ((long) chunk * rows / chunks); row < last; row++) {
                    System.arraycopy(from, index(x, row, j), scratch.operand, 0, columns);
                    Matmul.add(scratch.operand, sum, columns);
                }
                scratch.merge(chunk, chunks, 1, columns);
            }
            System.arraycopy(sum, 0, values(op.sums()), index(op.sums(), 0, j), columns);
        }
    }
}
