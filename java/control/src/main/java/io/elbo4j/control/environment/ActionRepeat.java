package io.elbo4j.control.environment;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.picture.Scene;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * An environment each of whose actions is taken several times, until the episode ends: the rewards are summed. Where
 * the limit is no multiple, the last action is taken less often. The state has one more number, the steps taken.
 */
public record ActionRepeat(Environment environment, int times) implements Wrapped {
    /** @throws io.elbo4j.ArgumentException if it is below 1 */
    public ActionRepeat {
        requireGiven("environment", environment);
        require(times >= 1, "times", "at least 1", times);
    }

    /** As "pendulum-x2": its agents are others. */
    @Override
    public String name() {
        return environment.name() + "-x" + times;
    }

    @Override
    public String description() {
        return environment.description() + "; each action " + times + " times";
    }

    @Override
    public int limit() {
        return (int) (((long) environment.limit() + times - 1) / times);
    }

    @Override
    public int stateSize() {
        return environment.stateSize() + 1;
    }

    @Override
    public void start(double[] state, Draws draws) {
        double[] inner = inner(state);
        environment.start(inner, draws);
        set(state, inner, 0);
    }

    @Override
    public void evaluationStart(int episode, double[] state) {
        double[] inner = inner(state);
        environment.evaluationStart(episode, inner);
        set(state, inner, 0);
    }

    @Override
    public double step(double[] state, float[] action, Draws draws) {
        double[] inner = inner(state);
        double steps = state[inner.length];
        double reward = 0;
        boolean ended = false;
        for (int i = 0; i < times && !ended; i++) {
            reward += environment.step(inner, action, draws);
            steps++;
            ended = environment.terminated(inner) || steps == environment.limit();
        }
        set(state, inner, steps);
        return reward;
    }

    private double[] inner(double[] state) {
        return Arrays.copyOf(state, environment.stateSize());
    }

    private static void set(double[] state, double[] inner, double steps) {
        System.arraycopy(inner, 0, state, 0, inner.length);
        state[inner.length] = steps;
    }

    @Override
    public boolean terminated(double[] state) {
        return environment.terminated(inner(state));
    }

    @Override
    public void observe(double[] state, float[] observation) {
        environment.observe(inner(state), observation);
    }

    /** None: that of one action alone is known. */
    @Override
    public Optional<Reward> reward() {
        return Optional.empty();
    }

    /** None: whoever may act anew at each step may do better. */
    @Override
    public OptionalDouble ceiling() {
        return OptionalDouble.empty();
    }

    /** Where an episode begins. */
    @Override
    public Optional<double[]> place(double across, double up) {
        return environment.place(across, up).map(inner -> Arrays.copyOf(inner, stateSize()));
    }

    @Override
    public Optional<Scene> scene(double[] state) {
        return environment.scene(inner(state));
    }

    @Override
    public Map<String, Double> info(double[] state) {
        return environment.info(inner(state));
    }
}
