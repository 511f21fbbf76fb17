package io.elbo4j.train.layer;

import io.elbo4j.Matrix;
import io.elbo4j.operation.GaussianKl;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Sums;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/** KL(q || p) of random weights, q = N(mean, exp(logVariance)) of each, p = N(0, exp(prior)): one number, in nats. */
final class ParameterKl extends Value {
    private final Parameter mean;
    private final Parameter logVariance;
    private final float prior;

    /** @param prior the log-variance */
    ParameterKl(String name, Parameter mean, Parameter logVariance, float prior) {
        super(name, 1, io.elbo4j.train.graph.Rows.SHARED, List.of(), List.of(mean, logVariance));
        this.mean = mean;
        this.logVariance = logVariance;
        this.prior = prior;
    }

    private Matrix prior(Plan plan, String role, float value) {
        return plan.constant(this, role, mean.rows(), mean.columns(), value);
    }

    @Override
    protected void forward(Plan plan) {
        Matrix each = plan.buffer(this, "KL of each row of weights", mean.rows(), 1);
        plan.launch(GaussianKl.forward(plan.parameter(mean), plan.parameter(logVariance), prior(plan, "prior mean", 0),
                prior(plan, "prior log-variance", prior), each));
        plan.launch(Sums.columns(each, plan.value(this)));
    }

    @Override
    protected void backward(Plan plan) {
        Matrix each = plan.buffer(this, "gradient of the KL of each row of weights", mean.rows(), 1);
        plan.launch(Rows.repeat(plan.gradient(this), 1, each));
        plan.parameterGradients(parameters(), targets -> GaussianKl.backward(plan.parameter(mean), plan.parameter(
                logVariance), prior(plan, "prior mean", 0), prior(plan, "prior log-variance", prior), each, null,
                targets.get(0), targets.get(1), null, null));
    }
}
