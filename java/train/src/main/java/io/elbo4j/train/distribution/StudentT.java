package io.elbo4j.train.distribution;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.LogLikelihood;
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
 * Real numbers under Student's t, dimensions independent: around the mean, in units of exp(logScale), with tails that
 * fall as the power -(degreesOfFreedom + 1); see {@link LogLikelihood#studentT}. It cannot be drawn from.
 *
 * @param degreesOfFreedom from 0.001 to 1e6; of 1 or fewer the mean is no expected value, as there is none
 */
public record StudentT(Value mean, Value logScale, double degreesOfFreedom) implements Distribution {
    public StudentT {
        Elements.sameColumns("mean", mean, "logScale", logScale);
        LogLikelihood.studentT(degreesOfFreedom);
    }

    /**
     * Two linear heads on x, computed in one product. They share {@code name.weight}, x.columns x 2 columns, and
     * {@code name.bias}, whose columns are [mean | logScale].
     */
    public static StudentT of(String name, Value x, long columns, double degreesOfFreedom) {
        Value both = Dense.of(name, x, 2 * columns, Activation.IDENTITY);
        return new StudentT(Slice.of(name + ".mean", both, 0, columns),
                Slice.of(name + ".logScale", both, columns, 2 * columns), degreesOfFreedom);
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
    public StudentT with(UnaryOperator<Value> each) {
        return new StudentT(each.apply(mean), each.apply(logScale), degreesOfFreedom);
    }

    @Override
    public void logDensity(Plan plan, Value x, Matrix result, Optional<Matrix> weight) {
        Elements.logDensity(plan, LogLikelihood.studentT(degreesOfFreedom), parameters(), x, result, weight);
    }

    @Override
    public boolean isDrawable() {
        return false;
    }

    @Override
    public void sample(Plan plan, Node owner, Noise noise, Matrix target) {
        throw new UnsupportedOperationException("a StudentT distribution cannot be drawn from");
    }
}
