package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Matrix;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import java.util.Arrays;
import java.util.List;

/** One row of constants that all rows share. */
public final class ConstantRow extends Value {
    private final float[] values;

    private ConstantRow(String name, float[] values) {
        super(name, values.length, Rows.SHARED, List.of(), List.of());
        this.values = values;
    }

    /** The same constant in all columns. */
    public static Value of(Graph graph, String name, long columns, float value) {
        requireGiven("graph", graph);
        requireGiven("name", name);
        require(columns >= 1, "columns", "at least 1", columns);
        float[] values = new float[Math.toIntExact(columns)];
        Arrays.fill(values, value);
        return graph.add(new ConstantRow(name, values));
    }

    /** @param values one for each column, at least one */
    public static Value of(Graph graph, String name, float[] values) {
        requireGiven("graph", graph);
        requireGiven("name", name);
        requireGiven("values", values);
        require(values.length >= 1, "values", "at least one", "none");
        return graph.add(new ConstantRow(name, values.clone()));
    }

    @Override
    protected Matrix place(Plan plan) {
        return plan.constant(this, "", 1, values);
    }

    @Override
    protected void forward(Plan plan) {
        // set once, when it was placed
    }
}
