package io.elbo4j.train.graph;

import io.elbo4j.Matrix;
import io.elbo4j.operation.GaussianLogLikelihood;
import io.elbo4j.operation.Rows;
import java.util.List;

/**
 * x ~ N(mean, exp(logVariance)), diagonal. The log-variance is one per element (a value computed from the latent
 * variable), one per dimension shared by all rows ({@link Graph#shared}), or fixed ({@link Graph#constant}).
 */
public record GaussianObservation(Value mean, Value logVariance) implements Likelihood {
    public GaussianObservation {
        if (mean.columns() != logVariance.columns()) {
            throw new IllegalArgumentException("mean '" + mean.name() + "' has " + mean.columns()
                    + " columns, logVariance '" + logVariance.name() + "' has " + logVariance.columns());
        }
    }

    @Override
    public Value location() {
        return mean;
    }

    @Override
    public List<Value> parameters() {
        return List.of(mean, logVariance);
    }

    @Override
    public void observe(Plan plan, Value x, Matrix logLikelihood) {
        Matrix m = plan.value(mean);
        boolean oneRow = plan.value(logVariance).rowStride() == 0;
        Matrix lv = oneRow ? plan.value(logVariance).rows(0, 1).repeatRow(m.rows()) : plan.value(logVariance);
        if (!plan.training()) {
            plan.launch(GaussianLogLikelihood.forward(m, lv, plan.value(x), logLikelihood));
            return;
        }
        Matrix weight = plan.logLikelihoodGradient(logLikelihood.rows());
        boolean summed = logVariance instanceof SharedRow || !logVariance.differentiable();
        Matrix dLogVariance = summed ? null : plan.target(logVariance, false);
        plan.launch(GaussianLogLikelihood.fused(m, lv, plan.value(x), weight, logLikelihood,
                plan.target(mean, false), dLogVariance));
        if (logVariance instanceof SharedRow shared) {
            plan.parameterGradient(shared.row(), target -> GaussianLogLikelihood.sharedLogVarianceGradient(m,
                    lv.rows(0, 1), plan.value(x), weight, target));
        }
    }

    @Override
    public void mean(Plan plan, Matrix target) {
        plan.launch(Rows.copy(plan.value(mean), target));
    }
}
