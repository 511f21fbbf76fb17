package io.elbo4j.control.world;

import io.elbo4j.control.network.Network;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.Draw;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.Slice;
import java.util.List;

/**
 * The state space of the stochastic latent actor-critic (Lee et al. 2020, SLAC, section 5): all of a state is drawn, in
 * two levels, s = (z1, z2), of which the second one, with four times as many dimensions, remembers,
 *
 * <pre>
 *   c_t = (z2_t-1, a_t-1)                         the context
 *   p(z1_t | c_t),  q(z1_t | c_t, e(o_t))         a network with a hidden layer each
 *   z2_t ~ p(z2_t | z1_t, c_t)                    of prior and posterior alike, so that it has no KL
 * </pre>
 */
public final class TwoLevelStateSpace implements StateSpace {
    private static final int TIMES = 4;

    private final int latent;
    private final GaussianHeads heads;
    private final Network second;

    /**
     * @param name its parameters' names begin so
     * @param actions columns of an action
     * @param embedding columns of what is seen
     * @param units of the hidden layers
     * @param latent dimensions of z1
     */
    public TwoLevelStateSpace(String name, int actions, int embedding, int units, int latent) {
        this.latent = latent;
        long context = (long) TIMES * latent + actions;
        this.heads = new GaussianHeads(name, context, embedding, units, latent);
        this.second = new Network(name + ".second", context + latent, List.of(units), 2L * TIMES * latent);
    }

    @Override
    public int columns() {
        return (1 + TIMES) * latent;
    }

    @Override
    public Value context(String name, Value state, Value action) {
        return Concatenate.of(name + ".context", Slice.of(name + ".z2", state, latent, columns()), action);
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
    public Value state(String name, Value context, Value first, boolean draws) {
        DiagonalGaussian p = GaussianHeads.gaussian(second.apply(Concatenate.of(name + ".z1 and context", first,
                context)));
        return Concatenate.of(name, first, draws ? Draw.of(name + ".z2 drawn", p) : p.mean());
    }
}
