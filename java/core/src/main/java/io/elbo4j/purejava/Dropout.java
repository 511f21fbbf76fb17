package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.operation.Dropout.Apply;

/** y = word >= threshold ? x scale : +0, with the words of {@link RandomFill}. Moves 8 bytes an element. */
final class Dropout {
    private Dropout() {}

    static void apply(Apply op, long begin, long end) {
        Scratch scratch = Scratch.get();
        float[] t = scratch.tile(0);
        int[] words = scratch.words;
        int threshold = op.threshold();
        float scale = op.scale();
        int columns = (int) op.x().columns();
        for (long r = begin; r < end; r++) {
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(op.x(), r, c, t, n);
                RandomFill.words(op.noise(), r, c, n, words);
                for (int i = 0; i < n; i++) {
                    t[i] = io.elbo4j.numerics.Dropout.dropout(t[i], words[i], threshold, scale);
                }
                store(t, op.y(), r, c, n);
            }
        }
    }
}
