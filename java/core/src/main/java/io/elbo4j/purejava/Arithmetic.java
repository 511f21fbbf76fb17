package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.operation.Arithmetic.Combine;
import io.elbo4j.operation.Arithmetic.Function;
import io.elbo4j.operation.Arithmetic.MultiplyAdd;
import io.elbo4j.operation.Arithmetic.Scale;

/**
 * Sums, differences and products of elements; moves 12, 8 and 16 bytes an element. Results may replace inputs.
 *
 * <pre>
 * combine       target = a + b, a - b or a b
 * scale         y = fma(factor, x, shift)
 * multiplyAdd   target = fma(factor x, y, target)
 * </pre>
 */
final class Arithmetic {
    private Arithmetic() {}

    static void combine(Combine op, long begin, long end) {
        Scratch scratch = Scratch.get();
        float[] a = scratch.tile(0);
        float[] b = scratch.tile(1);
        int columns = (int) op.target().columns();
        for (long r = begin; r < end; r++) {
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(op.a(), r, c, a, n);
                load(op.b(), r, c, b, n);
                combine(op.function(), a, b, n);
                store(a, op.target(), r, c, n);
            }
        }
    }

    private static void combine(Function function, float[] a, float[] b, int n) {
        switch (function) {
            case ADD -> Matmul.add(b, a, n);
            case SUBTRACT -> {
                for (int i = 0; i < n; i++) {
                    a[i] = a[i] - b[i];
                }
            }
            case MULTIPLY -> {
                for (int i = 0; i < n; i++) {
                    a[i] = a[i] * b[i];
                }
            }
        }
    }

    static void scale(Scale op, long begin, long end) {
        float[] t = Scratch.get().tile(0);
        float factor = op.factor();
        float shift = op.shift();
        int columns = (int) op.y().columns();
        for (long r = begin; r < end; r++) {
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(op.x(), r, c, t, n);
                for (int i = 0; i < n; i++) {
                    t[i] = Math.fma(factor, t[i], shift);
                }
                store(t, op.y(), r, c, n);
            }
        }
    }

    static void multiplyAdd(MultiplyAdd op, long begin, long end) {
        Scratch scratch = Scratch.get();
        float[] x = scratch.tile(0);
        float[] y = scratch.tile(1);
        float[] t = scratch.tile(2);
        float factor = op.factor();
        int columns = (int) op.target().columns();
        for (long r = begin; r < end; r++) {
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(op.x(), r, c, x, n);
                load(op.y(), r, c, y, n);
                load(op.target(), r, c, t, n);
                for (int i = 0; i < n; i++) {
                    t[i] = Math.fma(factor * x[i], y[i], t[i]);
                }
                store(t, op.target(), r, c, n);
            }
        }
    }
}
