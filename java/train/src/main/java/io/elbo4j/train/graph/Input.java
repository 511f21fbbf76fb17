package io.elbo4j.train.graph;

import java.util.List;

/** Data: filled from outside, or gathered from a data set in the backend's memory at the start of a step. */
final class Input extends Value {
    Input(String name, long columns) {
        super(name, columns, Rows.BATCH, List.of(), false);
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
