package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.get;
import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.SgdStep;
import io.elbo4j.operation.Sgd.Update;

/**
 * Gradient descent with momentum (Polyak 1964). Moves 20 bytes an element, 12 without momentum.
 *
 * <pre>
 * g = fma(weightDecay, p, gradient scale), v = fma(momentum, v, g), p = fma(-learningRate, v, p)
 * </pre>
 */
final class Sgd {
    private Sgd() {}

    static void update(Update op, long begin, long end) {
        Scratch scratch = Scratch.get();
        SgdStep step = op.step();
        float[] p = scratch.tile(0);
        float[] g = scratch.tile(1);
        float[] v = scratch.tile(2);
        float scale = op.gradientScale() == null ? 1 : get(op.gradientScale(), 0);
        int columns = (int) op.parameter().columns();
        for (long r = begin; r < end; r++) {
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(op.parameter(), r, c, p, n);
                load(op.gradient(), r, c, g, n);
                decay(p, step.weightDecay(), scale, g, n);
                if (op.velocity() == null) {
                    add(-step.learningRate(), g, p, n);
                } else {
                    load(op.velocity(), r, c, v, n);
                    add(step.momentum(), v, g, n);
                    store(g, op.velocity(), r, c, n);
                    add(-step.learningRate(), g, p, n);
                }
                store(p, op.parameter(), r, c, n);
            }
        }
    }

    private static void decay(float[] p, float weightDecay, float scale, float[] g, int n) {
        for (int i = 0; i < n; i++) {
            g[i] = Math.fma(weightDecay, p[i], g[i] * scale);
        }
    }

    /** to = to + factor x. */
    private static void add(float factor, float[] x, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = Math.fma(factor, x[i], to[i]);
        }
    }
}
