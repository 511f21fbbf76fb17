package io.elbo4j.control.environment;

import io.elbo4j.train.picture.Scene;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** An environment that is another one but for what it says itself. */
public interface Wrapped extends Environment {
    /** The other one. */
    Environment environment();

    @Override
    default String name() {
        return environment().name();
    }

    @Override
    default String description() {
        return environment().description();
    }

    @Override
    default Space observations() {
        return environment().observations();
    }

    @Override
    default Space actions() {
        return environment().actions();
    }

    @Override
    default int limit() {
        return environment().limit();
    }

    @Override
    default int stateSize() {
        return environment().stateSize();
    }

    @Override
    default void start(double[] state, Draws draws) {
        environment().start(state, draws);
    }

    @Override
    default void evaluationStart(int episode, double[] state) {
        environment().evaluationStart(episode, state);
    }

    @Override
    default double step(double[] state, float[] action, Draws draws) {
        return environment().step(state, action, draws);
    }

    @Override
    default boolean terminated(double[] state) {
        return environment().terminated(state);
    }

    @Override
    default void observe(double[] state, float[] observation) {
        environment().observe(state, observation);
    }

    @Override
    default OptionalDouble ceiling() {
        return environment().ceiling();
    }

    @Override
    default Optional<Reward> reward() {
        return environment().reward();
    }

    @Override
    default Optional<Termination> termination() {
        return environment().termination();
    }

    @Override
    default Optional<float[]> goal() {
        return environment().goal();
    }

    @Override
    default Optional<double[]> place(double across, double up) {
        return environment().place(across, up);
    }

    @Override
    default Optional<Scene> scene(double[] state) {
        return environment().scene(state);
    }

    @Override
    default Map<String, Double> info(double[] state) {
        return environment().info(state);
    }
}
