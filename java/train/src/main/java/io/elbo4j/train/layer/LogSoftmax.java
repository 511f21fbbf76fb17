package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.LogMeanExp;
import io.elbo4j.operation.Sums;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/** y_c = x_c - log sum_j exp(x_j), of each row. Backward: dx = dy - softmax(x) sum_j dy_j. */
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
        Matrix y = plan.value(this);
        Matrix logSum = plan.buffer(this, "log sum", y.rows(), 1);
        Matrix each = plan.buffer(this, "log sum for each column", y.rows(), y.columns());
        plan.launch(LogMeanExp.forward(plan.value(x), logSum));
        plan.launch(Arithmetic.scaleAndShift(1, (float) StrictMath.log(columns()), logSum, logSum));
        plan.launch(RowSum.spread(plan, this, logSum, each));
        plan.launch(Arithmetic.subtract(plan.value(x), each, y));
    }

    @Override
    protected void backward(Plan plan) {
        if (!plan.wants(x)) {
            return;
        }
        Matrix dy = plan.gradient(this);
        Matrix sums = plan.buffer(this, "sums of the gradient", dy.rows(), 1);
        Matrix share = plan.buffer(this, "shares of the gradient", dy.rows(), dy.columns());
        plan.launch(Sums.rows(dy, sums));
        plan.launch(LogMeanExp.backward(plan.value(x), sums, share));
        plan.launch(Arithmetic.subtract(dy, share, plan.gradientOf(x)));
    }
}
