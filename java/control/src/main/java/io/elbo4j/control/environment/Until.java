package io.elbo4j.control.environment;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.picture.Scene;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;

/**
 * An environment that also terminates where something that there is to know of a state, as "success", is above 0: for
 * what is to be reached, and need not be kept.
 *
 * @param what a name of {@link Environment#info}
 */
public record Until(Environment environment, String what) implements Environment {
    /** @throws io.elbo4j.ArgumentException if the environment does not say it */
    public Until {
        double[] start = new double[requireGiven("environment", environment).stateSize()];
        environment.evaluationStart(0, start);
        requireGiven("what", what);
        require(environment.info(start).containsKey(what), "what", "one of " + new TreeSet<>(environment.info(start)
                .keySet()), what);
    }

    @Override
    public String name() {
        return environment.name();
    }

    @Override
    public String description() {
        return environment.description();
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
    public int limit() {
        return environment.limit();
    }

    @Override
    public int stateSize() {
        return environment.stateSize();
    }

    @Override
    public void start(double[] state, Draws draws) {
        environment.start(state, draws);
    }

    @Override
    public void evaluationStart(int episode, double[] state) {
        environment.evaluationStart(episode, state);
    }

    @Override
    public double step(double[] state, float[] action, Draws draws) {
        return environment.step(state, action, draws);
    }

    @Override
    public boolean terminated(double[] state) {
        return environment.terminated(state) || environment.info(state).get(what) > 0;
    }

    @Override
    public void observe(double[] state, float[] observation) {
        environment.observe(state, observation);
    }

    /** None: what is best depends on the end. */
    @Override
    public OptionalDouble ceiling() {
        return OptionalDouble.empty();
    }

    @Override
    public Map<String, Double> info(double[] state) {
        return environment.info(state);
    }

    @Override
    public Optional<Reward> reward() {
        return environment.reward();
    }

    @Override
    public Optional<Scene> scene(double[] state) {
        return environment.scene(state);
    }
}
