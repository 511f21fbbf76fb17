package io.elbo4j.train.graph;

import io.elbo4j.Matrix;

/**
 * A node with a value: a matrix of one row per row of the batch, or one per sample of a latent variable
 * ({@link #perSample}).
 */
public abstract class Value extends Node {
    private final long columns;
    private final boolean perSample;
    private final boolean differentiable;

    Value(String name, long columns, boolean perSample, boolean differentiable) {
        super(name);
        if (columns < 1) {
            throw new IllegalArgumentException("'" + name + "' must have at least 1 column, not " + columns);
        }
        this.columns = columns;
        this.perSample = perSample;
        this.differentiable = differentiable;
    }

    public final long columns() {
        return columns;
    }

    /** Whether it depends on a latent variable, and so has a row for each of its samples. */
    public final boolean perSample() {
        return perSample;
    }

    /** Whether a gradient with respect to it leads to a parameter. */
    final boolean differentiable() {
        return differentiable;
    }

    /** Where its value lies: a buffer of its own, or a view of another's. */
    Matrix place(Plan plan) {
        return plan.ownBuffer(this, plan.rows(this), columns);
    }

    /** The value whose gradient buffer holds this one's, from column {@link #rootColumn}. */
    Value root() {
        return this;
    }

    long rootColumn() {
        return 0;
    }

    /**
     * Whether this is the output of a ReLU: what it passes back is zero where it is not above 0, which the products
     * that write its gradient do on the way.
     */
    boolean gated() {
        return false;
    }
}
