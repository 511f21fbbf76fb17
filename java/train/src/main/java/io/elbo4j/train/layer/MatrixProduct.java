package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Matmul;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.function.Function;

/**
 * The matrix product of two values: y = a B, where b has a row for each column of a, of the axis COMPONENT or MEMBER.
 * Rows of y are those of a. Backward: dA = dY B^T, dB = a^T dY.
 */
public final class MatrixProduct extends Value {
    private final Value a;
    private final Value b;

    private MatrixProduct(String name, Value a, Value b) {
        super(name, b.columns(), a.rows(), List.of(a, b), List.of());
        this.a = a;
        this.b = b;
    }

    /** @throws IllegalArgumentException if the rows of b are of other axes, or a has these too */
    public static Value of(Value a, Value b) {
        requireGiven("a", a);
        requireGiven("b", b);
        String name = a.graph().freeName(a.name() + " " + b.name());
        List<Axis> axes = b.rows().axes();
        boolean matrix = axes.size() == 1 && (axes.get(0) == Axis.COMPONENT || axes.get(0) == Axis.MEMBER);
        if (!matrix || a.rows().has(axes.get(0))) {
            throw new IllegalArgumentException("the product '" + name
                    + "' needs a second value with rows of COMPONENT or"
                    + " of MEMBER alone, which the first has not, not rows of " + b.rows() + " and of " + a.rows());
        }
        return a.graph().add(new MatrixProduct(name, a, b));
    }

    private Matrix b(Plan plan) {
        if (plan.rows(b) != a.columns()) {
            throw new IllegalArgumentException("the product '" + name() + "': '" + b.name() + "' has " + plan.rows(b)
                    + " rows, '" + a.name() + "' " + a.columns() + " columns");
        }
        return plan.value(b);
    }

    @Override
    protected void forward(Plan plan) {
        plan.launch(Matmul.forward(plan.value(a), b(plan), null, false, plan.value(this)));
    }

    @Override
    protected void backward(Plan plan) {
        Matrix gradient = plan.gradient(this);
        if (plan.wants(a)) {
            plan.launch(Matmul.inputGradient(gradient, b(plan), null, plan.gradientOf(a)));
        }
        if (plan.wants(b)) {
            Matrix left = plan.value(a);
            Function<Matrix, Launch> writer = target -> Matmul.weightGradient(left, gradient, target);
            b.asParameter().ifPresentOrElse(p -> plan.parameterGradient(p, writer),
                    () -> plan.launch(writer.apply(plan.gradientOf(b))));
        }
    }
}
