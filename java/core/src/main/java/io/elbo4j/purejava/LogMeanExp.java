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

/**
 * The log of the mean exponential over the K columns of a row, as importance-weighted bounds need it:
 *
 * <pre>
 * m = max(x), result = m + log(sum(exp(x - m)) / K)
 * dx = dResult exp(x - result) / K
 * </pre>
 *
 * <p>x is B x K, the result B x 1. An infinite or NaN maximum is the result. Moves 4 bytes an element (two passes over
 * a row, the second from cache), 8 backward.
 */
final class LogMeanExp {
    private LogMeanExp() {}

    static void forward(Matrix x, Matrix result, long begin, long end) {
        Scratch scratch = Scratch.get();
        float[] t = scratch.tile(0);
        int columns = (int) x.columns();
        for (long r = begin; r < end; r++) {
            float m = Float.NEGATIVE_INFINITY;
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(x, r, c, t, n);
                for (int i = 0; i < n; i++) {
                    m = Math.max(m, t[i]);
                }
            }
            if (Math.abs(m) < Float.POSITIVE_INFINITY) {
                RowSum.clear(scratch.lanes);
                for (int c = 0; c < columns; c += TILE) {
                    int n = width(c, columns);
                    load(x, r, c, t, n);
                    expOfDifference(t, m, n);
                    RowSum.add(scratch.lanes, t, 0, n);
                }
                m = m + Log.log(RowSum.finish(scratch.lanes) / (float) columns);
            }
            set(result, r, m);
        }
    }

    static void backward(Matrix x, Matrix result, Matrix dResult, Matrix dx, long begin, long end) {
        float[] t = Scratch.get().tile(0);
        int columns = (int) x.columns();
        float share = 1 / (float) columns;
        for (long r = begin; r < end; r++) {
            float w = get(dResult, r);
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(x, r, c, t, n);
                expOfDifference(t, get(result, r), n);
                for (int i = 0; i < n; i++) {
                    t[i] = w * (t[i] * share);
                }
                store(t, dx, r, c, n);
            }
        }
    }

    private static void expOfDifference(float[] t, float from, int n) {
        for (int i = 0; i < n; i++) {
            t[i] = Exp.exp(t[i] - from);
        }
    }
}
