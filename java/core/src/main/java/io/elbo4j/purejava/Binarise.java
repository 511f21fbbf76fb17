package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.operation.Binarise.Forward;

/**
 * Bernoulli draws: u &lt; probability ? 1 : 0, and NaN where the probability is, with u as in {@link RandomFill}. Moves
 * 8 bytes an element.
 */
final class Binarise {
    private Binarise() {}

    static void forward(Forward op, long begin, long end) {
        Scratch scratch = Scratch.get();
        float[] p = scratch.tile(0);
        float[] u = scratch.tile(1);
        int columns = (int) op.target().columns();
        for (long r = begin; r < end; r++) {
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(op.probability(), r, c, p, n);
                RandomFill.uniforms(op.noise(), r, c, u, n, scratch.words);
                for (int i = 0; i < n; i++) {
                    p[i] = p[i] != p[i] ? p[i] : u[i] < p[i] ? 1 : 0;
                }
                store(p, op.target(), r, c, n);
            }
        }
    }
}
