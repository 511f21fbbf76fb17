package io.elbo4j.train.graph;

import java.util.List;

/** Data: filled from outside, or read from a step's data at the start of a run. */
public final class Input extends Value {
    Input(String name, long columns) {
        super(name, columns, Rows.BATCH, List.of(), List.of());
    }

    @Override
    protected void forward(Plan plan) {
        plan.read(this);
    }
}
