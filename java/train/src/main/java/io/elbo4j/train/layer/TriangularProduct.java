package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Triangular;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * y = L x, of each row: L is strictly lower triangular, its element (i, j) in column i (i - 1) / 2 + j of its row.
 * Backward: dL_ij = dy_i x_j, dx = L^T dy.
 */
public final class TriangularProduct extends Value {
    private final Value lower;
    private final Value x;

    private TriangularProduct(String name, Value lower, Value x) {
        super(name, x.columns(), x.rows(), List.of(lower, x), List.of());
        this.lower = lower;
        this.x = x;
    }

    /**
     * Its rows have the axes of both.
     *
     * @param lower D (D - 1) / 2 columns
     * @param x D columns
     * @throws IllegalArgumentException if they have others
     */
    public static Value of(Value lower, Value x) {
        requireGiven("lower", lower);
        requireGiven("x", x);
        String name = x.graph().freeName(lower.name() + " times " + x.name());
        if (lower.columns() != x.columns() * (x.columns() - 1) / 2) {
            throw new IllegalArgumentException("'" + name + "': of " + x.columns() + " dimensions, '" + lower.name()
                    + "' must have " + x.columns() * (x.columns() - 1) / 2 + " columns, not " + lower.columns());
        }
        Rows rows = union(List.of(lower, x));
        return x.graph().add(new TriangularProduct(name, x.graph().repeat(lower, rows), x.graph().repeat(x, rows)));
    }

    @Override
    protected void forward(Plan plan) {
        plan.launch(Triangular.product(plan.value(lower), plan.value(x), plan.value(this)));
    }

    @Override
    protected void backward(Plan plan) {
        Matrix dLower = plan.wants(lower) ? plan.gradientOf(lower)
                : plan.buffer(this, "gradient that nobody wants", plan.rows(this), lower.columns());
        plan.launch(Triangular.gradients(plan.value(lower), plan.value(x), plan.gradient(this), dLower,
                plan.wants(x) ? plan.gradientOf(x) : null));
    }
}
