package io.elbo4j.train.graph;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.operation.Rows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a model in a backend's memory; once they are trained, each with its gradient and what the optimiser
 * keeps. Steps of several threads may read them at the same time; while one trains them, no other may run.
 */
public final class Parameters implements AutoCloseable {
    /** One parameter. What only training needs is allocated when it is first asked for. */
    public static final class State implements AutoCloseable {
        private final Parameter parameter;
        private final Matrix value;
        private final Map<String, Matrix> slots = new LinkedHashMap<>();
        private @Nullable Matrix gradient;

        private State(Backend backend, Parameter parameter, long rows) {
            this(parameter, backend.matrix(rows, parameter.columns()));
        }

        private State(Parameter parameter, Matrix value) {
            this.parameter = parameter;
            this.value = value;
        }

        /** Some rows of a parameter, as an optimiser sees them. */
        static State ofRows(Parameter parameter, Matrix value, Matrix gradient, Map<String, Matrix> slots) {
            State state = new State(parameter, value);
            state.gradient = gradient;
            state.slots.putAll(slots);
            return state;
        }

        public Parameter parameter() {
            return parameter;
        }

        public Matrix value() {
            return value;
        }

        /** That of the last training step. */
        public synchronized Matrix gradient() {
            if (gradient == null) {
                gradient = like();
            }
            return gradient;
        }

        /** Whether a training has asked for {@link #gradient}. */
        public synchronized boolean hasGradient() {
            return gradient != null;
        }

        /** What an optimiser keeps under this name, zero at first. */
        public synchronized Matrix slot(String name) {
            return slots.computeIfAbsent(name, n -> like());
        }

        /** What has been asked for of {@link #slot}, by name. */
        public synchronized Map<String, Matrix> slots() {
            return new LinkedHashMap<>(slots);
        }

        private Matrix like() {
            return value.backend().matrix(value.rows(), value.columns());
        }

        @Override
        public synchronized void close() {
            value.close();
            slots.values().forEach(Matrix::close);
            if (gradient != null) {
                gradient.close();
            }
        }
    }

    private final Map<Parameter, State> states = new LinkedHashMap<>();
    private final List<State> own = new ArrayList<>();

    /** Allocates, and draws the initial values: each is a function of {@code seed} and the parameter's name. */
    public Parameters(Backend backend, List<Parameter> parameters, long seed) {
        orClosed(() -> {
            for (Parameter p : parameters) {
                State state = new State(backend, p, p.rows());
                own.add(state);
                if (p.bound() > 0) {
                    RandomFill.uniform(Streams.named(seed, p.name(), Streams.INITIAL_VALUES), -p.bound(), p.bound(),
                            state.value()).run();
                } else {
                    Rows.fill(p.constant(), state.value()).run();
                }
                states.put(p, state);
            }
        });
    }

    /** Where memory is short for one, those before are freed. */
    private void orClosed(Runnable allocation) {
        try {
            allocation.run();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private Parameters() {}

    /**
     * The same parameters, but that some have a row for each of other data, with the constant that they begin with.
     * What is closed then are those: the others stay, and are to be closed later.
     *
     * @param ofData parameters with a row for each of some data
     * @param rows of the other data
     */
    public Parameters with(Set<Parameter> ofData, long rows) {
        Parameters other = new Parameters();
        other.orClosed(() -> {
            for (State s : states.values()) {
                Parameter p = s.parameter();
                State state = s;
                if (ofData.contains(p)) {
                    state = new State(s.value().backend(), p, rows);
                    other.own.add(state);
                    Rows.fill(p.constant(), state.value()).run();
                }
                other.states.put(p, state);
            }
        });
        return other;
    }

    /**
     * Allocates what an optimiser keeps of every parameter that it changes, as it is before the first step. At the
     * latest this happens when a step is compiled that trains the parameter with it; what is there already stays as it
     * is.
     */
    public Parameters keep(Optimiser optimiser) {
        for (State s : states.values()) {
            if (!s.parameter().statistic()) {
                optimiser.begin(s);
                optimiser.slots().forEach(s::slot);
            }
        }
        return this;
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
        return states.keySet().stream().filter(p -> !p.statistic()).mapToLong(p -> p.rows() * p.columns()).sum();
    }

    @Override
    public void close() {
        own.forEach(State::close);
    }
}
