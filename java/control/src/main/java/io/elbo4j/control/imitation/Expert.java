package io.elbo4j.control.imitation;

import io.elbo4j.control.environment.Environment;

/** Who shows how it is done: one of two ways in each episode, by chance, and each action with normal noise. */
public interface Expert {
    /** Where. */
    Environment environment();

    /**
     * What is done, without noise.
     *
     * @param state of the environment
     * @param side the way of this episode: 1 or -1
     * @param action to be written
     */
    void act(double[] state, int side, float[] action);

    /** Deviation of the noise of each column of an action. */
    double noise();

    /** What the columns of an observation are multiplied by in the mirror in which 1 and -1 change places. */
    float[] mirror();

    /** The same of an action. */
    float[] mirrorOfActions();
}
