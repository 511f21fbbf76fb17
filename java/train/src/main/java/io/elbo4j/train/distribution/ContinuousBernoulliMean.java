package io.elbo4j.train.distribution;

import io.elbo4j.Matrix;
import io.elbo4j.operation.LogLikelihood;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * The mean of a {@link ContinuousBernoulli}, 1 / (1 - exp(-logits)) - 1 / logits, which is -1 times the derivative of
 * its log-density at x = 0: so it is as accurate near logits of 0. It passes no gradient.
 */
final class ContinuousBernoulliMean extends Value {
    private final Value logits;

    private ContinuousBernoulliMean(String name, Value logits) {
        super(name, logits.columns(), logits.rows(), List.of(logits), List.of());
        this.logits = logits;
    }

    static Value of(Value logits) {
        return logits.graph().add(new ContinuousBernoulliMean(logits.graph().freeName("mean of " + logits.name()),
                logits));
    }

    @Override
    protected boolean passesGradient() {
        return false;
    }

    @Override
    protected void forward(Plan plan) {
        Matrix l = plan.value(logits);
        Matrix zeros = plan.constant(this, "zeros", 1, columns(), 0).repeatRow(l.rows());
        Matrix weight = plan.constant(this, "weight", l.rows(), 1, -1);
        Matrix unused = plan.buffer(this, "log-density at 0", l.rows(), 1);
        plan.launch(LogLikelihood.fused(ContinuousBernoulli.OF, List.of(l), zeros, weight, unused, List.of(plan.value(
                this))));
    }
}
