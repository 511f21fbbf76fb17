package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Sums;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/** The sum of each row: one column. Backward: every element of a row has the gradient of its sum. */
public final class RowSum extends Value {
    private final Value x;

    private RowSum(String name, Value x) {
        super(name, 1, x.rows(), List.of(x), List.of());
        this.x = x;
    }

    /** Named after x. */
    public static Value of(Value x) {
        requireGiven("x", x);
        return x.graph().add(new RowSum(x.graph().freeName("row sum of " + x.name()), x));
    }

    /** The mean of each row. */
    public static Value mean(Value x) {
        return Scale.of(of(x), 1f / x.columns(), 0);
    }

    /** For nodes and distributions: the launch that writes a column to each column of the target. */
    public static Launch spread(Plan plan, Object owner, Matrix column, Matrix target) {
        // a product with ones puts a column beside itself
        return Matmul.forward(column, plan.constant(owner, "ones", 1, target.columns(), 1), null, false, target);
    }

    /**
     * For nodes and objectives: the launches, to be added together, that write the sum of each row to a column, also
     * where it lies in wider rows, as the gradient of a {@link Slice} does.
     */
    public static Launch[] sums(Plan plan, Object owner, Matrix x, Matrix column) {
        if (column.rowStride() == 1) {
            return new Launch[] {Sums.rows(x, column)};
        }
        Matrix beside = plan.buffer(owner, "sums of the rows", x.rows(), 1);
        return new Launch[] {Sums.rows(x, beside), Rows.copy(beside, column)};
    }

    @Override
    protected void forward(Plan plan) {
        plan.launch(Sums.rows(plan.value(x), plan.value(this)));
    }

    @Override
    protected void backward(Plan plan) {
        if (plan.wants(x)) {
            plan.launch(spread(plan, this, plan.gradient(this), plan.gradientOf(x)));
        }
    }
}
