package io.elbo4j.control.environment;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.picture.Scene;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** An environment with another {@link Environment#limit}. */
public record TimeLimit(Environment environment, int limit) implements Environment {
    /** @throws io.elbo4j.ArgumentException if the limit is below 0; 0 is none */
    public TimeLimit {
        requireGiven("environment", environment);
        require(limit >= 0, "limit", "at least 0", limit);
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
        return environment.terminated(state);
    }

    @Override
    public void observe(double[] state, float[] observation) {
        environment.observe(state, observation);
    }

    /** None: what is best depends on the limit. */
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
    public Optional<Termination> termination() {
        return environment.termination();
    }

    @Override
    public Optional<float[]> goal() {
        return environment.goal();
    }

    @Override
    public Optional<double[]> place(double across, double up) {
        return environment.place(across, up);
    }

    @Override
    public Optional<Scene> scene(double[] state) {
        return environment.scene(state);
    }
}
