package io.elbo4j.train.graph;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Sums;

/** A parameter of one row that all rows share: its gradient is the sum over the rows. */
final class SharedRow extends Value {
    private final Parameter row;

    SharedRow(String name, Parameter row) {
        super(name, row.columns(), false, true);
        this.row = row;
    }

    Parameter row() {
        return row;
    }

    @Override
    Matrix place(Plan plan) {
        return plan.parameter(row).repeatRow(plan.batch());
    }

    @Override
    void forward(Plan plan) {
        // the parameter itself is the value
    }

    @Override
    void backward(Plan plan) {
        if (plan.hasGradient(this)) {
            Matrix perRow = plan.gradient(this);
            plan.parameterGradient(row, target -> Sums.columns(perRow, target));
        }
    }
}
