package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Value;

/** What layers that normalise rows refuse. */
final class RowNorm {
    private RowNorm() {}

    static float epsilon(float epsilon) {
        require(epsilon > 0 && Float.isFinite(epsilon), "epsilon", "above 0 and finite", epsilon);
        return epsilon;
    }

    static void requireColumns(long columns) {
        require(columns >= 1, "columns", "at least 1", columns);
    }

    static void columns(String layer, Parameter gamma, Value x) {
        if (requireGiven("x", x).columns() != gamma.columns()) {
            throw new IllegalArgumentException("layer '" + layer + "' takes " + gamma.columns() + " columns, '"
                    + x.name() + "' has " + x.columns());
        }
    }
}
