package io.elbo4j.control.environment;

import io.elbo4j.train.graph.Value;

/** The reward of transitions as a part of a graph, in float32. */
@FunctionalInterface
public interface Reward {
    /**
     * @param observation rows of what was seen
     * @param action of the environment's space, within its bounds
     * @param next what was seen after
     * @return one column
     */
    Value of(Value observation, Value action, Value next);
}
