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
 * The log-likelihood of independent elements x with one to three parameters p each, and its gradients, which share what
 * is costly:
 *
 * <pre>
 * logLikelihood = sum(term(x, p))
 * dP            = w derivative(x, p)        w = dLogLikelihood
 * </pre>
 *
 * <p>A parameter is B K x D, x is B x D: row r of the parameters belongs to row r / K of x. logLikelihood is B K x 1.
 * With one parameter it moves 12 bytes an element with the gradient, 8 without; 8 more for each further one, or 4.
 */
final class LogLikelihood {
    private LogLikelihood() {}

    static void fused(Fused op, long begin, long end) {
        ElementLikelihood elements = op.elements();
        int count = op.function().parameters().size();
        Matrix x = op.x();
        Scratch scratch = Scratch.get();
        float[][] p = scratch.three;
        float[][] gradients = scratch.nextThree;
        float[] observed = scratch.tile(6);
        float[] shared = scratch.tile(7);
        float[] term = scratch.tile(8);
        int columns = (int) op.parameter().columns();
        long samples = x.rows() == 0 ? 1 : op.parameter().rows() / x.rows();
        for (long r = begin; r < end; r++) {
            RowSum.clear(scratch.lanes);
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                for (int i = 0; i < count; i++) {
                    load(parameter(op, i), r, c, p[i], n);
                }
                load(x, r / samples, c, observed, n);
                elements.shared(p, shared, n);
                elements.terms(observed, p, shared, term, n);
                RowSum.add(scratch.lanes, term, 0, n);
                if (op.dLogLikelihood() != null) {
                    elements.gradients(get(op.dLogLikelihood(), r), observed, p, shared, gradients, n);
                    for (int i = 0; i < count; i++) {
                        Matrix gradient = gradient(op, i);
                        if (gradient != null) {
                            store(gradients[i], gradient, r, c, n);
                        }
                    }
                }
            }
            set(op.logLikelihood(), r, RowSum.finish(scratch.lanes));
        }
    }

    private static Matrix parameter(Fused op, int i) {
        return i == 0 ? op.parameter() : i == 1 ? op.second() : op.third();
    }

    private static Matrix gradient(Fused op, int i) {
        return i == 0 ? op.dParameter() : i == 1 ? op.dSecond() : op.dThird();
    }
}
