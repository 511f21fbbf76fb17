package io.elbo4j.control.evaluation;

/** What acts. */
@FunctionalInterface
public interface Policy {
    /**
     * Chooses an action for each row.
     *
     * @param observations rows x columns of the environment's space
     * @param actions rows x columns of its space, to be written
     */
    void act(float[] observations, float[] actions);
}
