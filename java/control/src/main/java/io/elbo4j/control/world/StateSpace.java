package io.elbo4j.control.world;

import io.elbo4j.Activation;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;

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

    /** For state spaces: a Gaussian whose deviation is softplus(.) + 0.1, of two columns for each of its own. */
    static DiagonalGaussian gaussian(Value both) {
        Graph graph = both.graph();
        long columns = both.columns() / 2;
        Value wide = Activate.of(Slice.of(graph.freeName(both.name() + ".spread"), both, columns, both.columns()),
                Activation.SOFTPLUS);
        // log sigma^2
        Value logVariance = Scale.of(Activate.of(Scale.of(wide, 1, 0.1f), Activation.LOG), 2, 0);
        return new DiagonalGaussian(Slice.of(graph.freeName(both.name() + ".mean"), both, 0, columns), logVariance);
    }
}
