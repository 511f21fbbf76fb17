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
import io.elbo4j.operation.CategoricalLogLikelihood.Fused;
import java.util.Arrays;

/**
 * The log-likelihood of class numbers x under softmax(logits), and its gradient. Of each element, over its classes c:
 *
 * <pre>
 * m = max(l_c)    s = sum(exp(l_c - m))    y_c = (l_c - m) - log(s)
 * logLikelihood = sum(y_x)
 * dLogits_c     = w (c == x) - exp(y_c) w, the product and the difference rounded once
 * </pre>
 *
 * <p>s is added in double precision, four classes at a time, which are a quad of float32. NaN where x is no class.
 * logits and dLogits are rows x classes columns: class c of column d in column c columns + d; x rows / samples x
 * columns. Moves 8 bytes a logit, 4 without the gradient; what is read again comes from a cache.
 */
final class CategoricalLogLikelihood {
    private CategoricalLogLikelihood() {}

    static void fused(Fused op, long begin, long end) {
        Scratch scratch = Scratch.get();
        float[] x = scratch.tile(0);
        float[] m = scratch.tile(1);
        float[] y = scratch.tile(2);
        float[] logSum = scratch.tile(3);
        float[] terms = scratch.tile(4);
        int columns = (int) op.x().columns();
        int classes = (int) (op.logits().columns() / columns);
        long samples = op.x().rows() == 0 ? 1 : op.logits().rows() / op.x().rows();
        for (long r = begin; r < end; r++) {
            RowSum.clear(scratch.lanes);
            for (int column = 0; column < columns; column += TILE) {
                int n = width(column, columns);
                load(op.x(), r / samples, column, x, n);
                maxima(op.logits(), r, column, columns, classes, x, m, y, scratch.tile(5), n);
                sums(op.logits(), r, column, columns, classes, m, scratch, n);
                for (int i = 0; i < n; i++) {
                    float logOf = Log.log((float) scratch.sums[i]);
                    terms[i] = (y[i] - m[i]) - logOf;
                    logSum[i] = Float.isNaN(y[i]) ? y[i] : logOf;
                }
                if (op.dLogLikelihood() != null) {
                    float w = get(op.dLogLikelihood(), r);
                    float[] l = scratch.tile(5);
                    for (int c = 0; c < classes; c++) {
                        load(op.logits(), r, c * columns + column, l, n);
                        for (int i = 0; i < n; i++) {
                            float probability = Exp.exp((l[i] - m[i]) - logSum[i]);
                            l[i] = Math.fma(-probability, w, x[i] == c ? w : 0.0f);
                        }
                        store(l, op.dLogits(), r, c * columns + column, n);
                    }
                }
                RowSum.add(scratch.lanes, terms, 0, n);
            }
            set(op.logLikelihood(), r, RowSum.finish(scratch.lanes));
        }
    }

    /** And the logit of the class that is there, NaN where x is none. */
    private static void maxima(Matrix logits, long row, int column, int columns, int classes, float[] x, float[] m,
            float[] y, float[] l, int n) {
        Arrays.fill(m, 0, n, Float.NEGATIVE_INFINITY);
        Arrays.fill(y, 0, n, Float.NaN);
        for (int c = 0; c < classes; c++) {
            load(logits, row, c * columns + column, l, n);
            for (int i = 0; i < n; i++) {
                m[i] = Math.max(m[i], l[i]);
                y[i] = x[i] == c ? l[i] : y[i];
            }
        }
    }

    private static void sums(Matrix logits, long row, int column, int columns, int classes, float[] m, Scratch scratch,
            int n) {
        Arrays.fill(scratch.sums, 0, n, 0.0);
        for (int c = 0; c < classes; c += 4) {
            for (int j = 0; j < 4; j++) {
                float[] e = scratch.tile(5 + j);
                if (c + j < classes) {
                    load(logits, row, (c + j) * columns + column, e, n);
                    for (int i = 0; i < n; i++) {
                        e[i] = Exp.exp(e[i] - m[i]);
                    }
                } else {
                    Arrays.fill(e, 0, n, 0.0f);
                }
            }
            for (int i = 0; i < n; i++) {
                scratch.sums[i] += (scratch.tile(5)[i] + scratch.tile(6)[i]) + (scratch.tile(7)[i] + scratch.tile(
                        8)[i]);
            }
        }
    }
}
