package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.Operation;

/**
 * A reparameterised sample of a diagonal Gaussian squashed into (-1, 1), and its log-probability, in one pass (Haarnoja
 * et al. 2018, Soft actor-critic, appendix C).
 *
 * <pre>
 *   log sigma      = -5 + 3.5 (tanh(spread) + 1), from -5 to 2
 *   u              = mean + sigma eps,  eps ~ N(0, I), element (row, column) of {@code noise}
 *   action         = tanh(u)
 *   logProbability = sum over the columns of  log N(u; mean, sigma) - 2 (log 2 - u - softplus(-2 u))
 * </pre>
 *
 * <p>The last one is log(1 - tanh(u)^2) exactly, where the difference itself would be 0 from |u| = 9 on. All matrices
 * are float32, B x D, but for {@code logProbability} and its gradient, which are B x 1, in nats, and may be a column of
 * a matrix.
 *
 * <p>With e = 2^-21, q = sigma |eps| and the noise as it is drawn: an action is within e (0.3 + 1.5 q + |u| / 10) of
 * the formula in float64, a column's share of the log-probability within e (2 + 3 q + |u| / 2 + eps^2 / 4), to which
 * their sum adds half an ULP and 2^-23 of the sum of their magnitudes; a gradient of the mean is within 3 e (|dAction|
 * + |dLogProbability|) (1 + q), of the spread within 14 e times the same and (1 + q) once more. NaN in a row's inputs
 * gives NaN in its log-probability and in the action of its column; where a mean is infinite, the action is 1 or -1
 * and the log-probability +infinity. Errors are reported as by {@link GaussianSampleKl}.
 */
public final class TanhGaussian {
    private static final double NANOS = 3;

    private TanhGaussian() {}

    /** Sample and log-probability. */
    public static Launch forward(Matrix mean, Matrix spread, Noise noise, Matrix action, Matrix logProbability) {
        Arguments a = distribution("TanhGaussian.forward", mean, spread, noise);
        a.output("action", action, mean.rows(), mean.columns());
        a.output("logProbability", logProbability, mean.rows(), 1);
        return a.launch(new Forward(mean, spread, noise, action, logProbability)).reads(mean, spread)
                .writes(action, logProbability).nanosPerItem(NANOS * mean.columns());
    }

    /**
     * The gradients of a loss from its gradients {@code dAction} (B x D) and {@code dLogProbability} (B x 1), the noise
     * drawn again:
     *
     * <pre>
     *   dMean   = dAction (1 - tanh(u)^2) + dLogProbability 2 tanh(u)
     *   dSpread = 3.5 (1 - tanh(spread)^2) (dMean sigma eps - dLogProbability)
     * </pre>
     */
    public static Launch backward(Matrix mean, Matrix spread, Noise noise, Matrix dAction, Matrix dLogProbability,
            Matrix dMean, Matrix dSpread) {
        Arguments a = distribution("TanhGaussian.backward", mean, spread, noise);
        a.input("dAction", dAction, mean.rows(), mean.columns());
        a.input("dLogProbability", dLogProbability, mean.rows(), 1);
        a.output("dMean", dMean, mean.rows(), mean.columns()).output("dSpread", dSpread, mean.rows(), mean.columns());
        return a.launch(new Backward(mean, spread, noise, dAction, dLogProbability, dMean, dSpread))
                .reads(mean, spread, dAction, dLogProbability).writes(dMean, dSpread)
                .nanosPerItem(NANOS * mean.columns());
    }

    private static Arguments distribution(String name, Matrix mean, Matrix spread, Noise noise) {
        Arguments a = new Arguments(name).input("mean", mean);
        a.input("spread", spread, mean.rows(), mean.columns());
        Arguments.given(name, "noise", noise);
        return a.noise("mean", mean);
    }

    /** Items are rows. */
    public record Forward(Matrix mean, Matrix spread, Noise noise, Matrix action, Matrix logProbability)
            implements
                Operation {
        @Override
        public long items() {
            return mean.rows();
        }
    }

    /** Items are rows. */
    public record Backward(Matrix mean, Matrix spread, Noise noise, Matrix dAction, Matrix dLogProbability,
            Matrix dMean, Matrix dSpread)
            implements
                Operation {
        @Override
        public long items() {
            return mean.rows();
        }
    }
}
