package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * y = row {@code index} of W, a learned table: what a one-hot row times W is, without the zeros. Its parameter is
 * {@code name.weight}, W: rows x columns. The index is a column of whole numbers from 0, as labels are; where there is
 * no such row y is NaN, and W has no gradient from there. The index has none.
 */
public final class Embedding extends Value {
    private final Value index;
    private final Parameter weight;

    private Embedding(String name, Value index, Parameter weight) {
        super(name, weight.columns(), index.rows(), List.of(index), List.of(weight));
        this.index = index;
        this.weight = weight;
    }

    /**
     * W is uniform in [-1/sqrt(columns), 1/sqrt(columns)) at first.
     *
     * @param index a value of one column
     * @param rows how many numbers there are, at least 1
     * @param columns of y, at least 1
     * @throws IllegalArgumentException if the index has more than one column
     */
    public static Value of(String name, Value index, long rows, long columns) {
        requireGiven("name", name);
        requireGiven("index", index);
        require(rows >= 1, "rows", "at least 1", rows);
        require(columns >= 1, "columns", "at least 1", columns);
        if (index.columns() != 1) {
            throw new IllegalArgumentException("the index of embedding '" + name + "' must have 1 column, '"
                    + index.name() + "' has " + index.columns());
        }
        return index.graph().add(new Embedding(name, index, Parameter.uniform(name + ".weight", rows, columns,
                columns)));
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
