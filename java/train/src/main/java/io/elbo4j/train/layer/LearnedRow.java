package io.elbo4j.train.layer;

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
        return graph.add(new LearnedRow(Parameter.constant(name, 1, columns, initially)));
    }
}
