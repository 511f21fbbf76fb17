package io.elbo4j.train.graph;

/** A diagonal Gaussian whose parameters are values of the graph: mean, and the logarithm of the variance. */
public record DiagonalGaussian(Value mean, Value logVariance) {
    public DiagonalGaussian {
        if (mean.columns() != logVariance.columns() || mean.perSample() != logVariance.perSample()) {
            throw new IllegalArgumentException("mean '" + mean.name() + "' (" + mean.columns()
                    + " columns) and logVariance '" + logVariance.name() + "' (" + logVariance.columns()
                    + " columns) must have the same shape");
        }
    }

    public long columns() {
        return mean.columns();
    }

    boolean differentiable() {
        return mean.differentiable() || logVariance.differentiable();
    }
}
