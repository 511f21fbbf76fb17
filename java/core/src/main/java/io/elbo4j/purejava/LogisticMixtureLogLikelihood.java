package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.get;
import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.set;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.numerics.DiscretisedLogistic;
import io.elbo4j.numerics.Log;
import io.elbo4j.numerics.LogSum;
import io.elbo4j.numerics.RowSum;
import io.elbo4j.operation.LogisticMixtureLogLikelihood.Fused;

/**
 * The log-likelihood of levels x under mixtures of discretised logistic variables, and its gradients. Of each element,
 * over its components k with log-probability p_k, and u_k = l_k + p_k:
 *
 * <pre>
 * logLikelihood = sum(log(sum_k exp(u_k)) - log(sum_k exp(l_k)))
 * dLogits_k = w (r_k - softmax(l)_k)    dMean_k, dLogScale_k = w r_k times p_k's    r_k = exp(u_k) / sum exp(u)
 * </pre>
 *
 * <p>logits, mean, logScale and gradients are rows x components columns: component k of column d in column k columns +
 * d; x rows / samples x columns. Moves 24 bytes a component and element, 12 without the gradients; what is read again
 * comes from a cache.
 */
final class LogisticMixtureLogLikelihood {
    private LogisticMixtureLogLikelihood() {}

    static void fused(Fused op, long begin, long end) {
        Scratch scratch = Scratch.get();
        float[] x = scratch.tile(0);
        float[] l = scratch.tile(1);
        float[] u = scratch.tile(5);
        float[] mostOfL = scratch.tile(6);
        float[] sumOfL = scratch.tile(7);
        float[] mostOfU = scratch.tile(8);
        float[] sumOfU = scratch.tile(9);
        int columns = (int) op.x().columns();
        int components = (int) (op.logits().columns() / columns);
        long samples = op.x().rows() == 0 ? 1 : op.logits().rows() / op.x().rows();
        for (long r = begin; r < end; r++) {
            RowSum.clear(scratch.lanes);
            for (int column = 0; column < columns; column += TILE) {
                int n = width(column, columns);
                load(op.x(), r / samples, column, x, n);
                for (int k = 0; k < components; k++) {
                    joint(op, r, k * columns + column, scratch, n);
                    if (k == 0) {
                        LogSum.begin(l, mostOfL, sumOfL, n);
                        LogSum.begin(u, mostOfU, sumOfU, n);
                    } else {
                        LogSum.add(l, mostOfL, sumOfL, n);
                        LogSum.add(u, mostOfU, sumOfU, n);
                    }
                }
                if (op.dLogLikelihood() != null) {
                    float w = get(op.dLogLikelihood(), r);
                    for (int k = 0; k < components; k++) {
                        gradients(op, r, k * columns + column, w, scratch, n);
                    }
                }
                for (int i = 0; i < n; i++) {
                    u[i] = (mostOfU[i] - mostOfL[i]) + Log.log(sumOfU[i] / sumOfL[i]);
                }
                RowSum.add(scratch.lanes, u, 0, n);
            }
            set(op.logLikelihood(), r, RowSum.finish(scratch.lanes));
        }
    }

    /** u of a component, and beside it what it is made of. */
    private static void joint(Fused op, long row, int column, Scratch scratch, int n) {
        float[] x = scratch.tile(0);
        float[] l = scratch.tile(1);
        float[] m = scratch.tile(2);
        float[] s = scratch.tile(3);
        float[] inverse = scratch.tile(4);
        float[] u = scratch.tile(5);
        load(op.logits(), row, column, l, n);
        load(op.mean(), row, column, m, n);
        load(op.logScale(), row, column, s, n);
        DiscretisedLogistic.inverses(s, inverse, n);
        for (int i = 0; i < n; i++) {
            u[i] = l[i] + DiscretisedLogistic.term(x[i], m[i], op.top(), inverse[i]);
        }
    }

    private static void gradients(Fused op, long row, int column, float w, Scratch scratch, int n) {
        float[] x = scratch.tile(0);
        float[] l = scratch.tile(1);
        float[] m = scratch.tile(2);
        float[] s = scratch.tile(3);
        float[] inverse = scratch.tile(4);
        float[] u = scratch.tile(5);
        float top = op.top();
        joint(op, row, column, scratch, n);
        for (int i = 0; i < n; i++) {
            float share = LogSum.share(scratch.tile(8)[i], scratch.tile(9)[i], u[i]);
            l[i] = w * (share - LogSum.share(scratch.tile(6)[i], scratch.tile(7)[i], l[i]));
            float ofMean = DiscretisedLogistic.ofMean(x[i], m[i], top, inverse[i]);
            s[i] = (w * share) * DiscretisedLogistic.ofLogScale(x[i], m[i], top, inverse[i]);
            m[i] = (w * share) * ofMean;
        }
        if (op.dLogits() != null) {
            store(l, op.dLogits(), row, column, n);
        }
        if (op.dMean() != null) {
            store(m, op.dMean(), row, column, n);
        }
        if (op.dLogScale() != null) {
            store(s, op.dLogScale(), row, column, n);
        }
    }
}
