package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.get;
import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.set;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.Matrix;
import io.elbo4j.numerics.ElementLikelihood;
import io.elbo4j.numerics.RowSum;
import io.elbo4j.operation.LogLikelihood.Fused;

/**
 * The log-likelihood of independent elements x with one parameter p each, and its gradient, which share what is costly:
 *
 * <pre>
 * logLikelihood = sum(term(x, p))
 * dParameter    = w derivative(x, p)        w = dLogLikelihood
 * </pre>
 *
 * <p>parameter is B K x D, x is B x D: row r of the parameter belongs to row r / K of x. logLikelihood is B K x 1.
 * Moves 12 bytes an element with the gradient, 8 without.
 */
final class LogLikelihood {
    private LogLikelihood() {}

    static void fused(Fused op, long begin, long end) {
        ElementLikelihood elements = op.function().elements();
        Matrix parameter = op.parameter();
        Matrix x = op.x();
        Matrix dParameter = op.dParameter();
        Scratch scratch = Scratch.get();
        float[] p = scratch.tile(0);
        float[] observed = scratch.tile(1);
        float[] shared = scratch.tile(2);
        float[] term = scratch.tile(3);
        float[] gradient = scratch.tile(4);
        int columns = (int) parameter.columns();
        long samples = x.rows() == 0 ? 1 : parameter.rows() / x.rows();
        for (long r = begin; r < end; r++) {
            RowSum.clear(scratch.lanes);
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(parameter, r, c, p, n);
                load(x, r / samples, c, observed, n);
                elements.shared(p, shared, n);
                elements.terms(observed, p, shared, term, n);
                RowSum.add(scratch.lanes, term, 0, n);
                if (dParameter != null) {
                    elements.gradient(get(op.dLogLikelihood(), r), observed, p, shared, gradient, n);
                    store(gradient, dParameter, r, c, n);
                }
            }
            set(op.logLikelihood(), r, RowSum.finish(scratch.lanes));
        }
    }
}
