package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.get;
import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.set;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.Matrix;
import io.elbo4j.numerics.Exp;
import io.elbo4j.numerics.RowSum;
import io.elbo4j.operation.GaussianLogLikelihood.Fused;
import io.elbo4j.operation.GaussianLogLikelihood.SharedLogVarianceGradient;
import java.util.Arrays;

/**
 * The log-density of x under a diagonal Gaussian with mean m and log-variance lv, and its gradients, from one
 * exponential:
 *
 * <pre>
 * iv = exp(-lv), d = x - m, q = d^2 iv
 * logLikelihood = -1/2 (sum(lv + q) + D log(2 pi))
 * dMean         = w d iv                    w = dLogLikelihood
 * dLogVariance  = w/2 (q - 1)               summed over the rows where one log-variance is shared by all
 * </pre>
 *
 * <p>mean is B K x D, x is B x D: row r of the mean belongs to row r / K of x. logVariance is B K x D; a row stride of
 * 0 shares one row. logLikelihood is B K x 1. Moves 20 bytes an element with both gradients, 12 without.
 */
final class GaussianLogLikelihood {
    private static final double LOG_TWO_PI = 1.8378770664093454835606594728112;

    private GaussianLogLikelihood() {}

    static void fused(Fused op, long begin, long end) {
        Matrix mean = op.mean();
        Matrix x = op.x();
        Matrix dLogLikelihood = op.dLogLikelihood();
        Matrix dMean = op.dMean();
        Matrix dLogVariance = op.dLogVariance();
        Scratch scratch = Scratch.get();
        float[] m = scratch.tile(0);
        float[] lv = scratch.tile(1);
        float[] iv = scratch.tile(2);
        float[] observed = scratch.tile(3);
        float[] di = scratch.tile(4);
        float[] q = scratch.tile(5);
        float[] term = scratch.tile(6);
        int columns = (int) mean.columns();
        float constant = (float) (columns * LOG_TWO_PI);
        long samples = x.rows() == 0 ? 1 : mean.rows() / x.rows();
        for (long r = begin; r < end; r++) {
            RowSum.clear(scratch.lanes);
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(mean, r, c, m, n);
                load(op.logVariance(), r, c, lv, n);
                load(x, r / samples, c, observed, n);
                precision(lv, iv, n);
                deviations(m, iv, observed, di, q, n);
                sum(lv, q, term, n);
                RowSum.add(scratch.lanes, term, 0, n);
                if (dMean != null) {
                    scale(get(dLogLikelihood, r), di, n);
                    store(di, dMean, r, c, n);
                }
                if (dLogVariance != null) {
                    logVarianceGradient(get(dLogLikelihood, r), q, n);
                    store(q, dLogVariance, r, c, n);
                }
            }
            set(op.logLikelihood(), r, -0.5f * (RowSum.finish(scratch.lanes) + constant));
        }
    }

    /** logVariance and dLogVariance are 1 x D. */
    static void sharedLogVarianceGradient(SharedLogVarianceGradient op, long begin, long end) {
        Matrix mean = op.mean();
        Matrix x = op.x();
        Scratch scratch = Scratch.get();
        Matmul.Scratch chains = Matmul.Scratch.get();
        float[] m = scratch.tile(0);
        float[] lv = scratch.tile(1);
        float[] iv = scratch.tile(2);
        float[] observed = scratch.tile(3);
        float[] di = scratch.tile(4);
        float[] q = scratch.tile(5);
        float[] sum = chains.sums[0];
        int rows = Math.toIntExact(mean.rows());
        int chunks = op.chunks();
        long samples = x.rows() == 0 ? 1 : mean.rows() / x.rows();
        for (int c = (int) begin; c < end; c += TILE) {
            int n = width(c, (int) end);
            load(op.logVariance(), 0, c, lv, n);
            precision(lv, iv, n);
            for (int chunk = 0; chunk < chunks; chunk++) {
                Arrays.fill(sum, 0, n, 0);
                int last = (int) ((chunk + 1L) * rows / chunks);
                for (int r = (int) ((long) chunk * rows / chunks); r < last; r++) {
                    load(mean, r, c, m, n);
                    load(x, r / samples, c, observed, n);
                    deviations(m, iv, observed, di, q, n);
                    logVarianceGradient(get(op.dLogLikelihood(), r), q, n);
                    Matmul.add(q, sum, n);
                }
                chains.merge(chunk, chunks, 1, n);
            }
            store(sum, op.dLogVariance(), 0, c, n);
        }
    }

    private static void precision(float[] lv, float[] iv, int n) {
        for (int i = 0; i < n; i++) {
            iv[i] = Exp.exp(-lv[i]);
        }
    }

    private static void deviations(float[] m, float[] iv, float[] x, float[] di, float[] q, int n) {
        for (int i = 0; i < n; i++) {
            float d = x[i] - m[i];
            float scaled = d * iv[i];
            di[i] = scaled;
            q[i] = d * scaled;
        }
    }

    private static void sum(float[] lv, float[] q, float[] t, int n) {
        for (int i = 0; i < n; i++) {
            t[i] = lv[i] + q[i];
        }
    }

    private static void scale(float w, float[] di, int n) {
        for (int i = 0; i < n; i++) {
            di[i] = w * di[i];
        }
    }

    private static void logVarianceGradient(float w, float[] q, int n) {
        for (int i = 0; i < n; i++) {
            q[i] = (0.5f * w) * (q[i] - 1);
        }
    }
}
