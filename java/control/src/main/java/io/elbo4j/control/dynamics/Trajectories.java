package io.elbo4j.control.dynamics;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Space;
import java.util.Arrays;

/**
 * Episodes of one length, one after the other.
 *
 * @param episodes how many, at least 1
 * @param length actions of each, at least 1
 * @param observations episodes x (length + 1) x columns: the one after the last action is there, too
 * @param actions episodes x length x columns
 */
@SuppressWarnings("ArrayRecordComponent") // data, of which nobody wants a copy
public record Trajectories(int episodes, int length, float[] observations, float[] actions) {
    /** @throws io.elbo4j.ArgumentException if the numbers are not those of so many episodes */
    public Trajectories {
        require(episodes >= 1, "episodes", "at least 1", episodes);
        require(length >= 1, "length", "at least 1", length);
        requireRows("observations", observations, episodes * (length + 1));
        requireRows("actions", actions, episodes * length);
    }

    private static void requireRows(String argument, float[] numbers, int rows) {
        requireGiven(argument, numbers);
        require(numbers.length >= 1 && numbers.length % rows == 0, argument, "equally many numbers for each of " + rows
                + " rows", numbers.length);
    }

    /**
     * Random actions, uniform in the box: episode e is a function of (seed, e).
     *
     * @param length up to the environment's limit; none may terminate before
     * @throws io.elbo4j.ArgumentException if one does
     */
    public static Trajectories ofRandomActions(Environment environment, int episodes, int length, long seed) {
        requireGiven("environment", environment);
        require(episodes >= 1, "episodes", "at least 1", episodes);
        require(length >= 1, "length", "at least 1", length);
        Space actions = environment.actions();
        float[] observation = new float[environment.observations().columns()];
        float[] action = new float[actions.columns()];
        float[] seen = new float[episodes * (length + 1) * observation.length];
        float[] done = new float[episodes * length * action.length];
        double[] state = new double[environment.stateSize()];
        Draws noise = new Draws(seed, "trajectories");
        Draws chance = new Draws(seed, "actions");
        for (int e = 0; e < episodes; e++) {
            Arrays.fill(state, 0);
            environment.start(state, noise.at(0, e, 0));
            for (int t = 0; t <= length; t++) {
                environment.observe(state, observation);
                System.arraycopy(observation, 0, seen, (e * (length + 1) + t) * observation.length, observation.length);
                if (t < length) {
                    require(!environment.terminated(state), "length", "so small that no episode terminates; one does"
                            + " after " + t, length);
                    actions.sample(chance.at(0, e, t + 1), action);
                    System.arraycopy(action, 0, done, (e * length + t) * action.length, action.length);
                    environment.step(state, action, noise.at(0, e, t + 1));
                }
            }
        }
        return new Trajectories(episodes, length, seen, done);
    }

    /**
     * The same, seen with noise: normal, of a deviation that is {@code share} of each column's own.
     *
     * @param share at least 0
     */
    public Trajectories withNoise(double share, long seed) {
        require(share >= 0 && Double.isFinite(share), "share", "a finite number of at least 0", share);
        Moments moments = Moments.of(observations, columns());
        float[] noisy = observations.clone();
        Draws draws = new Draws(seed, "observation noise");
        for (int i = 0; i < noisy.length; i++) {
            noisy[i] += (float) (share * moments.deviation(i % columns()) * draws.at(i, 0, 0).normal());
        }
        return new Trajectories(episodes, length, noisy, actions);
    }

    /** Of an observation. */
    int columns() {
        return observations.length / (episodes * (length + 1));
    }

    /** Of an action. */
    int actionColumns() {
        return actions.length / (episodes * length);
    }
}
