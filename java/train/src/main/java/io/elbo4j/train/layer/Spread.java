package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/** One column as each of several: y_rj = x_r. Backward: dx_r = sum_j dy_rj. The other way is {@link RowSum}. */
public final class Spread extends Value {
    private final Value x;

    private Spread(String name, Value x, long columns) {
        super(name, columns, x.rows(), List.of(x), List.of());
        this.x = x;
    }

    /**
     * Named after x.
     *
     * @param x of one column
     * @param columns of y, at least 1
     */
    public static Value of(Value x, long columns) {
        requireGiven("x", x);
        require(x.columns() == 1, "x", "a value of 1 column", x.columns());
        require(columns >= 1, "columns", "at least 1", columns);
        return x.graph().add(new Spread(x.graph().freeName(x.name() + " in each column"), x, columns));
    }

    @Override
    protected void forward(Plan plan) {
        plan.launch(RowSum.spread(plan, this, plan.value(x), plan.value(this)));
    }

    @Override
    protected void backward(Plan plan) {
        if (plan.wants(x)) {
            plan.launch(RowSum.sums(plan, this, plan.gradient(this), plan.gradientOf(x)));
        }
    }
}
