package io.elbo4j.purejava;

import java.util.Arrays;

/** Sums of a matrix's columns over its rows: the gradient of a bias, where the rows are the batch. */
final class ColumnSums {
    private ColumnSums() {}

    /**
     * out[j] = sum of x[i][j] over the rows, for the columns {@code begin} (included) to {@code end} (excluded). The
     * rows are cut into {@link Matmul#batchChunks} chunks, each a chain of float additions from +0 in row order,
     * combined by the adjacent-first tree. {@code x} is rows x at least {@code end}, its leading dimension {@code ldx};
     * out[0] is at {@code outOffset}.
     */
    static void columnSums(float[] x, int xOffset, int ldx, float[] out, int outOffset, int rows, int begin, int end) {
        Matmul.Scratch scratch = Matmul.Scratch.get();
        int chunks = Matmul.batchChunks(rows);
        float[] sum = scratch.sums[0];
        for (int j = begin; j < end; j += Matmul.Scratch.WIDEST) {
            int columns = Math.min(Matmul.Scratch.WIDEST, end - j);
            for (int chunk = 0; chunk < chunks; chunk++) {
                Arrays.fill(sum, 0, columns, 0f);
                int last = (int) ((chunk + 1L) * rows / chunks);
                for (int row = (int) ((long) chunk * rows / chunks); row < last; row++) {
                    System.arraycopy(x, xOffset + row * ldx + j, scratch.operand, 0, columns);
                    Matmul.add(scratch.operand, sum, columns);
                }
                scratch.merge(chunk, chunks, 1, columns);
            }
            System.arraycopy(sum, 0, out, outOffset + j, columns);
        }
    }
}
