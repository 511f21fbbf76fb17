package io.elbo4j.control.world;

import static io.elbo4j.control.network.Counts.requireCount;

import io.elbo4j.Activation;
import io.elbo4j.control.network.Counts;
import io.elbo4j.control.network.Network;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.Dense;
import java.util.List;

/**
 * A state space without a deterministic path (Krishnan et al. 2015, Deep Kalman filters): what is known of what was is
 * in z alone, s = z,
 *
 * <pre>
 *   c_t = relu(W (z_t-1, a_t-1))                  the context
 *   p(z_t | c_t),  q(z_t | c_t, e(o_t))           a network with a hidden layer each
 * </pre>
 */
public final class MarkovStateSpace implements StateSpace {
    private final int latent;
    private final Dense input;
    private final Network prior;
    private final Network posterior;

    /**
     * @param name its parameters' names begin so
     * @param actions columns of an action
     * @param embedding columns of what is seen
     * @param units of the hidden layers
     * @param latent dimensions of z
     */
    public MarkovStateSpace(String name, int actions, int embedding, int units, int latent) {
        requireCount("units", units, Counts.UNITS);
        requireCount("latent", latent, Counts.UNITS / 8);
        this.latent = latent;
        this.input = new Dense(name + ".input", (long) latent + actions, units, Activation.RELU);
        this.prior = new Network(name + ".prior", units, List.of(units), 2L * latent);
        this.posterior = new Network(name + ".posterior", (long) units + embedding, List.of(units), 2L * latent);
    }

    @Override
    public int columns() {
        return latent;
    }

    @Override
    public Value context(String name, Value state, Value action) {
        return input.apply(Concatenate.of(name + ".z and a", state, action));
    }

    @Override
    public DiagonalGaussian prior(Value context) {
        return StateSpace.gaussian(prior.apply(context));
    }

    @Override
    public DiagonalGaussian posterior(Value context, Value embedding) {
        return StateSpace.gaussian(posterior.apply(Concatenate.of(context.name() + " and " + embedding.name(), context,
                embedding)));
    }

    @Override
    public Value state(String name, Value context, Value z, boolean draws) {
        return z;
    }
}
