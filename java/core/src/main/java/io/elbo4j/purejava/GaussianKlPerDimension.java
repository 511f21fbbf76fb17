package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.Matrix;
import io.elbo4j.operation.GaussianKlPerDimension.Forward;
import io.elbo4j.operation.GaussianKlPerDimension.FreeBitsGate;
import java.util.Arrays;

/**
 * The KL divergence of each latent dimension, summed over the batch, and the gate of free bits (Kingma et al. 2016,
 * appendix C8): the columns whose KL is at most the threshold get no gradient from it.
 *
 * <pre>
 * klPerDimension = 1/2 sum over rows of (d^2 + varianceKl(lv - plv, r))      as in {@link GaussianSampleKl}
 * columnWeight   = klPerDimension &lt;= threshold ? 0 : 1
 * </pre>
 *
 * <p>mean and logVariance are B x D, the results 1 x D. Moves 8 bytes an element, 16 with a prior.
 */
final class GaussianKlPerDimension {
    private GaussianKlPerDimension() {}

    static void forward(Forward op, long begin, long end) {
        Matrix mean = op.mean();
        Scratch scratch = Scratch.get();
        Matmul.Scratch chains = Matmul.Scratch.get();
        float[] m = scratch.tile(0);
        float[] lv = scratch.tile(1);
        float[] s = scratch.tile(2);
        float[] pm = scratch.tile(3);
        float[] plv = scratch.tile(4);
        float[] inverse = scratch.tile(5);
        float[] t = scratch.tile(6);
        float[] sum = chains.sums[0];
        int rows = Math.toIntExact(mean.rows());
        int chunks = op.chunks();
        for (int c = (int) begin; c < end; c += TILE) {
            int n = width(c, (int) end);
            for (int chunk = 0; chunk < chunks; chunk++) {
                Arrays.fill(sum, 0, n, 0);
                int last = (int) ((chunk + 1L) * rows / chunks);
                for (int r = (int) ((long) chunk * rows / chunks); r < last; r++) {
                    load(mean, r, c, m, n);
                    load(op.logVariance(), r, c, lv, n);
                    GaussianSampleKl.loadPrior(op.priorMean(), op.priorLogVariance(), r, c, pm, plv, inverse, n);
                    GaussianSampleKl.standardDeviation(lv, s, n);
                    GaussianSampleKl.klTerms(m, lv, s, pm, plv, inverse, t, n);
                    Matmul.add(t, sum, n);
                }
                chains.merge(chunk, chunks, 1, n);
            }
            for (int i = 0; i < n; i++) {
                sum[i] = 0.5f * sum[i];
            }
            store(sum, op.klPerDimension(), 0, c, n);
        }
    }

    static void freeBitsGate(FreeBitsGate op, long begin, long end) {
        float[] kl = Scratch.get().tile(0);
        float threshold = op.threshold();
        for (int c = (int) begin; c < end; c += TILE) {
            int n = width(c, (int) end);
            load(op.klPerDimension(), 0, c, kl, n);
            for (int i = 0; i < n; i++) {
                kl[i] = kl[i] <= threshold ? 0 : 1;
            }
            store(kl, op.columnWeight(), 0, c, n);
        }
    }
}
