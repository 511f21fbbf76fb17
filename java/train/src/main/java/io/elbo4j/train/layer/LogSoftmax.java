package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * y_c = x_c - log sum_j exp(x_j), of each row, by {@link io.elbo4j.operation.Softmax}. Backward: dx = dy - softmax(x)
 * sum_j dy_j.
 */
public final class LogSoftmax extends Value {
    private final Value x;

    private LogSoftmax(String name, Value x) {
        super(name, x.columns(), x.rows(), List.of(x), List.of());
        this.x = x;
    }

    /** Named after x. */
    public static Value of(Value x) {
        requireGiven("x", x);
        return x.graph().add(new LogSoftmax(x.graph().freeName("log softmax of " + x.name()), x));
    }

    @Override
    protected void forward(Plan plan) {
        plan.launch(io.elbo4j.operation.Softmax.logForward(plan.value(x), plan.value(this)));
    }

    @Override
    protected void backward(Plan plan) {
        if (plan.wants(x)) {
            plan.launch(io.elbo4j.operation.Softmax.logBackward(plan.value(this), plan.gradient(this), plan.gradientOf(
                    x)));
        }
    }
}
