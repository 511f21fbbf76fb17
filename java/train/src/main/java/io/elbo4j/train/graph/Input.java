package io.elbo4j.train.graph;

import static io.elbo4j.ArgumentException.requireGiven;

import java.util.List;

/**
 * Data: filled from outside, or read from a step's data at the start of a run. A row of the data holds the rows of all
 * inner axes one after the other: of a sequence, T x columns numbers.
 */
public final class Input extends Value {
    private final Support support;

    /** @throws IllegalArgumentException if the rows are not one or several for each row of the batch */
    Input(String name, long columns, Rows rows, Support support) {
        super(name, columns, rows, List.of(), List.of());
        this.support = requireGiven("support", support);
        if (!rows.has(Axis.BATCH)) {
            throw new IllegalArgumentException("input '" + name + "' must have rows of BATCH, not of " + rows);
        }
    }

    /** What data of it may be, whatever is computed from it. */
    public Support support() {
        return support;
    }

    @Override
    protected void forward(Plan plan) {
        plan.read(this);
    }
}
