package io.elbo4j.control.imitation;

import io.elbo4j.Activation;
import io.elbo4j.control.network.Network;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.NormalNoise;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import java.util.List;

/**
 * One Gaussian (Nix and Weigend 1994), mean and deviation a network of what is seen:
 *
 * <pre>
 *   p(a | s) = N(a; mean(s), sigma(s)^2),  log sigma = -1.5 + 3.5 tanh(.), from -5 to 2
 * </pre>
 *
 * <p>Where there are two ways the mean lies between them.
 *
 * @param byMean whether it acts by the mean, else by a draw
 */
public record GaussianPolicy(boolean byMean) implements ActionModel {
    @Override
    public Value of(Value observation, Value action, List<Integer> widths) {
        long columns = action.columns();
        Value both = new Network("policy", observation.columns(), widths, 2 * columns).apply(observation);
        Value mean = Slice.of("mean", both, 0, columns);
        Value logSigma = logSigma(Slice.of("spread", both, columns, 2 * columns));
        observation.graph().observe("action | observation", new DiagonalGaussian(mean, Scale.of(logSigma, 2, 0)),
                action);
        return byMean ? mean : draw(mean, logSigma);
    }

    /** A deviation that is neither 0 nor infinite, whatever the network says. */
    static Value logSigma(Value spread) {
        return Scale.of(Activate.of(spread, Activation.TANH), 3.5f, -1.5f);
    }

    /** mean + sigma noise */
    static Value draw(Value mean, Value logSigma) {
        Value noise = NormalNoise.of(mean.graph(), mean.graph().freeName("noise of the action"), mean.rows(), mean
                .columns());
        return Add.of(mean, Multiply.of(Activate.of(logSigma, Activation.EXP), noise));
    }
}
