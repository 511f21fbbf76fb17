package io.elbo4j.control.world;

import io.elbo4j.Activation;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.Dense;

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
    private final GaussianHeads heads;

    /**
     * @param name its parameters' names begin so
     * @param actions columns of an action
     * @param embedding columns of what is seen
     * @param units of the hidden layers
     * @param latent dimensions of z
     */
    public MarkovStateSpace(String name, int actions, int embedding, int units, int latent) {
        this.latent = latent;
        this.input = new Dense(name + ".input", (long) latent + actions, units, Activation.RELU);
        this.heads = new GaussianHeads(name, units, embedding, units, latent);
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
        return heads.prior(context);
    }

    @Override
    public DiagonalGaussian posterior(Value context, Value embedding) {
        return heads.posterior(context, embedding);
    }

    @Override
    public Value state(String name, Value context, Value z, boolean draws) {
        return z;
    }
}
