package io.elbo4j.control.imitation;

import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;

/** Who shows how it is done: one of several ways in each episode, by chance, and each action with normal noise. */
public interface Expert {
    /** Where. */
    Environment environment();

    /** Chooses the way of an episode: 1 or -1 unless an expert has others. */
    default int way(Draws chance) {
        return chance.uniform() < 0.5 ? 1 : -1;
    }

    /**
     * What is done, without noise.
     *
     * @param state of the environment
     * @param way of this episode
     * @param action to be written
     */
    void act(double[] state, int way, float[] action);

    /** What is done, with noise. */
    default void show(double[] state, int way, float[] action, Draws chance) {
        act(state, way, action);
        boolean rests = true;
        for (float each : action) {
            rests &= each == 0;
        }
        for (int i = 0; !rests && i < action.length; i++) {
            action[i] += (float) (noise() * chance.normal());
        }
    }

    /** Deviation of the noise of each column of an action; who rests, with an action of zeros, has none. */
    double noise();

    /** What the columns of an observation are multiplied by in the mirror in which 1 and -1 change places. */
    float[] mirror();

    /** The same of an action. */
    float[] mirrorOfActions();
}
