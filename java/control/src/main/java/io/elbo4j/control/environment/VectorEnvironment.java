package io.elbo4j.control.environment;

import java.util.Map;

/**
 * A batch of copies of one system. Nothing begins anew by itself: a copy whose episode has ended waits for
 * {@link #reset}, and no transition goes from one episode into another.
 */
public interface VectorEnvironment extends AutoCloseable {
    int rows();

    Space observations();

    Space actions();

    /**
     * Begins the next episode of some copies, the first one of all before the first step.
     *
     * @param which of the copies
     * @param observations rows x columns: the rows of those copies are written
     */
    void reset(boolean[] which, float[] observations);

    /** Takes a step of each copy, rows x columns of {@link #actions}; all must be within an episode. */
    void step(float[] actions, StepResult result);

    /** What else there is to know of a copy's state, by name. */
    default Map<String, Double> info(int row) {
        return Map.of();
    }

    @Override
    default void close() {}
}
