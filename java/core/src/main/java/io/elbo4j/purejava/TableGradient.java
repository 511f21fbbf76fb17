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

/** The sum of the rows of a batch that name the same row of a table, by the chunks of the batch. */
final class TableGradient {
    private static final int CHUNKS = 8;
    private static final int ROW_BITS = 32;

    private final Matrix dTarget;
    private final Matrix dTable;
    private final int batch;
    private final int chunks;
    private final Scratch scratch = Scratch.get();
    /** What names a row of the table: that row above, the row of the batch below; in order. */
    private final long[] named;

    TableGradient(LookUpGradient op) {
        dTarget = op.dTarget();
        dTable = op.dTable();
        batch = (int) dTarget.rows();
        chunks = Matmul.batchChunks(batch);
        long[] all = new long[batch];
        int count = 0;
        for (int r = 0; r < batch; r++) {
            long row = RowNumber.of(get(op.index(), r), dTable.rows());
            if (row >= 0) {
                all[count++] = row << ROW_BITS | r;
            }
        }
        Arrays.sort(all, 0, count);
        named = Arrays.copyOf(all, count);
    }

    /** All rows of columns begin to end. */
    void sum(int begin, int end) {
        for (long v = 0; v < dTable.rows(); v++) {
            Arrays.fill(values(dTable), index(dTable, v, begin), index(dTable, v, end), 0f);
        }
        for (int from = 0, to; from < named.length; from = to) {
            to = from + 1;
            while (to < named.length && named[to] >> ROW_BITS == named[from] >> ROW_BITS) {
                to++;
            }
            for (int c = begin; c < end; c += Scratch.TILE) {
                sum(from, to, c, Scratch.width(c, end));
            }
        }
    }

    private void sum(int from, int to, int column, int columns) {
        float[] row = scratch.tile(CHUNKS);
        int next = from;
        for (int chunk = 0; chunk < chunks; chunk++) {
            float[] sum = scratch.tile(chunk);
            Arrays.fill(sum, 0, columns, 0f);
            for (long last = (chunk + 1L) * batch / chunks; next < to && (int) named[next] < last; next++) {
                load(dTarget, (int) named[next], column, row, columns);
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
        store(scratch.tile(0), dTable, named[from] >> ROW_BITS, column, columns);
    }
}
