package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.operation.Arithmetic;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import java.util.List;

/** a - b, element by element. */
public final class Subtract extends Value {
    private final Value a;
    private final Value b;

    private Subtract(String name, Value a, Value b) {
        super(name, a.columns(), a.rows(), List.of(a, b), List.of());
        this.a = a;
        this.b = b;
    }

    /**
     * Its rows have the axes of both.
     *
     * @throws IllegalArgumentException if they have not equally many columns
     */
    public static Value of(Value a, Value b) {
        requireGiven("a", a);
        requireGiven("b", b);
        String name = a.graph().freeName(a.name() + " - " + b.name());
        if (a.columns() != b.columns()) {
            throw new IllegalArgumentException("'" + name + "': '" + a.name() + "' has " + a.columns() + " columns, '"
                    + b.name() + "' " + b.columns());
        }
        Rows rows = union(List.of(a, b));
        return a.graph().add(new Subtract(name, a.graph().repeat(a, rows), a.graph().repeat(b, rows)));
    }

    @Override
    protected void forward(Plan plan) {
        plan.launch(Arithmetic.subtract(plan.value(a), plan.value(b), plan.value(this)));
    }

    @Override
    protected void backward(Plan plan) {
        if (plan.wants(a)) {
            plan.launch(io.elbo4j.operation.Rows.copy(plan.gradient(this), plan.gradientOf(a)));
        }
        if (plan.wants(b)) {
            plan.launch(Arithmetic.scale(-1, plan.gradient(this), plan.gradientOf(b)));
        }
    }
}
