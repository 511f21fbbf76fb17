package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.get;
import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.set;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.Matrix;
import io.elbo4j.numerics.Bernoulli;
import io.elbo4j.numerics.Exp;
import io.elbo4j.numerics.RowSum;
import io.elbo4j.numerics.Sigmoid;
import io.elbo4j.operation.BernoulliLogLikelihood.Fused;

/**
 * The log-likelihood of x under independent Bernoulli variables with logits l, and its gradient, from one exponential:
 *
 * <pre>
 * logLikelihood = sum(x l - max(l, 0) - log1p(exp(-|l|)))
 * dLogits       = w (x - sigmoid(l))        w = dLogLikelihood
 * </pre>
 *
 * <p>logits are B K x D, x is B x D: row r of the logits belongs to row r / K of x. logLikelihood is B K x 1. Moves 12
 * bytes an element with the gradient, 8 without.
 */
final class BernoulliLogLikelihood {
    private BernoulliLogLikelihood() {}

    static void fused(Fused op, long begin, long end) {
        Matrix logits = op.logits();
        Matrix x = op.x();
        Matrix dLogits = op.dLogits();
        Scratch scratch = Scratch.get();
        float[] l = scratch.tile(0);
        float[] observed = scratch.tile(1);
        float[] decay = scratch.tile(2);
        float[] term = scratch.tile(3);
        float[] gradient = scratch.tile(4);
        int columns = (int) logits.columns();
        long samples = x.rows() == 0 ? 1 : logits.rows() / x.rows();
        for (long r = begin; r < end; r++) {
            RowSum.clear(scratch.lanes);
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(logits, r, c, l, n);
                load(x, r / samples, c, observed, n);
                decay(l, decay, n);
                terms(l, observed, decay, term, n);
                RowSum.add(scratch.lanes, term, 0, n);
                if (dLogits != null) {
                    gradient(l, observed, decay, get(op.dLogLikelihood(), r), gradient, n);
                    store(gradient, dLogits, r, c, n);
                }
            }
            set(op.logLikelihood(), r, RowSum.finish(scratch.lanes));
        }
    }

    private static void decay(float[] l, float[] e, int n) {
        for (int i = 0; i < n; i++) {
            e[i] = Exp.expNonpositive(-Math.abs(l[i]));
        }
    }

    private static void terms(float[] l, float[] x, float[] e, float[] t, int n) {
        for (int i = 0; i < n; i++) {
            t[i] = Bernoulli.logLikelihood(x[i], l[i], e[i]);
        }
    }

    private static void gradient(float[] l, float[] x, float[] e, float w, float[] dLogits, int n) {
        for (int i = 0; i < n; i++) {
            dLogits[i] = w * (x[i] - Sigmoid.sigmoid(l[i], e[i]));
        }
    }
}
