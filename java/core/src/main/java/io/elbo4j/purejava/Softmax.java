package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.Matrix;
import io.elbo4j.numerics.Exp;
import io.elbo4j.numerics.Log;
import io.elbo4j.numerics.RowSum;
import io.elbo4j.operation.Softmax.Backward;
import io.elbo4j.operation.Softmax.Forward;
import io.elbo4j.operation.Softmax.LogBackward;
import io.elbo4j.operation.Softmax.LogForward;

/**
 * Softmax and its logarithm of each row, and their gradients from the results. m = max(x), s = sum(exp(x - m)):
 *
 * <pre>
 * y = exp(x - m) / s          dx = y (dy - sum(y dy))
 * y = (x - m) - log(s)        dx = dy - exp(y) sum(dy), the product and the difference rounded once
 * </pre>
 *
 * <p>Matrices rows x columns. Moves 8 bytes an element, the gradients 12; what is read again comes from a cache.
 */
final class Softmax {
    private Softmax() {}

    static void forward(Forward op, long begin, long end) {
        Matrix x = op.x();
        Scratch scratch = Scratch.get();
        float[] t = scratch.tile(0);
        int columns = (int) x.columns();
        for (long r = begin; r < end; r++) {
            float m = LogMeanExp.maximum(x, r, scratch);
            float s = LogMeanExp.sum(x, r, m, scratch);
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(x, r, c, t, n);
                LogMeanExp.expOfDifference(t, m, n);
                for (int i = 0; i < n; i++) {
                    t[i] = t[i] / s;
                }
                store(t, op.y(), r, c, n);
            }
        }
    }

    static void logForward(LogForward op, long begin, long end) {
        Matrix x = op.x();
        Scratch scratch = Scratch.get();
        float[] t = scratch.tile(0);
        int columns = (int) x.columns();
        for (long r = begin; r < end; r++) {
            float m = LogMeanExp.maximum(x, r, scratch);
            float logSum = Log.log(LogMeanExp.sum(x, r, m, scratch));
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(x, r, c, t, n);
                for (int i = 0; i < n; i++) {
                    t[i] = (t[i] - m) - logSum;
                }
                store(t, op.y(), r, c, n);
            }
        }
    }

    static void backward(Backward op, long begin, long end) {
        Scratch scratch = Scratch.get();
        float[] y = scratch.tile(0);
        float[] dy = scratch.tile(1);
        int columns = (int) op.y().columns();
        for (long r = begin; r < end; r++) {
            RowSum.clear(scratch.lanes);
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(op.y(), r, c, y, n);
                load(op.dy(), r, c, dy, n);
                for (int i = 0; i < n; i++) {
                    dy[i] = y[i] * dy[i];
                }
                RowSum.add(scratch.lanes, dy, 0, n);
            }
            float sum = RowSum.finish(scratch.lanes);
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(op.y(), r, c, y, n);
                load(op.dy(), r, c, dy, n);
                for (int i = 0; i < n; i++) {
                    dy[i] = y[i] * (dy[i] - sum);
                }
                store(dy, op.dx(), r, c, n);
            }
        }
    }

    static void logBackward(LogBackward op, long begin, long end) {
        Scratch scratch = Scratch.get();
        float[] y = scratch.tile(0);
        float[] dy = scratch.tile(1);
        int columns = (int) op.y().columns();
        for (long r = begin; r < end; r++) {
            RowSum.clear(scratch.lanes);
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(op.dy(), r, c, dy, n);
                RowSum.add(scratch.lanes, dy, 0, n);
            }
            float sum = RowSum.finish(scratch.lanes);
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(op.y(), r, c, y, n);
                load(op.dy(), r, c, dy, n);
                for (int i = 0; i < n; i++) {
                    dy[i] = Math.fma(-Exp.exp(y[i]), sum, dy[i]);
                }
                store(dy, op.dx(), r, c, n);
            }
        }
    }
}
