package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Support;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * y = row {@code index} of W, a learned table: what a one-hot row times W is, without the zeros. Its parameter is
 * {@code name.weight}, W: rows x columns. The index is a column of whole numbers from 0, as labels are; where there is
 * no such row y is NaN, and W has no gradient from there. The index has none. Applied several times, it is the same
 * table.
 */
public final class Embedding {
    private final String name;
    private final Parameter weight;

    /**
     * W is uniform in [-1/sqrt(columns), 1/sqrt(columns)) at first.
     *
     * @param rows how many numbers there are, at least 1
     * @param columns of y, at least 1
     */
    public Embedding(String name, long rows, long columns) {
        require(rows >= 1, "rows", "at least 1", rows);
        require(columns >= 1, "columns", "at least 1", columns);
        this.name = requireGiven("name", name);
        this.weight = Parameter.uniform(name + ".weight", rows, columns, columns);
    }

    /**
     * A new table, applied to an index.
     *
     * @throws IllegalArgumentException if the index has more than one column
     */
    public static Value of(String name, Value index, long rows, long columns) {
        requireGiven("name", name);
        requireGiven("index", index);
        return new Embedding(name, rows, columns).applied(name, index);
    }

    /** @throws IllegalArgumentException if the index has more than one column */
    public Value apply(Value index) {
        requireGiven("index", index);
        return applied(index.graph().freeName(name), index);
    }

    private Value applied(String as, Value index) {
        if (index.columns() != 1) {
            throw new IllegalArgumentException("the index of embedding '" + name + "' must have 1 column, '"
                    + index.name() + "' has " + index.columns());
        }
        return index.graph().add(new Applied(as, index, weight));
    }

    private static final class Applied extends Value {
        private final Value index;
        private final Parameter weight;

        Applied(String name, Value index, Parameter weight) {
            super(name, weight.columns(), index.rows(), List.of(index), List.of(weight));
            this.index = index;
            this.weight = weight;
        }

        @Override
        public Support support(Value input) {
            return Support.classes((int) Math.min(weight.rows(), 1 << 24));
        }

        @Override
        protected void forward(Plan plan) {
            plan.launch(Rows.lookUp(plan.parameter(weight), plan.value(index), plan.value(this)));
        }

        @Override
        protected void backward(Plan plan) {
            Matrix dy = plan.gradient(this);
            plan.parameterGradient(weight, target -> Rows.lookUpGradient(dy, plan.value(index), target));
        }
    }
}
