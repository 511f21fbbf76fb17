package io.elbo4j.train.distribution;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.Clip;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/** sum_k softmax(logits)_k means_k of each column of a {@link LogisticMixture}. It passes no gradient. */
final class LogisticMixtureMean extends Value {
    private final LogisticMixture of;

    private LogisticMixtureMean(String name, LogisticMixture of) {
        super(name, of.columns(), union(List.of(of.logits(), of.means())), List.of(of.logits(), of.means()), List.of());
        this.of = of;
    }

    static Value of(LogisticMixture mixture) {
        io.elbo4j.train.graph.Rows rows = union(List.of(mixture.logits(), mixture.means()));
        LogisticMixture repeated = mixture.with(v -> v.graph().repeat(v, rows.union(v.rows())));
        return mixture.logits().graph().add(new LogisticMixtureMean(mixture.logits().graph().freeName("mean of "
                + mixture.means().name()), repeated));
    }

    @Override
    protected boolean passesGradient() {
        return false;
    }

    @Override
    protected void forward(Plan plan) {
        Matrix mean = plan.value(of.means());
        Matrix within = plan.buffer(this, "mean of each component", mean.rows(), mean.columns());
        float half = (of.levels() - 1) / 2f;
        plan.launch(Arithmetic.scaleAndShift(1, -half, mean, within));
        plan.launch(Clip.value(half, within, within));
        plan.launch(Arithmetic.scaleAndShift(1, half, within, within));
        Matrix each = ClassMean.probabilities(plan, this, plan.value(of.logits()), columns());
        // without 1 for the first, which is added
        plan.launch(Arithmetic.multiply(each, within, each));
        plan.launch(Rows.sumRepeated(each.reshape(mean.rows() * of.components(), columns()), 1, plan.value(this)));
        plan.launch(Rows.add(within.columns(0, columns()), plan.value(this)));
    }
}
