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
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.Scale;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Counts that are 0 with probability sigmoid(extraZeros), else as of a {@link NegativeBinomial}, dimensions
 * independent: what scvi-tools calls the dropout of a gene. It cannot be drawn from.
 */
public record ZeroInflatedNegativeBinomial(Value logMean, Value logInverseDispersion, Value extraZeros)
        implements
            Distribution {
    private static final Likelihood OF = LogLikelihood.of(Function.ZERO_INFLATED_NEGATIVE_BINOMIAL);

    public ZeroInflatedNegativeBinomial {
        Elements.sameColumns("logMean", logMean, "logInverseDispersion", logInverseDispersion);
        Elements.sameColumns("logMean", logMean, "extraZeros", extraZeros);
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
        return List.of(logMean, logInverseDispersion, extraZeros);
    }

    @Override
    public ZeroInflatedNegativeBinomial with(UnaryOperator<Value> each) {
        return new ZeroInflatedNegativeBinomial(each.apply(logMean), each.apply(logInverseDispersion), each.apply(
                extraZeros));
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
        throw new UnsupportedOperationException("a ZeroInflatedNegativeBinomial distribution cannot be drawn from");
    }

    @Override
    public Value mean() {
        return Multiply.of(Activate.of(logMean, Activation.EXP), Activate.of(Scale.of(extraZeros, -1, 0),
                Activation.SIGMOID));
    }
}
