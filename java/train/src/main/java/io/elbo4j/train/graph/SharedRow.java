package io.elbo4j.train.graph;

import io.elbo4j.Matrix;
import java.util.List;

/** A parameter of one row that all rows share. */
final class SharedRow extends Value {
    private final Parameter row;

    SharedRow(String name, Parameter row) {
        super(name, row.columns(), Rows.SHARED, List.of(), true);
        this.row = row;
    }

    Parameter row() {
        return row;
    }

    @Override
    Matrix place(Plan plan) {
        return plan.parameter(row);
    }

    @Override
    void forward(Plan plan) {
        // the parameter itself is the value
    }

    @Override
    void backward(Plan plan) {
        // what repeats the row, or takes it for all rows, writes the parameter's gradient itself
        if (plan.hasGradient(this)) {
            Matrix gradient = plan.gradient(this);
            plan.parameterGradient(row, target -> io.elbo4j.operation.Rows.copy(gradient, target));
        }
    }
}
