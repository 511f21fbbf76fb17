package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Activation;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * x where a condition is above 0, else +0, element by element: other than a product also where x is infinite or NaN. A
 * condition that is NaN passes x. Backward: dx = dy where it is above 0, else +0; the condition has no gradient.
 */
public final class Where extends Value {
    private final Value condition;
    private final Value x;

    private Where(String name, Value condition, Value x) {
        super(name, x.columns(), x.rows(), List.of(condition, x), List.of());
        this.condition = condition;
        this.x = x;
    }

    /**
     * Its rows have the axes of both.
     *
     * @throws IllegalArgumentException if they have not equally many columns
     */
    public static Value of(Value condition, Value x) {
        requireGiven("condition", condition);
        requireGiven("x", x);
        String name = x.graph().freeName(x.name() + " where " + condition.name());
        if (condition.columns() != x.columns()) {
            throw new IllegalArgumentException("'" + name + "': '" + condition.name() + "' has " + condition.columns()
                    + " columns, '" + x.name() + "' " + x.columns());
        }
        Rows rows = union(List.of(condition, x));
        return x.graph().add(new Where(name, x.graph().repeat(condition, rows), x.graph().repeat(x, rows)));
    }

    @Override
    protected void forward(Plan plan) {
        // what the gradient of relu does to a gradient
        plan.launch(Elementwise.activationGradient(Activation.RELU, plan.value(condition), plan.value(x), plan.value(
                this)));
    }

    @Override
    protected void backward(Plan plan) {
        if (plan.wants(x)) {
            plan.launch(Elementwise.activationGradient(Activation.RELU, plan.value(condition), plan.gradient(this), plan
                    .gradientOf(x)));
        }
    }
}
