package io.elbo4j.train.graph;

import io.elbo4j.Matrix;
import java.util.List;

/** See {@link Graph#constant}. */
final class ConstantRow extends Value {
    private final float value;

    ConstantRow(String name, long columns, float value) {
        super(name, columns, Rows.SHARED, List.of(), false);
        this.value = value;
    }

    @Override
    Matrix place(Plan plan) {
        Matrix row = plan.ownBuffer(this, 1, columns());
        io.elbo4j.operation.Rows.fill(value, row).run();
        return row;
    }

    @Override
    void forward(Plan plan) {
        // filled once, when it was placed
    }

    @Override
    void backward(Plan plan) {
        // a constant has no gradient
    }
}
