package io.elbo4j.control.world;

import io.elbo4j.Activation;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.Gru;
import io.elbo4j.train.layer.Slice;

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
    private final GaussianHeads heads;

    /**
     * @param name its parameters' names begin so
     * @param actions columns of an action
     * @param embedding columns of what is seen
     * @param units of h and of the hidden layers
     * @param latent dimensions of z
     */
    public RecurrentStateSpace(String name, int actions, int embedding, int units, int latent) {
        this.units = units;
        this.latent = latent;
        this.input = new Dense(name + ".input", (long) latent + actions, units, Activation.RELU);
        this.memory = new Gru(name + ".memory", units, units);
        this.heads = new GaussianHeads(name, units, embedding, units, latent);
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
        return heads.prior(context);
    }

    @Override
    public DiagonalGaussian posterior(Value context, Value embedding) {
        return heads.posterior(context, embedding);
    }

    @Override
    public Value state(String name, Value context, Value z, boolean draws) {
        return Concatenate.of(name, context, z);
    }
}
