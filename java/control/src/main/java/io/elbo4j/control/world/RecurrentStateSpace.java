package io.elbo4j.control.world;

import static io.elbo4j.control.network.Counts.requireCount;

import io.elbo4j.Activation;
import io.elbo4j.control.network.Counts;
import io.elbo4j.control.network.Network;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.Gru;
import io.elbo4j.train.layer.Slice;
import java.util.List;

/**
 * The recurrent state-space model (Hafner et al. 2019, PlaNet, section 3): a state has a deterministic path h, which
 * remembers, and a stochastic part z, s = (h, z),
 *
 * <pre>
 *   h_t = gru(relu(W (z_t-1, a_t-1)), h_t-1)      the context
 *   p(z_t | h_t),  q(z_t | h_t, e(o_t))           a network with a hidden layer each
 * </pre>
 */
public final class RecurrentStateSpace implements StateSpace {
    private final int units;
    private final int latent;
    private final Dense input;
    private final Gru memory;
    private final Network prior;
    private final Network posterior;

    /**
     * @param name its parameters' names begin so
     * @param actions columns of an action
     * @param embedding columns of what is seen
     * @param units of h and of the hidden layers
     * @param latent dimensions of z
     */
    public RecurrentStateSpace(String name, int actions, int embedding, int units, int latent) {
        requireCount("units", units, Counts.UNITS);
        requireCount("latent", latent, Counts.UNITS / 8);
        this.units = units;
        this.latent = latent;
        this.input = new Dense(name + ".input", (long) latent + actions, units, Activation.RELU);
        this.memory = new Gru(name + ".memory", units, units);
        this.prior = new Network(name + ".prior", units, List.of(units), 2L * latent);
        this.posterior = new Network(name + ".posterior", (long) units + embedding, List.of(units), 2L * latent);
    }

    @Override
    public int columns() {
        return units + latent;
    }

    @Override
    public Value context(String name, Value state, Value action) {
        Value h = Slice.of(name + ".h", state, 0, units);
        Value z = Slice.of(name + ".z", state, units, columns());
        return memory.step(input.apply(Concatenate.of(name + ".z and a", z, action)), h);
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
        return Concatenate.of(name, context, z);
    }
}
