package io.elbo4j.train.graph;

import io.elbo4j.Matrix;
import java.util.List;

/** A node with a value: a matrix whose {@link #rows} say what it has a row for. */
public abstract class Value extends Node {
    private final long columns;
    private final Rows rows;
    private final boolean differentiable;

    Value(String name, long columns, Rows rows, List<Value> inputs, boolean differentiable) {
        super(name, inputs);
        if (columns < 1) {
            throw new IllegalArgumentException("'" + name + "' must have at least 1 column, not " + columns);
        }
        this.columns = columns;
        this.rows = rows;
        this.differentiable = differentiable;
    }

    /** The axes that any of these values has. */
    static Rows union(Iterable<Value> values) {
        Rows all = Rows.SHARED;
        for (Value v : values) {
            all = all.union(v.rows());
        }
        return all;
    }

    public final long columns() {
        return columns;
    }

    /** What it has a row for: {@link Axis#SAMPLE} is among them if it depends on a latent variable. */
    public final Rows rows() {
        return rows;
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
    Value root(Plan plan) {
        return this;
    }

    long rootColumn(Plan plan) {
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
