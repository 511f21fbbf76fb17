package io.elbo4j.train.distribution;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.CategoricalLogLikelihood;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * The mean class number of each column of a {@link ClassNumbers}, sum_c c softmax(logits)_c. It passes no gradient.
 */
final class ClassMean extends Value {
    private final Value logits;

    private ClassMean(String name, Value logits, long columns) {
        super(name, columns, logits.rows(), List.of(logits), List.of());
        this.logits = logits;
    }

    static Value of(Value logits, long columns) {
        return logits.graph().add(new ClassMean(logits.graph().freeName("mean of " + logits.name()), logits, columns));
    }

    @Override
    protected boolean passesGradient() {
        return false;
    }

    @Override
    protected void forward(Plan plan) {
        Matrix l = plan.value(logits);
        long rows = l.rows();
        int classes = (int) (l.columns() / columns());
        float[] numbers = new float[(int) l.columns()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i / (int) columns();
        }
        Matrix each = probabilities(plan, this, l, columns());
        plan.launch(Arithmetic.multiply(each, plan.constant(this, "class numbers", 1, numbers).repeatRow(rows), each));
        plan.launch(Rows.sumRepeated(each.reshape(rows * classes, columns()), 1, plan.value(this)));
    }

    /** softmax(logits) of each column, less 1 for class 0: -1 times the gradient of that class's log-probability. */
    static Matrix probabilities(Plan plan, Value owner, Matrix logits, long columns) {
        long rows = logits.rows();
        Matrix zeros = plan.constant(owner, "zeros", 1, columns, 0).repeatRow(rows);
        Matrix weight = plan.constant(owner, "weight", rows, 1, -1);
        Matrix unused = plan.buffer(owner, "log-probability of 0", rows, 1);
        Matrix each = plan.buffer(owner, "probability of each class", rows, logits.columns());
        plan.launch(CategoricalLogLikelihood.fused(logits, zeros, weight, unused, each));
        return each;
    }
}
