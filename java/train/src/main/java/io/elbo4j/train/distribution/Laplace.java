package io.elbo4j.train.distribution;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.LogLikelihood;
import io.elbo4j.operation.LogLikelihood.Function;
import io.elbo4j.operation.LogLikelihood.Likelihood;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.Slice;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Real numbers with log p = -log 2 - logScale - |x - mean| exp(-logScale), dimensions independent. It cannot be drawn
 * from.
 */
public record Laplace(Value mean, Value logScale) implements Distribution {
    private static final Likelihood OF = LogLikelihood.of(Function.LAPLACE);

    public Laplace {
        Elements.sameColumns("mean", mean, "logScale", logScale);
    }

    /**
     * Two linear heads on x, computed in one product. They share {@code name.weight}, x.columns x 2 columns, and
     * {@code name.bias}, whose columns are [mean | logScale].
     */
    public static Laplace of(String name, Value x, long columns) {
        Value both = Dense.of(name, x, 2 * columns, Activation.IDENTITY);
        return new Laplace(Slice.of(name + ".mean", both, 0, columns),
                Slice.of(name + ".logScale", both, columns, 2 * columns));
    }

    @Override
    public long columns() {
        return mean.columns();
    }

    @Override
    public List<Value> parameters() {
        return List.of(mean, logScale);
    }

    @Override
    public Laplace with(UnaryOperator<Value> each) {
        return new Laplace(each.apply(mean), each.apply(logScale));
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
        throw new UnsupportedOperationException("a Laplace distribution cannot be drawn from");
    }
}
