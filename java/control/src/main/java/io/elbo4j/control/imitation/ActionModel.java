package io.elbo4j.control.imitation;

import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * A family of densities p(a | s), as parts of a graph: a model of actions like any other, conditional on what is seen.
 * {@link Imitation} maximises its {@link io.elbo4j.train.objective.Elbo}, which is log p(a | s) itself where there is
 * no latent variable.
 */
public interface ActionModel {
    /**
     * Adds the terms, and what acts.
     *
     * @param observation s
     * @param action a, of demonstrations
     * @param widths of the hidden layers of each network
     * @return an action for each observation, which does not depend on {@code action}
     */
    Value of(Value observation, Value action, List<Integer> widths);

    /** Updates over which the weight of a KL grows from 0 to 1. */
    default int warmUp() {
        return 0;
    }
}
