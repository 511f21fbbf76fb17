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
 * @param lengths decisions of each episode, which come to all of them
 */
@SuppressWarnings("ArrayRecordComponent") // data, of which nobody wants a copy
public record Demonstrations(int decisions, float[] observations, float[] actions, int[] lengths) {
    /** Steps of an episode without a limit: whether it ever ends cannot be known beforehand. */
    private static final int MOST = 100_000;

    /** @throws io.elbo4j.ArgumentException if the numbers are not those of so many decisions */
    public Demonstrations {
        require(decisions >= 1, "decisions", "at least 1", decisions);
        requireRows("observations", observations, decisions);
        requireRows("actions", actions, decisions);
        requireGiven("lengths", lengths);
        require(Arrays.stream(lengths).allMatch(n -> n >= 1) && Arrays.stream(lengths).asLongStream().sum()
                == decisions,
                "lengths", "at least 1 each, " + decisions + " in sum", Arrays.toString(lengths));
    }

    /** Decisions of which nobody says what came after them: each is an episode. */
    public Demonstrations(int decisions, float[] observations, float[] actions) {
        this(decisions, observations, actions, ones(decisions));
    }

    private static int[] ones(int decisions) {
        int[] ones = new int[Math.max(0, decisions)];
        Arrays.fill(ones, 1);
        return ones;
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
        int[] lengths = new int[episodes];
        for (int e = 0; e < episodes; e++) {
            double[] state = new double[environment.stateSize()];
            environment.start(state, noise.at(0, e, 0));
            int way = expert.way(chance.at(0, e, 0));
            for (int t = 1; t <= most && !environment.terminated(state); t++) {
                expert.show(state, way, action, chance.at(0, e, t));
                environment.observe(state, observation);
                observations.add(observation);
                actions.add(action);
                environment.step(state, action, noise.at(0, e, t));
                lengths[e]++;
            }
            require(limited || environment.terminated(state), "environment", "one with a limit, as TimeLimit has, or"
                    + " one that terminates within " + MOST + " steps", environment.name() + ", which has neither");
        }
        return new Demonstrations(Arrays.stream(lengths).sum(), observations.all(), actions.all(), lengths);
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
        int[] twice = Arrays.copyOf(lengths, 2 * lengths.length);
        System.arraycopy(lengths, 0, twice, lengths.length, lengths.length);
        return new Demonstrations(2 * decisions, twice(observations, expert.mirror()), twice(actions, expert
                .mirrorOfActions()), twice);
    }

    /**
     * The same, seen with other goals (Andrychowicz et al. 2017, Hindsight experience replay): the last columns of what
     * is seen say where to go, and of these demonstrations where that decision already is. Each decision is told as
     * many times as it has a later one within a window, or itself, with the goal where that one is. What is told so is
     * a decision for itself.
     *
     * @param goal columns of a goal, at least 1 and fewer than are seen
     * @param window decisions from the first to the last that is told, at least 1
     */
    public Demonstrations inHindsight(int goal, int window) {
        int seen = seen();
        require(goal >= 1 && goal < seen, "goal", "from 1 to " + (seen - 1) + " columns", goal);
        require(window >= 1, "window", "at least 1", window);
        Rows told = new Rows();
        Rows done = new Rows();
        int first = 0;
        int count = 0;
        for (int length : lengths) {
            int end = first + length;
            for (int i = first; i < end; i++) {
                float[] observation = Arrays.copyOfRange(observations, i * seen, (i + 1) * seen);
                float[] action = Arrays.copyOfRange(actions, i * done(), (i + 1) * done());
                for (int j = i; j < Math.min(end, i + window); j++) {
                    System.arraycopy(observations, (j + 1) * seen - goal, observation, seen - goal, goal);
                    told.add(observation);
                    done.add(action);
                    count++;
                }
            }
            first = end;
        }
        return new Demonstrations(count, told.all(), done.all());
    }

    /** Columns of an observation. */
    int seen() {
        return observations.length / decisions;
    }

    /** Columns of an action. */
    int done() {
        return actions.length / decisions;
    }

    private static float[] twice(float[] rows, float[] signs) {
        float[] both = Arrays.copyOf(rows, 2 * rows.length);
        for (int i = 0; i < rows.length; i++) {
            both[rows.length + i] = signs[i % signs.length] * rows[i];
        }
        return both;
    }
}
