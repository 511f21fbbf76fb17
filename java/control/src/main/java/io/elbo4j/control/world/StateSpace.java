package io.elbo4j.control.world;

import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Value;

/**
 * A latent state s_t and what moves it: the learned prior p(s_t | s_t-1, a_t-1) and the posterior q(s_t | s_t-1, a_t-1,
 * o_t), which both see a context, a function of (s_t-1, a_t-1). Layers, to be applied in several graphs.
 */
public interface StateSpace {
    /** How many numbers a state has. */
    int columns();

    /**
     * What can be known of a state before it is seen.
     *
     * @param name of the values
     * @param state rows of {@link #columns}
     * @param action in [-1, 1]
     */
    Value context(String name, Value state, Value action);

    /** p of what is drawn of a state. */
    DiagonalGaussian prior(Value context);

    /**
     * q of the same.
     *
     * @param embedding what an encoder makes of what is seen
     */
    DiagonalGaussian posterior(Value context, Value embedding);

    /**
     * The state.
     *
     * @param z a draw of {@link #prior} or {@link #posterior}, or its mean
     * @param draws whether what follows from z is drawn, too, or taken as its mean
     */
    Value state(String name, Value context, Value z, boolean draws);
}
