package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * log p(x) of independent levels, each a mixture of K logistic variables rounded to the nearest level (Salimans et al.
 * 2017, PixelCNN++, equations 1 and 2, without the channels' dependence): what lies beyond the first and the last level
 * is theirs.
 *
 * <pre>
 *   logLikelihood = sum_d log sum_k softmax(logits_d)_k p(x_d given mean_dk, logScale_dk)
 *   p(x) = sigmoid((x + 1/2 - mean) exp(-logScale)) - sigmoid((x - 1/2 - mean) exp(-logScale))
 *          the first 1 at the last level, the second 0 at the first
 * </pre>
 *
 * {@code x} is B x D, whole numbers from 0 to levels - 1 (others are not refused). {@code logits}, {@code mean} and
 * {@code logScale} are SB x KD: component k of column d is column kD + d, so that those of a component lie beside each
 * other. Rows rS to rS + S - 1 of them belong to row r of x. {@code logLikelihood} is SB x 1, in nats. All are float32.
 *
 * <p>With e the largest (|x - mean| + 1/2) exp(-logScale) + |logit| of an element's components, the error of its term
 * is at most (e + K + 4) 2^-20, of its gradients (e + K + 4) dLogLikelihood 2^-20, times exp(-logScale) with respect
 * to a mean, where |logScale| is at most 80 and e finite. NaN in a row's inputs gives NaN in its outputs. Errors are
 * reported as by {@link GaussianSampleKl}.
 */
public final class LogisticMixtureLogLikelihood {
    private static final double NANOS_PER_COMPONENT = 6;
    private static final int MOST_LEVELS = 1 << 24;

    private LogisticMixtureLogLikelihood() {}

    /** Items are rows of logits. Without dLogLikelihood there are no gradients; with it any may be missing. */
    public record Fused(float top, Matrix logits, Matrix mean, Matrix logScale, Matrix x,
            @Nullable Matrix dLogLikelihood, Matrix logLikelihood, @Nullable Matrix dLogits, @Nullable Matrix dMean,
            @Nullable Matrix dLogScale) implements Operation {
        @Override
        public long items() {
            return logits.rows();
        }
    }

    /**
     * Log-likelihood alone.
     *
     * @param levels of x, 2 to 2^24
     */
    public static Launch forward(int levels, Matrix logits, Matrix mean, Matrix logScale, Matrix x,
            Matrix logLikelihood) {
        Arguments a = arguments("LogisticMixtureLogLikelihood.forward", levels, logits, mean, logScale, x,
                logLikelihood);
        return launch(a, new Fused(levels - 1, logits, mean, logScale, x, null, logLikelihood, null, null, null));
    }

    /**
     * Log-likelihood and, in the same pass, the gradients (SB x KD) from dLogLikelihood (SB x 1).
     *
     * @param gradients with respect to logits, mean and logScale, null where one is not wanted
     */
    public static Launch fused(int levels, Matrix logits, Matrix mean, Matrix logScale, Matrix x,
            Matrix dLogLikelihood, Matrix logLikelihood, List<@Nullable Matrix> gradients) {
        Arguments a = arguments("LogisticMixtureLogLikelihood.fused", levels, logits, mean, logScale, x,
                logLikelihood);
        a.inputPerRow("dLogLikelihood", dLogLikelihood, logits.rows());
        a.require(gradients.size() == 3, "gradients", "be 3", gradients.size());
        List<String> names = List.of("dLogits", "dMean", "dLogScale");
        for (int i = 0; i < 3; i++) {
            a.outputOrNull(names.get(i), gradients.get(i), logits.rows(), logits.columns());
        }
        return launch(a, new Fused(levels - 1, logits, mean, logScale, x, dLogLikelihood, logLikelihood, gradients.get(
                0), gradients.get(1), gradients.get(2)));
    }

    private static Arguments arguments(String operation, int levels, Matrix logits, Matrix mean, Matrix logScale,
            Matrix x, Matrix logLikelihood) {
        Arguments a = new Arguments(operation).input("logits", logits).input("x", x);
        a.require(levels >= 2 && levels <= MOST_LEVELS, "levels", "be from 2 to 2^24", levels);
        a.samples("logits", logits, "x", x.rows());
        a.require(x.columns() >= 1, "x", "have at least 1 column", x.columns() + " columns");
        a.require(logits.columns() >= 1 && logits.columns() % x.columns() == 0, "logits",
                "have a column for each component of each of the " + x.columns() + " columns of x", logits.columns()
                        + " columns");
        return a.input("mean", mean, logits.rows(), logits.columns())
                .input("logScale", logScale, logits.rows(), logits.columns())
                .outputPerRow("logLikelihood", logLikelihood, logits.rows());
    }

    private static Launch launch(Arguments a, Fused of) {
        // With S > 1 the rows of x are no multiple of the items: the launch then takes x as read by all of them.
        return a.launch(of).reads(of.logits, of.mean, of.logScale, of.x, of.dLogLikelihood)
                .writes(of.logLikelihood, of.dLogits, of.dMean, of.dLogScale)
                .nanosPerItem(NANOS_PER_COMPONENT * of.logits.columns());
    }
}
