package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * A learned row for each row of the data: the row of the batch's data. Local inference (Hoffman et al. 2013) has its
 * variational parameters here. A training step changes the rows of its batch alone, with what the optimiser keeps for
 * them; a row number may be in the batch once.
 */
public final class LearnedRows extends Value {
    private final Parameter rows;

    private LearnedRows(Parameter rows) {
        super(rows.name(), rows.columns(), io.elbo4j.train.graph.Rows.BATCH, List.of(), List.of(rows));
        this.rows = rows;
    }

    /**
     * A parameter of that name, dataRows x columns. The steps that use it read data of so many rows.
     *
     * @param initially what every element begins with
     */
    public static Value of(Graph graph, String name, long dataRows, long columns, float initially) {
        requireGiven("graph", graph);
        requireGiven("name", name);
        require(dataRows >= 1, "dataRows", "at least 1", dataRows);
        require(columns >= 1, "columns", "at least 1", columns);
        require(Float.isFinite(initially), "initially", "finite", initially);
        return graph.add(new LearnedRows(Parameter.constant(name, dataRows, columns, initially)));
    }

    @Override
    protected void forward(Plan plan) {
        plan.launch(Rows.gather(plan.parameter(rows), plan.order(this), plan.value(this)));
    }

    @Override
    protected void backward(Plan plan) {
        plan.rowGradient(rows, plan.order(this), plan.gradient(this));
    }
}
