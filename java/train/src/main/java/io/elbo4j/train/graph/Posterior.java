package io.elbo4j.train.graph;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A distribution that a latent variable can have as its posterior. */
public interface Posterior extends Distribution {
    @Override
    Posterior with(UnaryOperator<Value> each);

    /**
     * The node that draws from it, not yet added to the graph. Its parameters and the prior's have the same rows.
     *
     * @param prior null is the usual one for it
     * @throws IllegalArgumentException if it cannot be compared with that prior
     */
    Latent latent(String name, @Nullable Distribution prior);
}
