package io.elbo4j.purejava;

import static io.elbo4j.numerics.TanhGaussian.logSigma;
import static io.elbo4j.numerics.TanhGaussian.sGradient;
import static io.elbo4j.numerics.TanhGaussian.term;
import static io.elbo4j.numerics.TanhGaussian.uGradient;
import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.Matrix;
import io.elbo4j.numerics.Exp;
import io.elbo4j.numerics.RowSum;
import io.elbo4j.numerics.Tanh;
import io.elbo4j.operation.TanhGaussian.Backward;
import io.elbo4j.operation.TanhGaussian.Forward;

/**
 * A sample of a diagonal Gaussian squashed by tanh, its log-probability, and the gradients of both, by the functions of
 * {@link io.elbo4j.numerics.TanhGaussian}:
 *
 * <pre>
 * l = logSigma(spread), u = mean + exp(l) eps
 * action = tanh(u), logProbability = sum over the columns of term(u, eps, l)
 *
 * dMean   = uGradient(u, dAction, dLogProbability)
 * dSpread = sGradient(spread, exp(l), eps, dMean, dLogProbability)
 * </pre>
 *
 * <p>All rows x columns, logProbability and its gradient rows x 1. Moves 12 bytes an element forward and 20 backward:
 * the noise is drawn again, not stored.
 */
final class TanhGaussian {
    private TanhGaussian() {}

    static void forward(Forward op, long begin, long end) {
        Matrix mean = op.mean();
        Scratch scratch = Scratch.get();
        float[] m = scratch.tile(0);
        float[] s = scratch.tile(1);
        float[] eps = scratch.tile(2);
        float[] action = scratch.tile(3);
        float[] terms = scratch.tile(4);
        float[] sum = scratch.tile(5);
        int columns = (int) mean.columns();
        for (long r = begin; r < end; r++) {
            RowSum.clear(scratch.lanes);
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(mean, r, c, m, n);
                load(op.spread(), r, c, s, n);
                RandomFill.normals(op.noise(), r, c, eps, n, scratch.words);
                for (int i = 0; i < n; i++) {
                    float l = logSigma(s[i]);
                    float u = Math.fma(Exp.exp(l), eps[i], m[i]);
                    action[i] = Tanh.tanh(u);
                    terms[i] = term(u, eps[i], l);
                }
                store(action, op.action(), r, c, n);
                RowSum.add(scratch.lanes, terms, 0, n);
            }
            sum[0] = RowSum.finish(scratch.lanes);
            store(sum, op.logProbability(), r, 0, 1);
        }
    }

    static void backward(Backward op, long begin, long end) {
        Matrix mean = op.mean();
        Scratch scratch = Scratch.get();
        float[] m = scratch.tile(0);
        float[] s = scratch.tile(1);
        float[] eps = scratch.tile(2);
        float[] g = scratch.tile(3);
        float[] w = scratch.tile(4);
        int columns = (int) mean.columns();
        for (long r = begin; r < end; r++) {
            load(op.dLogProbability(), r, 0, w, 1);
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(mean, r, c, m, n);
                load(op.spread(), r, c, s, n);
                load(op.dAction(), r, c, g, n);
                RandomFill.normals(op.noise(), r, c, eps, n, scratch.words);
                for (int i = 0; i < n; i++) {
                    float sigma = Exp.exp(logSigma(s[i]));
                    g[i] = uGradient(Math.fma(sigma, eps[i], m[i]), g[i], w[0]);
                    s[i] = sGradient(s[i], sigma, eps[i], g[i], w[0]);
                }
                store(g, op.dMean(), r, c, n);
                store(s, op.dSpread(), r, c, n);
            }
        }
    }
}
