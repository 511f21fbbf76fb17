package io.elbo4j.train.graph;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.GaussianLogLikelihood;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * x ~ N(mean, exp(logVariance)), diagonal. The log-variance is one per element (a value computed from the latent
 * variable), one per dimension shared by all rows ({@link Graph#shared}), or fixed ({@link Graph#constant}). x may
 * depend on parameters, as a latent variable does.
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

    /** The kernels take a log-variance of one row for all rows, and so does their gradient. */
    private boolean sharesVariance() {
        return logVariance.rows().equals(Rows.SHARED);
    }

    @Override
    public Likelihood withParameters(UnaryOperator<Value> each) {
        return new GaussianObservation(each.apply(mean), sharesVariance() ? logVariance : each.apply(logVariance));
    }

    @Override
    public boolean differentiatesX() {
        return true;
    }

    @Override
    public void observe(Plan plan, Value x, Matrix logLikelihood) {
        Matrix m = plan.value(mean);
        Matrix lv = sharesVariance() ? plan.value(logVariance).repeatRow(m.rows()) : plan.value(logVariance);
        if (!plan.training()) {
            plan.launch(GaussianLogLikelihood.forward(m, lv, plan.value(x), logLikelihood));
            return;
        }
        Matrix weight = plan.logLikelihoodGradient(logLikelihood.rows());
        boolean varies = logVariance.differentiable() && !sharesVariance();
        Matrix dLogVariance = varies ? plan.target(logVariance, false) : null;
        plan.launch(GaussianLogLikelihood.fused(m, lv, plan.value(x), weight, logLikelihood,
                plan.target(mean, false), dLogVariance));
        Function<Matrix, Launch> gradientOfShared = target -> GaussianLogLikelihood.sharedLogVarianceGradient(m,
                lv.rows(0, 1), plan.value(x), weight, target);
        if (logVariance instanceof SharedRow shared) {
            plan.parameterGradient(shared.row(), gradientOfShared);
        } else if (logVariance.differentiable() && sharesVariance()) {
            plan.launch(gradientOfShared.apply(plan.target(logVariance, false)));
        }
        if (x.differentiable()) {
            // x and the mean may change roles: the log-likelihood stays the same to the bit
            plan.launch(GaussianLogLikelihood.fused(plan.value(x), lv, m, weight, logLikelihood, plan.target(x, false),
                    null));
        }
    }

    @Override
    public void mean(Plan plan, Matrix target) {
        plan.launch(io.elbo4j.operation.Rows.copy(plan.value(mean), target));
    }
}
