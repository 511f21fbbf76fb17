package io.elbo4j.train;

import io.elbo4j.Matrix;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;

/** An input's rows of streamed data, on their way into chunks of a matrix: some at once, through an array. */
final class StreamedInput {
    /** Values of the array. */
    private static final int PIECE = 1 << 16;

    private final Images data;
    private final Standardisation standardisation;
    private final int rows;
    private final float[] piece;
    /** Of each chunk views that follow each other, of so many rows or, the last one, fewer. */
    private final Matrix[][] views;

    /** @param matrix the chunks, one after the other, of {@code chunk} rows each */
    StreamedInput(Images data, Standardisation standardisation, Matrix matrix, int chunk) {
        this.data = data;
        this.standardisation = standardisation;
        this.rows = Math.max(1, Math.min(chunk, PIECE / data.columns()));
        this.piece = new float[rows * data.columns()];
        this.views = new Matrix[(int) (matrix.rows() / chunk)][];
        for (int c = 0; c < views.length; c++) {
            Matrix all = matrix.rows((long) c * chunk, (c + 1L) * chunk);
            views[c] = Chunk.of(chunk, rows).stream()
                    .map(view -> all.rows(view.begin(), (long) view.begin() + view.rows())).toArray(Matrix[]::new);
        }
    }

    /** Pieces of a chunk. */
    int pieces() {
        return views[0].length;
    }

    /** Fills a piece of a chunk that has {@code count} rows; what it has beyond them is never gathered. */
    void fill(int chunk, int index, int[] order, int from, int count) {
        int begin = index * rows;
        int n = Math.min(rows, count - begin);
        if (n > 0) {
            standardisation.apply(data, order, from + begin, n, piece, 0);
            views[chunk][index].set(piece, 0);
        }
    }
}
