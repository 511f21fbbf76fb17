package io.elbo4j.control.evaluation;

/** What acts. */
@FunctionalInterface
public interface Policy {
    /** Other episodes begin, in all rows: what it has seen and planned so far has nothing to do with them. */
    default void begin() {}

    /**
     * Chooses an action for each row.
     *
     * @param observations rows x columns of the environment's space
     * @param actions rows x columns of its space, to be written
     */
    void act(float[] observations, float[] actions);
}
