package io.elbo4j.train.distribution;

import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.LogLikelihood;
import io.elbo4j.operation.LogLikelihood.Function;
import io.elbo4j.operation.LogLikelihood.Likelihood;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Support;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A density of x in [0, 1], log p = x logits - log((exp(logits) - 1) / logits), dimensions independent (Loaiza-Ganem
 * and Cunningham 2019): what a {@link Bernoulli} of grey values is not. It cannot be drawn from.
 */
public record ContinuousBernoulli(Value logits) implements Distribution {
    static final Likelihood OF = LogLikelihood.of(Function.CONTINUOUS_BERNOULLI);

    @Override
    public long columns() {
        return logits.columns();
    }

    @Override
    public Support support() {
        return Support.UNIT_INTERVAL;
    }

    @Override
    public List<Value> parameters() {
        return List.of(logits);
    }

    @Override
    public ContinuousBernoulli with(UnaryOperator<Value> each) {
        return new ContinuousBernoulli(each.apply(logits));
    }

    @Override
    public void logDensity(Plan plan, Value x, Matrix result, Optional<Matrix> weight) {
        Elements.logDensity(plan, OF, parameters(), x, result, weight);
    }

    @Override
    public boolean isDrawable() {
        return false;
    }

    @Override
    public void sample(Plan plan, Node owner, Noise noise, Matrix target) {
        throw new UnsupportedOperationException("a ContinuousBernoulli distribution cannot be drawn from");
    }

    /** No gradient passes through it. */
    @Override
    public Value mean() {
        return ContinuousBernoulliMean.of(logits);
    }
}
