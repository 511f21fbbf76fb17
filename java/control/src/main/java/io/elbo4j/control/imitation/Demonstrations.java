package io.elbo4j.control.imitation;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import java.util.Arrays;

/**
 * What was seen and done: the decisions of all episodes, one after the other.
 *
 * @param decisions how many, at least 1
 * @param observations decisions x columns of the environment's space
 * @param actions decisions x columns of its space
 */
@SuppressWarnings("ArrayRecordComponent") // data, of which nobody wants a copy
public record Demonstrations(int decisions, float[] observations, float[] actions) {
    /** Steps of an episode without a limit: whether it ever ends cannot be known beforehand. */
    private static final int MOST = 100_000;

    /** @throws io.elbo4j.ArgumentException if the numbers are not those of so many decisions */
    public Demonstrations {
        require(decisions >= 1, "decisions", "at least 1", decisions);
        requireRows("observations", observations, decisions);
        requireRows("actions", actions, decisions);
    }

    private static void requireRows(String argument, float[] numbers, int decisions) {
        requireGiven(argument, numbers);
        require(numbers.length >= 1 && numbers.length % decisions == 0, argument, "equally many numbers for each of "
                + decisions + " decisions", numbers.length);
    }

    /**
     * Episodes of an expert, each until its environment terminates or has reached its limit: episode e is a function of
     * (seed, e). Noisy actions are what it does and what is kept.
     *
     * @throws io.elbo4j.ArgumentException if an environment without a limit does not terminate within 100,000 steps
     */
    public static Demonstrations of(Expert expert, int episodes, long seed) {
        requireGiven("expert", expert);
        require(episodes >= 1, "episodes", "at least 1", episodes);
        Environment environment = requireGiven("environment", expert.environment());
        boolean limited = environment.limit() > 0;
        int most = limited ? environment.limit() : MOST;
        float[] observation = new float[environment.observations().columns()];
        float[] action = new float[environment.actions().columns()];
        Rows observations = new Rows();
        Rows actions = new Rows();
        Draws noise = new Draws(seed, "demonstrations");
        Draws chance = new Draws(seed, "expert");
        int decisions = 0;
        for (int e = 0; e < episodes; e++) {
            double[] state = new double[environment.stateSize()];
            environment.start(state, noise.at(0, e, 0));
            int side = chance.at(0, e, 0).uniform() < 0.5 ? 1 : -1;
            for (int t = 1; t <= most && !environment.terminated(state); t++) {
                expert.act(state, side, action);
                chance.at(0, e, t);
                for (int i = 0; i < action.length; i++) {
                    action[i] += (float) (expert.noise() * chance.normal());
                }
                environment.observe(state, observation);
                observations.add(observation);
                actions.add(action);
                environment.step(state, action, noise.at(0, e, t));
                decisions++;
            }
            require(limited || environment.terminated(state), "environment", "one with a limit, as TimeLimit has, or"
                    + " one that terminates within " + MOST + " steps", environment.name() + ", which has neither");
        }
        return new Demonstrations(decisions, observations.all(), actions.all());
    }

    /** Numbers that become more. */
    private static final class Rows {
        private float[] numbers = new float[1024];
        private int count;

        void add(float[] row) {
            if (count + row.length > numbers.length) {
                numbers = Arrays.copyOf(numbers, 2 * numbers.length);
            }
            System.arraycopy(row, 0, numbers, count, row.length);
            count += row.length;
        }

        float[] all() {
            return Arrays.copyOf(numbers, count);
        }
    }

    /** These, and then their images in the expert's mirror: both sides equally often. */
    public Demonstrations mirrored(Expert expert) {
        return new Demonstrations(2 * decisions, twice(observations, expert.mirror()), twice(actions, expert
                .mirrorOfActions()));
    }

    private static float[] twice(float[] rows, float[] signs) {
        float[] both = Arrays.copyOf(rows, 2 * rows.length);
        for (int i = 0; i < rows.length; i++) {
            both[rows.length + i] = signs[i % signs.length] * rows[i];
        }
        return both;
    }
}
