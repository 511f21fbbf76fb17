package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Matrix;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import java.util.List;

/** One row of equal constants that all rows share. */
public final class ConstantRow extends Value {
    private final float value;

    private ConstantRow(String name, long columns, float value) {
        super(name, columns, Rows.SHARED, List.of(), List.of());
        this.value = value;
    }

    public static Value of(Graph graph, String name, long columns, float value) {
        requireGiven("graph", graph);
        requireGiven("name", name);
        require(columns >= 1, "columns", "at least 1", columns);
        return graph.add(new ConstantRow(name, columns, value));
    }

    @Override
    protected Matrix place(Plan plan) {
        return plan.constant(this, "", 1, columns(), value);
    }

    @Override
    protected void forward(Plan plan) {
        // filled once, when it was placed
    }
}
