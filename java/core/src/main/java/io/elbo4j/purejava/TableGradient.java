package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.get;
import static io.elbo4j.purejava.HeapAddress.index;
import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.HeapAddress.values;

import io.elbo4j.Matrix;
import io.elbo4j.numerics.RowNumber;
import io.elbo4j.operation.Rows.LookUpGradient;
import java.util.Arrays;

/**
 * The sum of the rows of a batch that name the same row of a table, by the chunks of the batch. Rows that name the same
 * are a linked list: first[row of the table], next[row of the batch].
 */
final class TableGradient {
    private static final int CHUNKS = 8;
    private static final int NONE = -1;

    private TableGradient() {}

    /** All rows of columns begin to end. */
    static void sum(LookUpGradient op, int begin, int end) {
        Matrix dTable = op.dTable();
        Scratch scratch = Scratch.get();
        int rows = (int) dTable.rows();
        int batch = (int) op.dTarget().rows();
        int[] first = scratch.numbers(0, rows);
        int[] next = scratch.numbers(1, batch);
        link(op.index(), batch, rows, first, next);
        for (int v = 0; v < rows; v++) {
            if (first[v] == NONE) {
                Arrays.fill(values(dTable), index(dTable, v, begin), index(dTable, v, end), 0f);
                continue;
            }
            for (int c = begin; c < end; c += Scratch.TILE) {
                int columns = Scratch.width(c, end);
                sum(op, first[v], next, c, columns, scratch);
                store(scratch.tile(0), dTable, v, c, columns);
            }
        }
    }

    private static void link(Matrix index, int batch, int rows, int[] first, int[] next) {
        Arrays.fill(first, 0, rows, NONE);
        for (int r = batch - 1; r >= 0; r--) {
            int row = (int) RowNumber.of(get(index, r), rows);
            if (row >= 0) {
                next[r] = first[row];
                first[row] = r;
            }
        }
    }

    /** Leaves the sum over a list in the first tile. */
    private static void sum(LookUpGradient op, int first, int[] next, int column, int columns, Scratch scratch) {
        float[] row = scratch.tile(CHUNKS);
        Matrix dTarget = op.dTarget();
        int batch = (int) dTarget.rows();
        int chunks = op.chunks();
        int r = first;
        for (int chunk = 0; chunk < chunks; chunk++) {
            float[] sum = scratch.tile(chunk);
            Arrays.fill(sum, 0, columns, 0f);
            for (long end = (chunk + 1L) * batch / chunks; r != NONE && r < end; r = next[r]) {
                load(dTarget, r, column, row, columns);
                Matmul.add(row, sum, columns);
            }
        }
        for (int count = chunks / 2; count > 0; count /= 2) {
            for (int chunk = 0; chunk < count; chunk++) {
                float[] left = scratch.tile(2 * chunk);
                float[] right = scratch.tile(2 * chunk + 1);
                float[] sum = scratch.tile(chunk);
                for (int i = 0; i < columns; i++) {
                    sum[i] = left[i] + right[i];
                }
            }
        }
    }
}
