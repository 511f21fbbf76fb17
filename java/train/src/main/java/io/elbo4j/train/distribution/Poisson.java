package io.elbo4j.train.distribution;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.LogLikelihood;
import io.elbo4j.operation.LogLikelihood.Function;
import io.elbo4j.operation.LogLikelihood.Likelihood;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Draws;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Support;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Counts x with log p = x logRate - exp(logRate) - log(x!), dimensions independent. It cannot be drawn from. */
public record Poisson(Value logRate) implements Distribution {
    private static final Likelihood OF = LogLikelihood.of(Function.POISSON);

    @Override
    public long columns() {
        return logRate.columns();
    }

    @Override
    public Support support() {
        return Support.COUNTS;
    }

    @Override
    public Draws draws() {
        return Draws.COUNTS;
    }

    @Override
    public List<Value> parameters() {
        return List.of(logRate);
    }

    @Override
    public Poisson with(UnaryOperator<Value> each) {
        return new Poisson(each.apply(logRate));
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
        throw new UnsupportedOperationException("a Poisson distribution cannot be drawn from");
    }

    @Override
    public Value mean() {
        return Activate.of(logRate, Activation.EXP);
    }
}
