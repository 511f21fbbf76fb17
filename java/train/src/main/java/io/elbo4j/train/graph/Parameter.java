package io.elbo4j.train.graph;

import static io.elbo4j.ArgumentException.requireGiven;

/**
 * What training changes: a matrix, filled at first with uniform numbers in [-bound, bound), or with {@code constant}
 * where the bound is 0.
 *
 * @param name its path, as {@code encoder.0.weight}
 * @param statistic whether it is no optimiser's: a node writes it, in steps that train it
 */
public record Parameter(String name, long rows, long columns, float bound, float constant, boolean statistic) {
    /** One that an optimiser changes. */
    public Parameter(String name, long rows, long columns, float bound, float constant) {
        this(name, rows, columns, bound, constant, false);
    }

    /** @throws IllegalArgumentException if it has no rows or columns, or would not begin with finite numbers */
    public Parameter {
        requireGiven("name", name);
        if (rows < 1 || columns < 1) {
            throw new IllegalArgumentException("parameter '" + name + "' must have at least 1 row and 1 column, not "
                    + rows + " x " + columns);
        }
        if (!(bound >= 0 && Float.isFinite(bound) && Float.isFinite(constant))) {
            throw new IllegalArgumentException("parameter '" + name + "' must begin with finite numbers, not "
                    + (bound == 0 ? constant : "from -" + bound + " to " + bound));
        }
    }

    /** Uniform in [-1/sqrt(fanIn), 1/sqrt(fanIn)): the default of PyTorch's Linear, for weights and biases. */
    public static Parameter uniform(String name, long rows, long columns, long fanIn) {
        return new Parameter(name, rows, columns, (float) (1 / Math.sqrt(fanIn)), 0);
    }

    public static Parameter constant(String name, long rows, long columns, float value) {
        return new Parameter(name, rows, columns, 0, value);
    }

    /** What a node itself keeps of the data, as a moving average: see {@link Plan#trains(Parameter)}. */
    public static Parameter statistic(String name, long rows, long columns, float value) {
        return new Parameter(name, rows, columns, 0, value, true);
    }
}
