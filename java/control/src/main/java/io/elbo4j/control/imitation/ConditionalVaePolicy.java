package io.elbo4j.control.imitation;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.control.network.Counts.requireCount;

import io.elbo4j.control.network.Counts;
import io.elbo4j.control.network.Network;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.NormalNoise;
import io.elbo4j.train.layer.Scale;
import java.util.List;

/**
 * A conditional VAE of actions (Sohn et al. 2015), z independent of what is seen:
 *
 * <pre>
 *   p(a | s) = the integral of N(a; mean(s, z), sigma^2) N(z; 0, I),   q(z | s, a) Gaussian
 * </pre>
 *
 * <p>sigma is one learned number for each column of the action. Were it a network of s, it would explain two ways as
 * one that is wide, and z would have nothing to say. It acts with z from the prior.
 *
 * @param latent dimensions of z, from 1 to 100,000
 * @param warmUp updates over which the weight of the KL grows from 0 to 1, at least 0
 */
public record ConditionalVaePolicy(int latent, int warmUp) implements ActionModel {
    public ConditionalVaePolicy {
        requireCount("latent", latent, Counts.UNITS);
        require(warmUp >= 0, "warmUp", "at least 0", warmUp);
    }

    @Override
    public Value of(Value observation, Value action, List<Integer> widths) {
        Graph graph = observation.graph();
        long seen = observation.columns();
        Network encoder = new Network("encoder", seen + action.columns(), widths, 2L * latent);
        Network decoder = new Network("decoder", seen + latent, widths, action.columns());
        Value logSigma = LearnedRow.of(graph, "sigma.log", action.columns(), -1);
        Value z = graph.latent("z", DiagonalGaussian.halves(encoder.apply(Concatenate.of("seen and done", observation,
                action))));
        Value mean = decoder.apply(Concatenate.of("seen and z", observation, z));
        graph.observe("action | observation, z", new DiagonalGaussian(mean, Scale.of(logSigma, 2, 0)), action);

        Value prior = NormalNoise.of(graph, "z of the prior", observation.rows(), latent);
        return GaussianPolicy.draw(decoder.apply(Concatenate.of("seen and z of the prior", observation, prior)),
                logSigma);
    }
}
