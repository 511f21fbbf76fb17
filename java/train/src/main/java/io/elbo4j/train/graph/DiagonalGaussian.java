package io.elbo4j.train.graph;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A diagonal Gaussian whose parameters are values of the graph: mean, and the logarithm of the variance. Their rows may
 * differ, as those of a mean per row of the batch and a variance that all rows share.
 */
public record DiagonalGaussian(Value mean, Value logVariance) {
    public DiagonalGaussian {
        if (mean.columns() != logVariance.columns()) {
            throw new IllegalArgumentException("mean '" + mean.name() + "' (" + mean.columns()
                    + " columns) and logVariance '" + logVariance.name() + "' (" + logVariance.columns()
                    + " columns) must have the same number of columns");
        }
    }

    public long columns() {
        return mean.columns();
    }

    /** The axes of both. */
    Rows rows() {
        return mean.rows().union(logVariance.rows());
    }

    List<Value> values() {
        return List.of(mean, logVariance);
    }

    DiagonalGaussian map(UnaryOperator<Value> each) {
        return new DiagonalGaussian(each.apply(mean), each.apply(logVariance));
    }

    boolean differentiable() {
        return mean.differentiable() || logVariance.differentiable();
    }
}
