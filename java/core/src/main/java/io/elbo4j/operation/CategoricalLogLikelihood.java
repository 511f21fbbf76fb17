package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import org.jspecify.annotations.Nullable;

/**
 * log p(x) of independent class numbers, each under the softmax of C logits of its own:
 *
 * <pre>
 *   logLikelihood = sum_d log softmax(logits_d)_x_d
 *   dLogits_dc    = dLogLikelihood ((c == x_d) - softmax(logits_d)_c)
 * </pre>
 *
 * {@code x} is B x D, whole numbers from 0 to C - 1, C at most 2^24. {@code logits} is KB x CD: class c of column d is
 * column cD + d, so that the logits of a class lie beside each other. Rows rK to rK + K - 1 of logits belong to row r
 * of x. {@code logLikelihood} is KB x 1, in nats. All are float32.
 *
 * <p>A logit of -infinity has the probability 0. With m the largest logit of an element, the error of its term is at
 * most (2 (m - logit) + 3 log C + 4) 2^-24; of its gradient with respect to a logit, whose probability is p,
 * ((m - logit + log C + 6) p + 1) dLogLikelihood 2^-23, where nothing underflows. An x that is no class number gives
 * NaN; so does NaN in a row's inputs. Errors are reported as by {@link GaussianSampleKl}.
 */
public final class CategoricalLogLikelihood {
    private static final double NANOS_PER_LOGIT = 1.5;
    private static final int MOST_CLASSES = 1 << 24;

    private CategoricalLogLikelihood() {}

    /** Items are rows of logits. Without dLogLikelihood there is no gradient. */
    public record Fused(Matrix logits, Matrix x, @Nullable Matrix dLogLikelihood, Matrix logLikelihood,
            @Nullable Matrix dLogits) implements Operation {
        @Override
        public long items() {
            return logits.rows();
        }
    }

    /** Log-likelihood alone. */
    public static Launch forward(Matrix logits, Matrix x, Matrix logLikelihood) {
        Arguments a = arguments("CategoricalLogLikelihood.forward", logits, x, logLikelihood);
        return launch(a, new Fused(logits, x, null, logLikelihood, null));
    }

    /** Log-likelihood and, in the same pass, dLogits (KB x CD) from dLogLikelihood (KB x 1). */
    public static Launch fused(Matrix logits, Matrix x, Matrix dLogLikelihood, Matrix logLikelihood, Matrix dLogits) {
        Arguments a = arguments("CategoricalLogLikelihood.fused", logits, x, logLikelihood)
                .inputPerRow("dLogLikelihood", dLogLikelihood, logits.rows())
                .output("dLogits", dLogits, logits.rows(), logits.columns());
        return launch(a, new Fused(logits, x, dLogLikelihood, logLikelihood, dLogits));
    }

    private static Arguments arguments(String operation, Matrix logits, Matrix x, Matrix logLikelihood) {
        Arguments a = new Arguments(operation).input("logits", logits).input("x", x);
        a.samples("logits", logits, "x", x.rows());
        a.require(x.columns() >= 1, "x", "have at least 1 column", x.columns() + " columns");
        long classes = logits.columns() / x.columns();
        a.require(logits.columns() % x.columns() == 0 && classes >= 1 && classes <= MOST_CLASSES, "logits",
                "have a column for each class, 1 to 2^24, of each of the " + x.columns() + " columns of x",
                logits.columns() + " columns");
        return a.outputPerRow("logLikelihood", logLikelihood, logits.rows());
    }

    private static Launch launch(Arguments a, Fused of) {
        // With K > 1 the rows of x are no multiple of the items: the launch then takes x as read by all of them.
        return a.launch(of).reads(of.logits, of.x, of.dLogLikelihood).writes(of.logLikelihood, of.dLogits)
                .nanosPerItem(NANOS_PER_LOGIT * of.logits.columns());
    }
}
