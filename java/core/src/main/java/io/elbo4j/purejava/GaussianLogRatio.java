package io.elbo4j.purejava;

import static io.elbo4j.purejava.GaussianSampleKl.loadPrior;
import static io.elbo4j.purejava.GaussianSampleKl.standardDeviation;
import static io.elbo4j.purejava.HeapAddress.get;
import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.Matrix;
import io.elbo4j.numerics.Exp;
import io.elbo4j.operation.GaussianLogRatio.Backward;
import java.util.Arrays;

/**
 * The gradients of log p(z) - log q(z) through K reparameterised samples of a diagonal Gaussian, fused: exp, noise, z,
 * scores and the sums over the samples. For a row with mean m and log-variance lv, a prior with mean pm and
 * log-variance plv, a sample's noise eps, weight w of its log ratio and weight c of its path (1 where there is none):
 *
 * <pre>
 * s = exp(lv / 2), z = m + s eps
 * i = exp(-plv / 2), d = (z - pm) i
 * score = -d i, and where stopped + eps exp(-lv / 2)
 * g = c (dz + w score)
 *
 * dMean             = sum over K of g
 * dLogVariance      = sum over K of g eps s / 2, and unless stopped + sum over K of w / 2
 * dPriorMean        = sum over K of w d i
 * dPriorLogVariance = 1/2 sum over K of w (d^2 - 1)
 * </pre>
 *
 * Each sum is a chain in the order of the samples, from -0, to which adding changes nothing; products are added by fma.
 *
 * <p>mean and logVariance are B x D, dz is B K x D with the samples of a row next to each other, dLogRatio and
 * pathWeight are B K x 1. Moves 20 bytes an element with one sample, 36 with a prior and its gradients: neither the
 * noise nor z is read.
 *
 * <p>A standard normal prior is pm = 0, i = 1, to the bit.
 */
final class GaussianLogRatio {
    private GaussianLogRatio() {}

    static void backward(Backward op, long begin, long end) {
        Matrix mean = op.mean();
        Matrix dz = op.dz();
        boolean stopped = op.stopped();
        boolean priorLearns = op.dPriorMean() != null;
        Scratch scratch = Scratch.get();
        float[] m = scratch.tile(0);
        float[] s = scratch.tile(1);
        float[] inverseS = scratch.tile(2);
        float[] pm = scratch.tile(3);
        float[] inverse = scratch.tile(4);
        float[] eps = scratch.tile(5);
        float[] g = scratch.tile(6);
        float[] d = scratch.tile(7);
        float[] sum = scratch.tile(8);
        float[] sumEps = scratch.tile(9);
        float[] ofPriorMean = scratch.tile(10);
        float[] ofPriorLogVariance = scratch.tile(11);
        int columns = (int) mean.columns();
        long samples = mean.rows() == 0 ? 0 : dz.rows() / mean.rows();
        for (long r = begin; r < end; r++) {
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(mean, r, c, m, n);
                loadPrior(op.priorMean(), op.priorLogVariance(), r, c, pm, d, inverse, n);
                load(op.logVariance(), r, c, d, n);
                standardDeviation(d, s, n);
                if (stopped) {
                    inverseDeviation(d, inverseS, n);
                }
                Arrays.fill(sum, 0, n, -0.0f);
                Arrays.fill(sumEps, 0, n, -0.0f);
                Arrays.fill(ofPriorMean, 0, n, -0.0f);
                Arrays.fill(ofPriorLogVariance, 0, n, -0.0f);
                float weights = -0.0f;
                for (long zRow = r * samples; zRow < (r + 1) * samples; zRow++) {
                    float w = get(op.dLogRatio(), zRow);
                    load(dz, zRow, c, g, n);
                    RandomFill.normals(op.noise(), zRow, c, eps, n, scratch.words);
                    differences(m, s, eps, pm, inverse, d, n);
                    if (stopped) {
                        addStoppedScores(w, d, inverse, eps, inverseS, g, n);
                    } else {
                        addScores(w, d, inverse, g, n);
                    }
                    if (op.pathWeight() != null) {
                        scale(get(op.pathWeight(), zRow), g, n);
                    }
                    addToSums(g, eps, sum, sumEps, n);
                    if (priorLearns) {
                        addToPrior(w, d, inverse, ofPriorMean, ofPriorLogVariance, n);
                    }
                    weights = weights + w;
                }
                store(sum, op.dMean(), r, c, n);
                logVarianceGradient(s, sumEps, n);
                if (!stopped) {
                    addHalf(weights, sumEps, n);
                }
                store(sumEps, op.dLogVariance(), r, c, n);
                if (priorLearns) {
                    store(ofPriorMean, op.dPriorMean(), r, c, n);
                    scale(0.5f, ofPriorLogVariance, n);
                    store(ofPriorLogVariance, op.dPriorLogVariance(), r, c, n);
                }
            }
        }
    }

    private static void inverseDeviation(float[] lv, float[] inverse, int n) {
        for (int i = 0; i < n; i++) {
            inverse[i] = Exp.exp(-0.5f * lv[i]);
        }
    }

    /** Of z from the prior's mean, in its standard deviations. */
    private static void differences(float[] m, float[] s, float[] eps, float[] pm, float[] inverse, float[] d, int n) {
        for (int i = 0; i < n; i++) {
            d[i] = (Math.fma(s[i], eps[i], m[i]) - pm[i]) * inverse[i];
        }
    }

    private static void addScores(float w, float[] d, float[] inverse, float[] g, int n) {
        for (int i = 0; i < n; i++) {
            g[i] = Math.fma(w, -(d[i] * inverse[i]), g[i]);
        }
    }

    private static void addStoppedScores(float w, float[] d, float[] inverse, float[] eps, float[] inverseS, float[] g,
            int n) {
        for (int i = 0; i < n; i++) {
            g[i] = Math.fma(w, Math.fma(eps[i], inverseS[i], -(d[i] * inverse[i])), g[i]);
        }
    }

    private static void scale(float by, float[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = by * x[i];
        }
    }

    private static void addToSums(float[] g, float[] eps, float[] sum, float[] sumEps, int n) {
        for (int i = 0; i < n; i++) {
            float before = sum[i];
            float beforeEps = sumEps[i];
            sum[i] = before + g[i];
            sumEps[i] = Math.fma(g[i], eps[i], beforeEps);
        }
    }

    private static void addToPrior(float w, float[] d, float[] inverse, float[] ofMean, float[] ofLogVariance, int n) {
        for (int i = 0; i < n; i++) {
            float mean = ofMean[i];
            float logVariance = ofLogVariance[i];
            ofMean[i] = Math.fma(w, d[i] * inverse[i], mean);
            ofLogVariance[i] = Math.fma(w, Math.fma(d[i], d[i], -1), logVariance);
        }
    }

    private static void logVarianceGradient(float[] s, float[] sumEps, int n) {
        for (int i = 0; i < n; i++) {
            sumEps[i] = sumEps[i] * (0.5f * s[i]);
        }
    }

    private static void addHalf(float weights, float[] to, int n) {
        float half = 0.5f * weights;
        for (int i = 0; i < n; i++) {
            to[i] = to[i] + half;
        }
    }
}
