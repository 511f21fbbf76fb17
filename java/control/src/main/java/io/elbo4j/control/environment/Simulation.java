package io.elbo4j.control.environment;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;
import static io.elbo4j.control.environment.Sizes.requireSize;
import static io.elbo4j.control.environment.StepResult.requireRoom;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Copies of an {@link Environment} in this process. Copy r's noise is a function of (seed, r, episode, step): a batch
 * of more copies has the same first ones, and an episode that ends early moves no other.
 */
public final class Simulation implements VectorEnvironment {
    private final Environment environment;
    private final Draws draws;
    private final double[][] states;
    private final long[] episodes;
    private final int[] steps;
    private final boolean[] running;
    private final float[] action;
    private final float[] observation;

    public Simulation(Environment environment, int rows, long seed) {
        requireGiven("environment", environment);
        require(rows >= 1, "rows", "at least 1", rows);
        this.environment = environment;
        this.draws = new Draws(seed, "environment");
        this.states = new double[rows][environment.stateSize()];
        this.episodes = new long[rows];
        this.steps = new int[rows];
        this.running = new boolean[rows];
        this.action = new float[environment.actions().columns()];
        this.observation = new float[environment.observations().columns()];
    }

    /**
     * Where a copy is.
     *
     * @param number of episodes that it has begun
     * @param step of the last one
     * @param running whether that has not ended
     */
    public record Episode(List<Double> state, long number, int step, boolean running) {
        public Episode {
            state = List.copyOf(state);
            require(number >= 0, "number", "at least 0", number);
            require(step >= 0, "step", "at least 0", step);
        }
    }

    /** What it has copies of. */
    public Environment environment() {
        return environment;
    }

    @Override
    public int rows() {
        return states.length;
    }

    @Override
    public Space observations() {
        return environment.observations();
    }

    @Override
    public Space actions() {
        return environment.actions();
    }

    @Override
    public void reset(boolean[] which, float[] observations) {
        requireSize("which", which, rows());
        requireSize("observations", observations, rows() * observation.length);
        for (int r = 0; r < rows(); r++) {
            if (which[r]) {
                environment.start(states[r], draws.at(r, episodes[r]++, 0));
                begin(r, observations);
            }
        }
    }

    /**
     * Begins the episodes that everybody is compared on: copy r the one of number first + r.
     *
     * @param first from 0 on, all numbers at most 2^31 - 1
     * @see Environment#evaluationStart
     */
    public void resetToEvaluation(int first, float[] observations) {
        int last = Integer.MAX_VALUE - (rows() - 1);
        require(first >= 0 && first <= last, "first", "from 0 to " + last, first);
        requireSize("observations", observations, rows() * observation.length);
        for (int r = 0; r < rows(); r++) {
            environment.evaluationStart(first + r, states[r]);
            episodes[r]++;
            begin(r, observations);
        }
    }

    private void begin(int row, float[] observations) {
        steps[row] = 0;
        running[row] = true;
        observe(row, observations);
    }

    private void observe(int row, float[] observations) {
        environment.observe(states[row], observation);
        System.arraycopy(observation, 0, observations, row * observation.length, observation.length);
    }

    @Override
    public void step(float[] actions, StepResult result) {
        for (int r = 0; r < rows(); r++) {
            require(running[r], "copy " + r, "within an episode: reset it first", "one whose episode has ended");
        }
        stepRunning(actions, result);
    }

    /** The same, but copies whose episode has ended stay, and so do their rows of the result. */
    public void stepRunning(float[] actions, StepResult result) {
        requireSize("actions", actions, rows() * action.length);
        requireRoom(result, rows(), observation.length);
        for (int r = 0; r < rows(); r++) {
            if (running[r]) {
                environment.actions().check("the action of copy " + r, action(actions, r));
            }
        }
        for (int r = 0; r < rows(); r++) {
            if (running[r]) {
                step(r, action(actions, r), result);
            }
        }
    }

    private void step(int row, float[] taken, StepResult result) {
        double[] state = states[row];
        result.rewards()[row] = (float) environment.step(state, taken, draws.at(row, episodes[row] - 1, ++steps[row]));
        result.terminated()[row] = environment.terminated(state);
        boolean last = environment.limit() > 0 && steps[row] >= environment.limit();
        result.truncated()[row] = last && !result.terminated()[row];
        running[row] = !result.terminated()[row] && !result.truncated()[row];
        observe(row, result.observations());
    }

    /** Whether an episode has not ended yet. */
    public boolean anyRunning() {
        for (boolean each : running) {
            if (each) {
                return true;
            }
        }
        return false;
    }

    private float[] action(float[] actions, int row) {
        System.arraycopy(actions, row * action.length, action, 0, action.length);
        return action;
    }

    /** Where a copy is, to {@link #goOn} from. */
    public Episode episode(int row) {
        return new Episode(Arrays.stream(states[row]).boxed().toList(), episodes[row], steps[row], running[row]);
    }

    /** Sets a copy to where it was, and writes what it sees there if that is within an episode. */
    public void goOn(int row, Episode episode, float[] observations) {
        requireGiven("episode", episode);
        requireSize("state", episode.state().size(), states[row].length);
        requireSize("observations", observations, rows() * observation.length);
        states[row] = episode.state().stream().mapToDouble(Double::doubleValue).toArray();
        episodes[row] = episode.number();
        steps[row] = episode.step();
        running[row] = episode.running();
        if (running[row]) {
            observe(row, observations);
        }
    }

    @Override
    public Map<String, Double> info(int row) {
        return environment.info(states[row]);
    }

    /** A copy of the state of one. */
    public double[] state(int row) {
        return states[row].clone();
    }

    @Override
    public String toString() {
        return rows() + " of " + environment.name() + ", steps " + Arrays.toString(steps);
    }
}
