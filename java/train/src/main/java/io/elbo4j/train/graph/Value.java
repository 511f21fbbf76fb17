package io.elbo4j.train.graph;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Matrix;
import java.util.List;
import java.util.Optional;

/** A node with a value: a matrix whose {@link #rows} say what it has a row for. */
public abstract class Value extends Node {
    /**
     * That a value lies inside another's.
     *
     * @param of a value with as many rows
     * @param column of it that is this value's first
     */
    public record View(Value of, long column) {}

    private final long columns;
    private final Rows rows;
    private Graph graph;
    private boolean differentiable;

    /**
     * @param columns at least 1
     * @param rows usually the {@link #union} of those of the inputs, each {@link Graph#repeat repeated} to it
     */
    protected Value(String name, long columns, Rows rows, List<Value> inputs, List<Parameter> parameters) {
        super(name, inputs, parameters);
        if (columns < 1) {
            throw new IllegalArgumentException("'" + name + "' must have at least 1 column, not " + columns);
        }
        this.columns = columns;
        this.rows = requireGiven("rows", rows);
    }

    /** The axes that any of these values has. */
    public static Rows union(Iterable<Value> values) {
        Rows all = Rows.SHARED;
        for (Value v : values) {
            all = all.union(v.rows());
        }
        return all;
    }

    public final long columns() {
        return columns;
    }

    /**
     * Numbers for each row of the batch and each sample: its columns for each step, member or component, side by side,
     * of axes whose length the graph fixes.
     */
    public final long columnsOfRow() {
        return Math.multiplyExact(columns, rows.count(axis -> axis == Axis.BATCH || axis == Axis.SAMPLE ? 1
                : graph.size(axis).orElse(1)));
    }

    /** What it has a row for: {@link Axis#SAMPLE} is among them if it depends on a latent variable. */
    public final Rows rows() {
        return rows;
    }

    /** The graph that it was added to. */
    public final Graph graph() {
        return graph;
    }

    void addedTo(Graph owner) {
        graph = owner;
        differentiable = passesGradient()
                && (!parameters().isEmpty() || inputs().stream().anyMatch(Value::differentiable));
    }

    /** Whether a gradient with respect to it leads to a parameter. */
    public final boolean differentiable() {
        return differentiable;
    }

    /** The parameter that it is, so that its gradient can be written there at once. */
    public Optional<Parameter> asParameter() {
        return Optional.empty();
    }

    /** Whether its inputs and parameters have a gradient with respect to what depends on it. */
    protected boolean passesGradient() {
        return true;
    }

    /** Where it lies, if it has no buffer of its own: then its gradient lies in the same place of that value's. */
    protected Optional<View> view(Plan plan) {
        return Optional.empty();
    }

    /** The matrix of its value, plan.rows(this) x columns: a buffer of its own, or a view. Called once a plan. */
    protected Matrix place(Plan plan) {
        return view(plan).map(v -> plan.value(v.of()).columns(v.column(), v.column() + columns))
                .orElseGet(() -> plan.buffer(this, "", plan.rows(this), columns));
    }

    /**
     * Whether this is the output of a ReLU: what it passes back is zero where it is not above 0, which the products
     * that write its gradient do on the way, see {@link Plan#gradientOf(Value, boolean)}.
     */
    public boolean gated() {
        return false;
    }
}
