package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;

/** A parameter of one row that all rows share. */
public final class LearnedRow extends ParameterValue {
    private LearnedRow(Parameter row) {
        super(row, Rows.SHARED);
    }

    /** A parameter of that name. */
    public static Value of(Graph graph, String name, long columns, float initially) {
        requireGiven("graph", graph);
        requireGiven("name", name);
        require(columns >= 1, "columns", "at least 1", columns);
        require(Float.isFinite(initially), "initially", "finite", initially);
        return graph.add(new LearnedRow(Parameter.constant(name, 1, columns, initially)));
    }
}
