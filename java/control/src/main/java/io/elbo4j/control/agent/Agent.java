package io.elbo4j.control.agent;

import io.elbo4j.control.evaluation.Policy;
import io.elbo4j.train.graph.Parameters;

/**
 * What acts, remembers and learns: one decision at a time, see {@link Interaction}. One thread at a time may use an
 * agent and its policies.
 */
public interface Agent extends AutoCloseable {
    /** An episode begins. */
    default void begin() {}

    /**
     * Chooses the next action of one who still learns.
     *
     * @param observation one row
     * @param action of the environment's space, to be written
     */
    void explore(float[] observation, float[] action);

    /**
     * Remembers what came of it.
     *
     * @param terminated whether nothing comes after; not whether the episode was truncated
     * @param next what was seen after, also where the episode has ended
     */
    void remember(float[] observation, float[] action, float reward, boolean terminated, float[] next);

    /** Learns from what it remembers, as much as belongs to one decision: at first perhaps nothing. */
    void learn();

    /**
     * The action that it thinks best. It is no part of what it learns from, and moves nothing there: what an agent
     * remembers of an episode, as the plan or what was seen before, goes on from one call to the next, as in a {@link
     * #greedy} of one row. {@link #beginActing} begins another one.
     *
     * @param observation one row
     */
    float[] act(float[] observation);

    /** Another episode of {@link #act} begins. */
    void beginActing();

    /** Updates that were made. */
    long updates();

    /** The policy without exploration, of so many rows at a time. It sees what is learned later, too. */
    GreedyPolicy greedy(int rows);

    Parameters parameters();

    @Override
    void close();

    /** To be closed before its agent. */
    interface GreedyPolicy extends Policy, AutoCloseable {
        @Override
        void close();
    }
}
