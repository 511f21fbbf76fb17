package io.elbo4j.train.layer;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.Optional;

/** A parameter of one row that all rows share. */
public final class LearnedRow extends Value {
    private final Parameter row;

    private LearnedRow(Parameter row) {
        super(row.name(), row.columns(), io.elbo4j.train.graph.Rows.SHARED, List.of(), List.of(row));
        this.row = row;
    }

    /** A parameter of that name. */
    public static Value of(Graph graph, String name, long columns, float initially) {
        return graph.add(new LearnedRow(Parameter.constant(name, 1, columns, initially)));
    }

    @Override
    public Optional<Parameter> asParameter() {
        return Optional.of(row);
    }

    @Override
    protected Matrix place(Plan plan) {
        return plan.parameter(row);
    }

    @Override
    protected void forward(Plan plan) {
        // the parameter itself is the value
    }

    @Override
    protected void backward(Plan plan) {
        // what repeats the row, or takes it for all rows, writes the parameter's gradient itself
        if (plan.hasGradient(this)) {
            Matrix gradient = plan.gradient(this);
            plan.parameterGradient(row, target -> Rows.copy(gradient, target));
        }
    }
}
