package io.elbo4j.train.graph;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.operation.Rows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parameters of a model in a backend's memory, each with its gradient and Adam's two moments. Steps of several
 * threads may read them at the same time; while one trains them, no other may run.
 */
public final class Parameters implements AutoCloseable {
    /** Value, gradient and moments of one parameter. */
    public record State(Parameter parameter, Matrix value, Matrix gradient, Matrix firstMoment,
            Matrix secondMoment) {}

    private final Map<Parameter, State> states = new LinkedHashMap<>();

    /** Allocates, and draws the initial values from {@code seed}. */
    public Parameters(Backend backend, List<Parameter> parameters, long seed) {
        for (int i = 0; i < parameters.size(); i++) {
            Parameter p = parameters.get(i);
            State state = new State(p, backend.matrix(p.rows(), p.columns()), backend.matrix(p.rows(), p.columns()),
                    backend.matrix(p.rows(), p.columns()), backend.matrix(p.rows(), p.columns()));
            if (p.bound() > 0) {
                RandomFill.uniform(new Noise(seed, Streams.INITIAL_VALUES + i), -p.bound(), p.bound(), state.value())
                        .run();
            } else {
                Rows.fill(p.constant(), state.value()).run();
            }
            states.put(p, state);
        }
    }

    /** @throws IllegalArgumentException if they were made for a graph that has no such parameter */
    public State get(Parameter parameter) {
        State state = states.get(parameter);
        if (state == null) {
            throw new IllegalArgumentException("these parameters, of another graph, have no '" + parameter.name()
                    + "' of " + parameter.rows() + " x " + parameter.columns());
        }
        return state;
    }

    public List<State> all() {
        return new ArrayList<>(states.values());
    }

    /** How many numbers are trained. */
    public long count() {
        return states.keySet().stream().mapToLong(p -> p.rows() * p.columns()).sum();
    }

    @Override
    public void close() {
        for (State s : states.values()) {
            s.value().close();
            s.gradient().close();
            s.firstMoment().close();
            s.secondMoment().close();
        }
    }
}
