package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.LogMeanExp;
import io.elbo4j.operation.Sums;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/** y_c = exp(x_c) / sum_j exp(x_j), of each row. Backward: dx = y (dy - sum_j dy_j y_j). */
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
        // the gradient of the log-mean-exp of a row
        Matrix one = plan.constant(this, "one", plan.rows(this), 1, 1);
        plan.launch(LogMeanExp.backward(plan.value(x), one, plan.value(this)));
    }

    @Override
    protected void backward(Plan plan) {
        if (!plan.wants(x)) {
            return;
        }
        Matrix y = plan.value(this);
        Matrix product = plan.buffer(this, "weighted gradient", y.rows(), y.columns());
        Matrix sums = plan.buffer(this, "sums of the weighted gradient", y.rows(), 1);
        Matrix mean = plan.buffer(this, "mean gradient", y.rows(), y.columns());
        plan.launch(Arithmetic.multiply(plan.gradient(this), y, product));
        plan.launch(Sums.rows(product, sums));
        plan.launch(RowSum.spread(plan, this, sums, mean));
        plan.launch(Arithmetic.multiply(y, mean, mean));
        plan.launch(Arithmetic.subtract(product, mean, plan.gradientOf(x)));
    }
}
