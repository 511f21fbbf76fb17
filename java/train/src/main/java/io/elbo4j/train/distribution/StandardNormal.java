package io.elbo4j.train.distribution;

import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.GaussianLogLikelihood;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** N(0, I), the usual prior. */
public record StandardNormal(long columns) implements Distribution {
    @Override
    public List<Value> parameters() {
        return List.of();
    }

    @Override
    public StandardNormal with(UnaryOperator<Value> each) {
        return this;
    }

    @Override
    public boolean differentiatesX() {
        return true;
    }

    @Override
    public void logDensity(Plan plan, Value x, Matrix result, Optional<Matrix> weight) {
        Matrix zeros = plan.constant(x, "zeros", 1, columns, 0).repeatRow(plan.rows(x));
        // x and the mean may change roles
        if (weight.isPresent() && plan.wants(x)) {
            plan.launch(GaussianLogLikelihood.fused(plan.value(x), zeros, zeros, weight.get(), result,
                    plan.gradientOf(x), null));
        } else {
            plan.launch(GaussianLogLikelihood.forward(plan.value(x), zeros, zeros, result));
        }
    }

    @Override
    public void sample(Plan plan, Node owner, Noise noise, Matrix target) {
        plan.launch(RandomFill.normal(noise, target));
    }

    @Override
    public Value mean() {
        throw new UnsupportedOperationException("N(0, I) belongs to no graph: its mean is 0");
    }
}
