package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * y_c = exp(x_c) / sum_j exp(x_j), of each row, by {@link io.elbo4j.operation.Softmax}. Backward: dx = y (dy - sum_j
 * dy_j y_j).
 */
public final class Softmax extends Value {
    private final Value x;

    private Softmax(String name, Value x) {
        super(name, x.columns(), x.rows(), List.of(x), List.of());
        this.x = x;
    }

    /** Named after x. */
    public static Value of(Value x) {
        requireGiven("x", x);
        return x.graph().add(new Softmax(x.graph().freeName("softmax of " + x.name()), x));
    }

    @Override
    protected void forward(Plan plan) {
        plan.launch(io.elbo4j.operation.Softmax.forward(plan.value(x), plan.value(this)));
    }

    @Override
    protected void backward(Plan plan) {
        if (plan.wants(x)) {
            plan.launch(io.elbo4j.operation.Softmax.backward(plan.value(this), plan.gradient(this), plan.gradientOf(
                    x)));
        }
    }
}
