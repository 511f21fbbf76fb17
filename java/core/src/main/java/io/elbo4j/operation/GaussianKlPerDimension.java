package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * KL(q || p) of each dimension of a diagonal Gaussian, summed over the rows: shows which latent dimensions are used,
 * and decides about free bits. The formula is that of {@link GaussianSampleKl}; errors are reported as there.
 */
public final class GaussianKlPerDimension {
    private static final double NANOS_PER_ELEMENT = 0.7;

    private GaussianKlPerDimension() {}

    /**
     * {@code klPerDimension} (1 x D, nats) = the sum over B rows of each dimension's KL. {@code mean}, {@code
     * logVariance} and the prior are B x D; a prior of two nulls is the standard normal. 0 for B = 0; NaN where a
     * column has a NaN.
     */
    public static Launch forward(Matrix mean, Matrix logVariance, @Nullable Matrix priorMean,
            @Nullable Matrix priorLogVariance, Matrix klPerDimension) {
        Arguments a = new Arguments("GaussianKlPerDimension.forward").input("mean", mean);
        long rows = mean.rows();
        long columns = mean.columns();
        a.input("logVariance", logVariance, rows, columns);
        a.bothOrNeither("priorMean", priorMean, "priorLogVariance", priorLogVariance);
        a.inputOrNull("priorMean", priorMean, rows, columns);
        a.inputOrNull("priorLogVariance", priorLogVariance, rows, columns);
        a.output("klPerDimension", klPerDimension, 1, columns);
        return a.launch(new Forward(mean, logVariance, priorMean, priorLogVariance, klPerDimension, BatchSum.chunksOf(
                mean.rows())))
                .readsAll(mean, logVariance, priorMean, priorLogVariance).writes(Arguments.asColumn(klPerDimension))
                .nanosPerItem(NANOS_PER_ELEMENT * rows);
    }

    /**
     * {@code columnWeight} (1 x D) = 0 where {@code klPerDimension} (1 x D) is at most {@code threshold}, else 1 (also
     * for NaN, so that it is not hidden): the gradient of max(threshold, KL) (Kingma et al. 2016, equation 15).
     *
     * @param threshold in the unit of klPerDimension: nats a row times rows; not NaN
     */
    public static Launch freeBitsGate(Matrix klPerDimension, float threshold, Matrix columnWeight) {
        Arguments a = new Arguments("GaussianKlPerDimension.freeBitsGate").input("klPerDimension", klPerDimension);
        long columns = klPerDimension.columns();
        a.shape("klPerDimension", klPerDimension, 1, columns).output("columnWeight", columnWeight, 1, columns);
        a.require(!Float.isNaN(threshold), "threshold", "be a number", threshold);
        return a.launch(new FreeBitsGate(klPerDimension, threshold, columnWeight))
                .reads(Arguments.asColumn(klPerDimension)).writes(Arguments.asColumn(columnWeight));
    }

    /** Items are columns. */
    public record Forward(Matrix mean, Matrix logVariance, @Nullable Matrix priorMean,
            @Nullable Matrix priorLogVariance, Matrix klPerDimension, int chunks) implements BatchSum {
        @Override
        public Matrix batch() {
            return mean;
        }

        @Override
        public List<Matrix> results() {
            return List.of(klPerDimension);
        }

        @Override
        public BatchSum withChunks(int chunks) {
            return new Forward(mean, logVariance, priorMean, priorLogVariance, klPerDimension, chunks);
        }

        @Override
        public long items() {
            return mean.columns();
        }
    }

    /** Items are columns. */
    public record FreeBitsGate(Matrix klPerDimension, float threshold, Matrix columnWeight)
            implements
                Operation {
        @Override
        public long items() {
            return klPerDimension.columns();
        }
    }
}
