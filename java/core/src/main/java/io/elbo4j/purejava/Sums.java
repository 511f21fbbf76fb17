package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.set;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.Matrix;
import io.elbo4j.numerics.RowSum;

/** Sums of rows, and of their squares, in the order of {@link RowSum}: B x D to B x 1. Moves 4 bytes an element. */
final class Sums {
    private Sums() {}

    static void rows(Matrix x, Matrix sums, long begin, long end) {
        Scratch scratch = Scratch.get();
        for (long r = begin; r < end; r++) {
            set(sums, r,
                    RowSum.sum(HeapAddress.values(x), HeapAddress.index(x, r, 0), (int) x.columns(), scratch.lanes));
        }
    }

    static void rowsOfSquares(Matrix x, Matrix sums, long begin, long end) {
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
            set(sums, r, RowSum.finish(scratch.lanes));
        }
    }
}
