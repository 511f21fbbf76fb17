package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * log density of x under a diagonal Gaussian N(mean, exp(logVariance)), constants included (Kingma and Welling 2014,
 * appendix C.2):
 *
 * <pre>
 *   logLikelihood = -1/2 (sum(logVariance + (x - mean)^2 / exp(logVariance)) + D log(2 pi))
 *   dMean         = dLogLikelihood (x - mean) / exp(logVariance)
 *   dLogVariance  = dLogLikelihood / 2 ((x - mean)^2 / exp(logVariance) - 1)
 * </pre>
 *
 * Matrices with D columns store float32, or all of them one 16-bit type ({@link io.elbo4j.ElementType}); numbers per
 * row are float32.
 *
 * <p>{@code mean} and {@code logVariance} are KB x D, {@code x} is B x D: rows rK to rK + K - 1
 * of mean belong to row r of x. A log-variance shared by all rows, learned or fixed, is {@link Matrix#repeatRow} of a
 * 1 x D matrix. {@code logLikelihood} is KB x 1, in nats, summed over the D dimensions. A logVariance below about -88
 * overflows to -infinity (NaN where x = mean exactly); NaN in a row's inputs gives NaN in its outputs. Errors are
 * reported as by {@link GaussianSampleKl}.
 */
public final class GaussianLogLikelihood {
    private static final double NANOS_PER_ELEMENT = 0.8;

    private GaussianLogLikelihood() {}

    /** Log-likelihood alone. */
    public static Launch forward(Matrix mean, Matrix logVariance, Matrix x, Matrix logLikelihood) {
        Arguments a = arguments("GaussianLogLikelihood.forward", mean, logVariance, x);
        a.outputPerRow("logLikelihood", logLikelihood, mean.rows());
        return launch(a, mean, logVariance, x, null, logLikelihood, null, null);
    }

    /**
     * Log-likelihood and, in the same pass, dMean and dLogVariance (KB x D; null where it is not wanted) from
     * dLogLikelihood (KB x 1).
     */
    public static Launch fused(Matrix mean, Matrix logVariance, Matrix x, Matrix dLogLikelihood, Matrix logLikelihood,
            Matrix dMean, @Nullable Matrix dLogVariance) {
        Arguments a = arguments("GaussianLogLikelihood.fused", mean, logVariance, x);
        a.inputPerRow("dLogLikelihood", dLogLikelihood, mean.rows());
        a.outputPerRow("logLikelihood", logLikelihood, mean.rows());
        a.output("dMean", dMean, mean.rows(), mean.columns());
        a.outputOrNull("dLogVariance", dLogVariance, mean.rows(), mean.columns());
        return launch(a, mean, logVariance, x, dLogLikelihood, logLikelihood, dMean, dLogVariance);
    }

    /**
     * The gradient with respect to a log-variance that all rows share: {@code dLogVariance} (1 x D) = the sum over the
     * KB rows of the formula above, for {@code logVariance} of 1 x D. 0 where there is no row.
     */
    public static Launch sharedLogVarianceGradient(Matrix mean, Matrix logVariance, Matrix x, Matrix dLogLikelihood,
            Matrix dLogVariance) {
        Arguments a = new Arguments("GaussianLogLikelihood.sharedLogVarianceGradient").input("mean", mean);
        long columns = mean.columns();
        a.input("logVariance", logVariance, 1, columns).input("x", x).samples("mean", mean, "x", x.rows());
        a.shape("x", x, x.rows(), columns).inputPerRow("dLogLikelihood", dLogLikelihood, mean.rows());
        a.output("dLogVariance", dLogVariance, 1, columns);
        return a.launch(new SharedLogVarianceGradient(mean, logVariance, x, dLogLikelihood, dLogVariance, BatchSum
                .chunksOf(mean.rows())))
                .readsAll(mean, x, dLogLikelihood).reads(Arguments.asColumn(logVariance))
                .writes(Arguments.asColumn(dLogVariance)).nanosPerItem(NANOS_PER_ELEMENT * mean.rows());
    }

    private static Arguments arguments(String name, Matrix mean, Matrix logVariance, Matrix x) {
        Arguments a = new Arguments(name).type(Arguments.given(name, "mean", mean).type()).input("mean", mean);
        a.input("logVariance", logVariance, mean.rows(), mean.columns()).input("x", x);
        return a.samples("mean", mean, "x", x.rows()).shape("x", x, x.rows(), mean.columns());
    }

    private static Launch launch(Arguments a, Matrix mean, Matrix logVariance, Matrix x,
            @Nullable Matrix dLogLikelihood, Matrix logLikelihood, @Nullable Matrix dMean,
            @Nullable Matrix dLogVariance) {
        // With K > 1 the rows of x are no multiple of the items: the launch then takes x as read by all of them.
        return a.launch(new Fused(mean, logVariance, x, dLogLikelihood, logLikelihood, dMean, dLogVariance))
                .reads(mean, logVariance, x, dLogLikelihood).writes(logLikelihood, dMean, dLogVariance)
                .nanosPerItem(NANOS_PER_ELEMENT * mean.columns());
    }

    /** Items are rows of mean. Without dLogLikelihood there are no gradients. */
    public record Fused(Matrix mean, Matrix logVariance, Matrix x, @Nullable Matrix dLogLikelihood,
            Matrix logLikelihood, @Nullable Matrix dMean, @Nullable Matrix dLogVariance)
            implements
                Operation {
        @Override
        public long items() {
            return mean.rows();
        }
    }

    /** Items are columns. */
    public record SharedLogVarianceGradient(Matrix mean, Matrix logVariance, Matrix x, Matrix dLogLikelihood,
            Matrix dLogVariance, int chunks) implements BatchSum {
        @Override
        public Matrix batch() {
            return mean;
        }

        @Override
        public List<Matrix> results() {
            return List.of(dLogVariance);
        }

        @Override
        public BatchSum withChunks(int chunks) {
            return new SharedLogVarianceGradient(mean, logVariance, x, dLogLikelihood, dLogVariance, chunks);
        }

        @Override
        public long items() {
            return mean.columns();
        }
    }
}
