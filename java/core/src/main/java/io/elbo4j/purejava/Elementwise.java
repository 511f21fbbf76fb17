package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Elementwise.Apply;
import io.elbo4j.operation.Elementwise.Gradient;

/**
 * Functions of single elements, y = f(x), and their gradients dx = dy f'(x), where x is what the function was applied
 * to. Moves 8 bytes an element, 12 for a gradient. Results may replace their inputs.
 */
final class Elementwise {
    private Elementwise() {}

    static void apply(Apply op, long begin, long end) {
        Matrix x = op.x();
        float[] t = Scratch.get().tile(0);
        int columns = (int) x.columns();
        for (long r = begin; r < end; r++) {
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(x, r, c, t, n);
                op.function().apply(t, n);
                store(t, op.y(), r, c, n);
            }
        }
    }

    static void gradient(Gradient op, long begin, long end) {
        Matrix x = op.x();
        Scratch scratch = Scratch.get();
        float[] t = scratch.tile(0);
        float[] g = scratch.tile(1);
        int columns = (int) x.columns();
        for (long r = begin; r < end; r++) {
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(x, r, c, t, n);
                load(op.dy(), r, c, g, n);
                op.function().gradient(t, g, n);
                store(g, op.dx(), r, c, n);
            }
        }
    }
}
