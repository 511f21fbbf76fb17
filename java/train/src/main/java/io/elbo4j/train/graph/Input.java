package io.elbo4j.train.graph;

/** Data: filled from outside, or gathered from a data set in the backend's memory at the start of a step. */
final class Input extends Value {
    Input(String name, long columns) {
        super(name, columns, false, false);
    }

    @Override
    void forward(Plan plan) {
        plan.gatherInput(this);
    }

    @Override
    void backward(Plan plan) {
        // data has no gradient
    }
}
