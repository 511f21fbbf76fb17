package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.get;
import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.set;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.ElementType;
import io.elbo4j.Matrix;
import io.elbo4j.numerics.Exp;
import io.elbo4j.numerics.RowSum;
import io.elbo4j.numerics.VarianceKl;
import io.elbo4j.operation.GaussianSampleKl.Backward;
import io.elbo4j.operation.GaussianSampleKl.Forward;
import java.util.Arrays;

/**
 * K samples of a diagonal Gaussian, its KL divergence from a prior and, on request, log p(z) - log q(z) of each sample.
 * For a row with mean m and log-variance lv, a prior with mean pm and log-variance plv, and noise eps:
 *
 * <pre>
 * s = exp(lv / 2), z = m + s eps
 * i = exp(-plv / 2), r = s i, d = (m - pm) i
 * kl       = 1/2 sum(d^2 + {@link VarianceKl varianceKl}(lv - plv, r))
 * logRatio = 1/2 sum(eps^2 + lv - plv - ((z - pm) i)^2)           z as it is stored
 *
 * dMean             = sum over K of dz + w d i                    w = dKl, times the column's weight if there are any
 * dLogVariance      = sum over K of dz eps s / 2 + w/2 (r^2 - 1)
 * dPriorMean        = -w d i
 * dPriorLogVariance = w/2 (1 - (d^2 + r^2))
 * </pre>
 *
 * Half the exponents, squared after the product: a moderate KL of extreme variances is in range.
 *
 * <p>mean and logVariance are B x D, z is B K x D with the samples of a row next to each other, kl is B x 1, logRatio B
 * K x 1. Moves 12 bytes an element forward (20 with a prior) and 20 backward: the noise is drawn again, not stored.
 *
 * <p>Where z and dz are null there are no samples, and the sums over them are -0, to which adding changes nothing.
 *
 * <p>A standard normal prior is pm = 0, plv = 0, i = 1, to the bit: nothing is rounded when one adds 0 or multiplies
 * by 1.
 */
final class GaussianSampleKl {
    private GaussianSampleKl() {}

    static void forward(Forward op, long begin, long end) {
        Matrix mean = op.mean();
        Matrix z = op.z();
        Matrix logRatio = op.logRatio();
        Scratch scratch = Scratch.get();
        float[] m = scratch.tile(0);
        float[] lv = scratch.tile(1);
        float[] s = scratch.tile(2);
        float[] pm = scratch.tile(3);
        float[] plv = scratch.tile(4);
        float[] inverse = scratch.tile(5);
        float[] eps = scratch.tile(6);
        float[] sample = scratch.tile(7);
        float[] term = scratch.tile(8);
        int columns = (int) mean.columns();
        long samples = z == null || mean.rows() == 0 ? 0 : z.rows() / mean.rows();
        for (long r = begin; r < end; r++) {
            RowSum.clear(scratch.lanes);
            long first = r * samples;
            for (long zRow = first; zRow == first || zRow < first + samples; zRow++) {
                RowSum.clear(scratch.otherLanes);
                for (int c = 0; c < columns; c += TILE) {
                    int n = width(c, columns);
                    load(mean, r, c, m, n);
                    load(op.logVariance(), r, c, lv, n);
                    loadPrior(op.priorMean(), op.priorLogVariance(), r, c, pm, plv, inverse, n);
                    standardDeviation(lv, s, n);
                    if (zRow == first) {
                        klTerms(m, lv, s, pm, plv, inverse, term, n);
                        RowSum.add(scratch.lanes, term, 0, n);
                    }
                    if (z == null) {
                        continue;
                    }
                    RandomFill.normals(op.noise(), zRow, c, eps, n, scratch.words);
                    sample(m, s, eps, sample, n);
                    store(sample, z, zRow, c, n);
                    if (logRatio != null) {
                        if (z.type() != ElementType.FLOAT32) {
                            load(z, zRow, c, sample, n);
                        }
                        logRatioTerms(sample, eps, lv, pm, plv, inverse, term, n);
                        RowSum.add(scratch.otherLanes, term, 0, n);
                    }
                }
                if (logRatio != null) {
                    set(logRatio, zRow, 0.5f * RowSum.finish(scratch.otherLanes));
                }
            }
            set(op.kl(), r, 0.5f * RowSum.finish(scratch.lanes));
        }
    }

    static void backward(Backward op, long begin, long end) {
        Matrix mean = op.mean();
        Matrix dz = op.dz();
        Matrix dPriorMean = op.dPriorMean();
        Matrix dPriorLogVariance = op.dPriorLogVariance();
        Scratch scratch = Scratch.get();
        float[] m = scratch.tile(0);
        float[] lv = scratch.tile(1);
        float[] s = scratch.tile(2);
        float[] pm = scratch.tile(3);
        float[] plv = scratch.tile(4);
        float[] inverse = scratch.tile(5);
        float[] eps = scratch.tile(6);
        float[] w = scratch.tile(7);
        float[] g = scratch.tile(8);
        float[] sum = scratch.tile(9);
        float[] sumEps = scratch.tile(10);
        float[] result = scratch.tile(11);
        int columns = (int) mean.columns();
        long samples = dz == null || mean.rows() == 0 ? 0 : dz.rows() / mean.rows();
        for (long r = begin; r < end; r++) {
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                if (dz == null) {
                    Arrays.fill(sum, 0, n, -0.0f);
                    Arrays.fill(sumEps, 0, n, -0.0f);
                }
                for (long zRow = r * samples; zRow < (r + 1) * samples; zRow++) {
                    load(dz, zRow, c, g, n);
                    RandomFill.normals(op.noise(), zRow, c, eps, n, scratch.words);
                    if (zRow == r * samples) {
                        startSums(g, eps, sum, sumEps, n);
                    } else {
                        addToSums(g, eps, sum, sumEps, n);
                    }
                }
                load(mean, r, c, m, n);
                load(op.logVariance(), r, c, lv, n);
                loadPrior(op.priorMean(), op.priorLogVariance(), r, c, pm, plv, inverse, n);
                standardDeviation(lv, s, n);
                loadWeights(get(op.dKl(), r), op.columnWeight(), c, w, n);
                meanGradient(m, pm, inverse, w, sum, result, n);
                store(result, op.dMean(), r, c, n);
                logVarianceGradient(s, inverse, w, sumEps, result, n);
                store(result, op.dLogVariance(), r, c, n);
                if (dPriorMean != null) {
                    priorMeanGradient(m, pm, inverse, w, result, n);
                    store(result, dPriorMean, r, c, n);
                }
                if (dPriorLogVariance != null) {
                    priorLogVarianceGradient(m, s, pm, inverse, w, result, n);
                    store(result, dPriorLogVariance, r, c, n);
                }
            }
        }
    }

    /** pm, plv and inverse = exp(-plv / 2) of a prior, or of the standard normal where it is null. */
    static void loadPrior(Matrix priorMean, Matrix priorLogVariance, long row, int column, float[] pm, float[] plv,
            float[] inverse, int n) {
        if (priorMean == null) {
            Arrays.fill(pm, 0, n, 0);
            Arrays.fill(plv, 0, n, 0);
            Arrays.fill(inverse, 0, n, 1);
            return;
        }
        load(priorMean, row, column, pm, n);
        load(priorLogVariance, row, column, plv, n);
        for (int i = 0; i < n; i++) {
            inverse[i] = Exp.exp(-0.5f * plv[i]);
        }
    }

    private static void loadWeights(float dKl, Matrix columnWeight, int column, float[] w, int n) {
        if (columnWeight == null) {
            Arrays.fill(w, 0, n, dKl);
            return;
        }
        load(columnWeight, 0, column, w, n);
        for (int i = 0; i < n; i++) {
            w[i] = dKl * w[i];
        }
    }

    static void standardDeviation(float[] lv, float[] s, int n) {
        for (int i = 0; i < n; i++) {
            s[i] = Exp.exp(0.5f * lv[i]);
        }
    }

    static void klTerms(float[] m, float[] lv, float[] s, float[] pm, float[] plv, float[] inverse, float[] t, int n) {
        for (int i = 0; i < n; i++) {
            float r = s[i] * inverse[i];
            t[i] = VarianceKl.varianceKl(lv[i] - plv[i], r);
        }
        for (int i = 0; i < n; i++) {
            float d = (m[i] - pm[i]) * inverse[i];
            t[i] = Math.fma(d, d, t[i]);
        }
    }

    private static void sample(float[] m, float[] s, float[] eps, float[] z, int n) {
        for (int i = 0; i < n; i++) {
            z[i] = Math.fma(s[i], eps[i], m[i]);
        }
    }

    private static void logRatioTerms(
            float[] z, float[] eps, float[] lv, float[] pm, float[] plv, float[] inverse, float[] u, int n) {
        for (int i = 0; i < n; i++) {
            float d = (z[i] - pm[i]) * inverse[i];
            u[i] = Math.fma(-d, d, Math.fma(eps[i], eps[i], lv[i]) - plv[i]);
        }
    }

    private static void startSums(float[] dz, float[] eps, float[] sum, float[] sumEps, int n) {
        for (int i = 0; i < n; i++) {
            float g = dz[i];
            float e = eps[i];
            sum[i] = g;
            sumEps[i] = g * e;
        }
    }

    private static void addToSums(float[] dz, float[] eps, float[] sum, float[] sumEps, int n) {
        for (int i = 0; i < n; i++) {
            float g = dz[i];
            float e = eps[i];
            float gm = sum[i];
            float ga = sumEps[i];
            sum[i] = gm + g;
            sumEps[i] = Math.fma(g, e, ga);
        }
    }

    // One loop for each gradient: the compiler does not vectorise a loop over eight arrays.

    private static void meanGradient(float[] m, float[] pm, float[] inverse, float[] w, float[] sum, float[] dMean,
            int n) {
        for (int i = 0; i < n; i++) {
            float di = ((m[i] - pm[i]) * inverse[i]) * inverse[i];
            dMean[i] = Math.fma(w[i], di, sum[i]);
        }
    }

    private static void logVarianceGradient(
            float[] s, float[] inverse, float[] w, float[] sumEps, float[] dLogVariance, int n) {
        for (int i = 0; i < n; i++) {
            float r = s[i] * inverse[i];
            float a = sumEps[i] * (0.5f * s[i]);
            dLogVariance[i] = Math.fma(0.5f * w[i], Math.fma(r, r, -1), a);
        }
    }

    private static void priorMeanGradient(float[] m, float[] pm, float[] inverse, float[] w, float[] dPriorMean,
            int n) {
        for (int i = 0; i < n; i++) {
            float di = ((m[i] - pm[i]) * inverse[i]) * inverse[i];
            dPriorMean[i] = -(w[i] * di);
        }
    }

    private static void priorLogVarianceGradient(float[] m, float[] s, float[] pm, float[] inverse, float[] w,
            float[] dPriorLogVariance, int n) {
        for (int i = 0; i < n; i++) {
            float r = s[i] * inverse[i];
            float d = (m[i] - pm[i]) * inverse[i];
            dPriorLogVariance[i] = (0.5f * w[i]) * (1 - Math.fma(d, d, r * r));
        }
    }
}
