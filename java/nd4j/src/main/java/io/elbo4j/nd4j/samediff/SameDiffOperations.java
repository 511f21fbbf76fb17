package io.elbo4j.nd4j.samediff;

import java.util.List;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The fused operations of {@link io.elbo4j.nd4j} in graphs of SameDiff, with gradients with respect to all of their
 * arguments.
 *
 * <pre>
 *   SDVariable[] latent = SameDiffOperations.gaussianSampleKl(mean, logVariance);      // z, kl
 *   SDVariable logLikelihood = SameDiffOperations.bernoulliLogLikelihood(decoder(latent[0]), x);
 *   SDVariable loss = SameDiffOperations.negativeElbo(logLikelihood, latent[1]);
 *   loss.markAsLoss();
 * </pre>
 *
 * <p><b>Shapes.</b> All variables are of FLOAT. {@code mean}, {@code logVariance} and {@code z} are B x D; a prior and
 * the log-variance of a likelihood are B x D, 1 x D (a row for all rows) or a scalar (a number for all elements). All
 * dimensions but the first count as columns, so images [B, C, H, W] need no reshape. KL and log-likelihood have the
 * shape [B], in nats, summed over the D dimensions. A wrong type is refused when the graph is made, a wrong shape when
 * it runs, both by an {@link IllegalArgumentException} that names the argument.
 *
 * <p><b>Noise.</b> Each execution of {@link #gaussianSampleKl} (each step of {@code fit()}, each {@code output()}, each
 * of several in one graph) takes a new seed from ND4J's generator, and its gradient draws the same noise again from
 * this seed: {@code Nd4j.getRandom().setSeed(s)} before makes a run repeatable. The generator is not saved with a
 * graph, and each thread has its own: two that begin together may draw the same noise, so set another seed in each. To
 * encode without noise, ask for the mean.
 *
 * <p><b>The loss that {@code fit()} reports.</b> ND4J computes a loss only where a gradient is computed from it, and
 * else reports 0. That of {@link #negativeElbo} is, so let it be the last operation, and put weights and further terms
 * into its arguments: {@code negativeElbo(pixels.add(labels), kl.mul(beta))}.
 *
 * <p><b>Saving.</b> A graph is saved with them. To load it, call {@link #register} first, if the process has used none
 * of them yet.
 *
 * <p><b>Eager mode.</b> {@code sd.enableEagerMode()} computes results as they are added to a graph; a placeholder needs
 * its array before that, by {@code sd.associateArrayWithVariable}.
 */
public final class SameDiffOperations {
    static {
        List.of(new SampleKl(), new SampleKl.Gradient(), new Kl(), new Kl.Gradient(), new Bernoulli(),
                new Bernoulli.Gradient(), new Bernoulli.DataGradient(), new Gaussian(), new Gaussian.Gradient(),
                new Gaussian.DataGradient(), new NegativeElbo(), new NegativeElbo.Gradient())
                .forEach(FusedOperation::register);
    }

    private static final List<String> GAUSSIANS = List.of("mean", "logVariance", "priorMean", "priorLogVariance");

    private SameDiffOperations() {}

    /** Makes the operations known to SameDiff, for graphs that are loaded. */
    public static void register() {
        // done when this class is loaded
    }

    /**
     * {@link io.elbo4j.nd4j.GaussianSampleKl} to the standard normal prior: a sample of q = N(mean, exp(logVariance))
     * and KL(q || N(0, I)).
     *
     * @return z (B x D) and kl ([B])
     */
    public static SDVariable[] gaussianSampleKl(SDVariable mean, SDVariable logVariance) {
        return sampleKl(checked("gaussianSampleKl", GAUSSIANS, mean, logVariance));
    }

    /**
     * The same with the prior p = N(priorMean, exp(priorLogVariance)), learned or constant.
     *
     * @return z (B x D) and kl ([B])
     */
    public static SDVariable[] gaussianSampleKl(SDVariable mean, SDVariable logVariance, SDVariable priorMean,
            SDVariable priorLogVariance) {
        return sampleKl(checked("gaussianSampleKl", GAUSSIANS, mean, logVariance, priorMean, priorLogVariance));
    }

    private static SDVariable[] sampleKl(SDVariable[] arguments) {
        SDVariable[] results = new SampleKl().of(arguments);
        return new SDVariable[] {results[0], results[1]};
    }

    /** {@link io.elbo4j.nd4j.GaussianKl} to the standard normal, [B]. */
    public static SDVariable gaussianKl(SDVariable mean, SDVariable logVariance) {
        return new Kl().of(checked("gaussianKl", GAUSSIANS, mean, logVariance))[0];
    }

    /** {@link io.elbo4j.nd4j.GaussianKl} to p = N(priorMean, exp(priorLogVariance)), [B]. */
    public static SDVariable gaussianKl(SDVariable mean, SDVariable logVariance, SDVariable priorMean,
            SDVariable priorLogVariance) {
        return new Kl().of(checked("gaussianKl", GAUSSIANS, mean, logVariance, priorMean, priorLogVariance))[0];
    }

    /**
     * {@link io.elbo4j.nd4j.BernoulliLogLikelihood}, one number per row of {@code logits} (KB x D: K samples for each
     * row of {@code x}, B x D). The gradient with respect to x is that of x logits - softplus(logits).
     */
    public static SDVariable bernoulliLogLikelihood(SDVariable logits, SDVariable x) {
        return new Bernoulli().of(checked("bernoulliLogLikelihood", List.of("logits", "x"), logits, x))[0];
    }

    /**
     * {@link io.elbo4j.nd4j.GaussianLogLikelihood}, one number per row of {@code mean} (KB x D: K samples for each row
     * of {@code x}, B x D).
     *
     * @param logVariance a decoder's (KB x D), or a variable of the graph shared by all rows (1 x D) or elements
     *     (scalar), or a constant
     */
    public static SDVariable gaussianLogLikelihood(SDVariable mean, SDVariable logVariance, SDVariable x) {
        return new Gaussian().of(checked("gaussianLogLikelihood", List.of("mean", "logVariance", "x"), mean,
                logVariance, x))[0];
    }

    /** The same with one fixed standard deviation, 1e-18 to 1e18, for all elements. */
    public static SDVariable gaussianFixedLogLikelihood(SDVariable mean, double standardDeviation, SDVariable x) {
        checked("gaussianFixedLogLikelihood", List.of("mean", "x"), mean, x);
        if (!(standardDeviation >= 1e-18 && standardDeviation <= 1e18)) {
            throw new IllegalArgumentException("gaussianFixedLogLikelihood: standardDeviation must be from 1e-18 to"
                    + " 1e18, so that float32 holds its square and the inverse of that, not " + standardDeviation);
        }
        return gaussianLogLikelihood(mean, mean.getSameDiff().constant((float) (2 * StrictMath.log(standardDeviation))),
                x);
    }

    /** The loss: the mean over the batch of kl - logLikelihood, both one number per row in nats. A scalar. */
    public static SDVariable negativeElbo(SDVariable logLikelihood, SDVariable kl) {
        return new NegativeElbo().of(checked("negativeElbo", List.of("logLikelihood", "kl"), logLikelihood, kl))[0];
    }

    /** Before anything is added to a graph. */
    private static SDVariable[] checked(String operation, List<String> names, SDVariable... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            String name = operation + ": " + names.get(i);
            SDVariable argument = Objects.requireNonNull(arguments[i], name + " must be given, not null");
            if (argument.dataType() != DataType.FLOAT) {
                throw new IllegalArgumentException(name + " must be of FLOAT, not of " + argument.dataType()
                        + ": castTo(DataType.FLOAT) makes a variable that is");
            }
            if (argument.getSameDiff() != arguments[0].getSameDiff()) {
                throw new IllegalArgumentException(name + " must be of the graph that " + names.get(0)
                        + " is of, not of another: " + argument.name());
            }
        }
        return arguments;
    }
}
