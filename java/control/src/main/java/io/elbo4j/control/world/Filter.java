package io.elbo4j.control.world;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;

/** States of a {@link WorldModel} by what is seen and done, for episodes that begin together. */
public final class Filter implements AutoCloseable {
    private final WorldModel.Filtering graph;
    private final Step step;

    /**
     * @param rows episodes
     * @param seed of what the wanted values draw
     * @param wanted values of the same graph beside the state
     */
    public Filter(WorldModel.Filtering graph, Parameters parameters, int rows, Backend backend, long seed,
            Value... wanted) {
        this.graph = graph;
        this.step = Step.of(graph.graph(), parameters, backend).rows(rows).seed(seed).want(graph.state()).want(wanted)
                .compile();
        begin();
    }

    /** Episodes begin. */
    public void begin() {
        Rows.fill(0, before()).run();
        Rows.fill(0, action()).run();
    }

    /** Sees what there is now, once after each {@link #did}. */
    public void see(float[] observations, long number) {
        step.value(graph.observation()).set(observations);
        step.run(number);
        Rows.copy(step.value(graph.state()), before()).run();
    }

    /** Remembers what is done now, in [-1, 1]. */
    public void did(float[] actions) {
        action().set(actions);
    }

    /** A wanted value, as of the last {@link #see}. */
    public Matrix value(Value wanted) {
        return step.value(wanted);
    }

    /** The state, which goes on to the next step: with {@link #action} all that there is. */
    public Matrix before() {
        return step.value(graph.before());
    }

    /** What was done last. */
    public Matrix action() {
        return step.value(graph.action());
    }

    /** The first number that is none, for messages. */
    public Step step() {
        return step;
    }

    @Override
    public void close() {
        step.close();
    }
}
