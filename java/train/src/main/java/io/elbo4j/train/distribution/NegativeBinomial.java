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

/**
 * Counts of mean mu = exp(logMean) and variance mu + mu^2 / theta, theta = exp(logInverseDispersion), dimensions
 * independent; a {@link Poisson} where theta is large. So does scvi-tools parameterise it, where by default each column
 * has one dispersion for all rows, a {@link io.elbo4j.train.layer.LearnedRow}. It cannot be drawn from.
 */
public record NegativeBinomial(Value logMean, Value logInverseDispersion) implements Distribution {
    private static final Likelihood OF = LogLikelihood.of(Function.NEGATIVE_BINOMIAL);

    public NegativeBinomial {
        Elements.sameColumns("logMean", logMean, "logInverseDispersion", logInverseDispersion);
    }

    @Override
    public long columns() {
        return logMean.columns();
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
        return List.of(logMean, logInverseDispersion);
    }

    @Override
    public NegativeBinomial with(UnaryOperator<Value> each) {
        return new NegativeBinomial(each.apply(logMean), each.apply(logInverseDispersion));
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
        throw new UnsupportedOperationException("a NegativeBinomial distribution cannot be drawn from");
    }

    @Override
    public Value mean() {
        return Activate.of(logMean, Activation.EXP);
    }
}
