package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.get;
import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.set;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.Matrix;
import io.elbo4j.numerics.Exp;
import io.elbo4j.numerics.Log;
import io.elbo4j.numerics.RowSum;
import io.elbo4j.operation.LogMeanExp.Backward;
import io.elbo4j.operation.LogMeanExp.Forward;

/**
 * The log of the mean exponential over the K columns of a row, as importance-weighted bounds need it:
 *
 * <pre>
 * m = max(x), result = m + log(sum(exp(x - m)) / K)
 * dx = exp(x - m) (dResult / sum(exp(x - m)))
 * </pre>
 *
 * <p>x is B x K, the result B x 1. An infinite or NaN maximum is the result. Moves 4 bytes an element, 8 backward; a
 * row is read two or three times, from cache after the first. The weights of dx are of the maximum and the sum, not of
 * the result: it is rounded, by more than 1 where x is large, and they would not sum to 1.
 */
final class LogMeanExp {
    private LogMeanExp() {}

    static void forward(Forward op, long begin, long end) {
        Matrix x = op.x();
        Scratch scratch = Scratch.get();
        for (long r = begin; r < end; r++) {
            float m = maximum(x, r, scratch);
            boolean finite = Math.abs(m) < Float.POSITIVE_INFINITY;
            set(op.result(), r, finite ? m + Log.log(sum(x, r, m, scratch) / (float) x.columns()) : m);
        }
    }

    static void backward(Backward op, long begin, long end) {
        Matrix x = op.x();
        Scratch scratch = Scratch.get();
        float[] t = scratch.tile(0);
        int columns = (int) x.columns();
        for (long r = begin; r < end; r++) {
            float m = maximum(x, r, scratch);
            float w = get(op.dResult(), r) / sum(x, r, m, scratch);
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(x, r, c, t, n);
                expOfDifference(t, m, n);
                for (int i = 0; i < n; i++) {
                    t[i] = t[i] * w;
                }
                store(t, op.dx(), r, c, n);
            }
        }
    }

    /** NaN if any is. */
    static float maximum(Matrix x, long row, Scratch scratch) {
        float[] t = scratch.tile(0);
        int columns = (int) x.columns();
        float m = Float.NEGATIVE_INFINITY;
        for (int c = 0; c < columns; c += TILE) {
            int n = width(c, columns);
            load(x, row, c, t, n);
            for (int i = 0; i < n; i++) {
                m = Math.max(m, t[i]);
            }
        }
        return m;
    }

    /** sum(exp(x - m)) of a row. */
    static float sum(Matrix x, long row, float m, Scratch scratch) {
        float[] t = scratch.tile(0);
        int columns = (int) x.columns();
        RowSum.clear(scratch.lanes);
        for (int c = 0; c < columns; c += TILE) {
            int n = width(c, columns);
            load(x, row, c, t, n);
            expOfDifference(t, m, n);
            RowSum.add(scratch.lanes, t, 0, n);
        }
        return RowSum.finish(scratch.lanes);
    }

    static void expOfDifference(float[] t, float from, int n) {
        for (int i = 0; i < n; i++) {
            t[i] = Exp.exp(t[i] - from);
        }
    }
}
