package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.operation.MovingAverage.Update;

/** target = fma(share, x - target, target) (Polyak and Juditsky 1992). Moves 12 bytes an element. */
final class MovingAverage {
    private MovingAverage() {}

    static void update(Update op, long begin, long end) {
        Scratch scratch = Scratch.get();
        float[] x = scratch.tile(0);
        float[] t = scratch.tile(1);
        float share = op.share();
        int columns = (int) op.target().columns();
        for (long r = begin; r < end; r++) {
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(op.x(), r, c, x, n);
                load(op.target(), r, c, t, n);
                for (int i = 0; i < n; i++) {
                    t[i] = Math.fma(share, x[i] - t[i], t[i]);
                }
                store(t, op.target(), r, c, n);
            }
        }
    }
}
