package io.elbo4j.train.layer;

import io.elbo4j.operation.Matmul;
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
        return x.graph().add(new RowSum(x.graph().freeName("row sum of " + x.name()), x));
    }

    /** The mean of each row. */
    public static Value mean(Value x) {
        return Scale.of(of(x), 1f / x.columns(), 0);
    }

    @Override
    protected void forward(Plan plan) {
        plan.launch(Sums.rows(plan.value(x), plan.value(this)));
    }

    @Override
    protected void backward(Plan plan) {
        if (plan.wants(x)) {
            // a product with ones puts a column beside itself
            plan.launch(Matmul.forward(plan.gradient(this), plan.constant(this, "ones", 1, x.columns(), 1), null, false,
                    plan.gradientOf(x)));
        }
    }
}
