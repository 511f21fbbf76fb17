package io.elbo4j.control.evaluation;

import io.elbo4j.control.environment.Simulation;

/** What acts and sees more than observations: a bound for others, or an expert that they learn from. */
@FunctionalInterface
public interface StatePolicy {
    /** Other episodes begin, in all copies: what it has planned so far has nothing to do with them. */
    default void begin() {}

    /**
     * Chooses an action for each copy.
     *
     * @param batch its {@linkplain Simulation#state states}
     * @param observations rows x columns of the environment's space
     * @param actions rows x columns of its space, to be written
     */
    void act(Simulation batch, float[] observations, float[] actions);
}
