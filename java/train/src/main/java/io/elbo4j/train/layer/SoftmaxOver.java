package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.ArrayList;
import java.util.List;

/** {@link Softmax} over an axis instead of over the columns: shares of the samples, or of the steps, of each row. */
public final class SoftmaxOver extends Value {
    private final Value x;
    private final Axis axis;

    private SoftmaxOver(String name, Value x, Axis axis) {
        super(name, 1, x.rows(), List.of(x), List.of());
        this.x = x;
        this.axis = axis;
    }

    /**
     * Named after x.
     *
     * @param x of one column
     * @param axis the innermost one of x, not BATCH
     * @throws IllegalArgumentException if it is another axis
     */
    public static Value of(Value x, Axis axis) {
        requireColumn(x, axis);
        return x.graph().add(new SoftmaxOver(x.graph().freeName("softmax of " + x.name() + " over " + axis), x, axis));
    }

    static void requireColumn(Value x, Axis axis) {
        requireGiven("x", x);
        requireGiven("axis", axis);
        require(x.columns() == 1, "x", "a value of 1 column", x.columns());
        List<Axis> axes = x.rows().axes();
        if (axis == Axis.BATCH || axes.isEmpty() || axes.get(axes.size() - 1) != axis) {
            throw new IllegalArgumentException(axis + " must be the innermost axis of '" + x.name()
                    + "', which has rows of " + x.rows() + ", and not BATCH");
        }
    }

    @Override
    protected void forward(Plan plan) {
        Beside.prepare(this, plan, x, "x");
        plan.launch(io.elbo4j.operation.Softmax.forward(Beside.read(this, plan, axis, x, "x"), Beside.of(plan, axis,
                plan
                        .value(this))));
    }

    @Override
    protected void backward(Plan plan) {
        List<Launch> launches = new ArrayList<>();
        Matrix dX = Beside.write(this, plan, axis, x, "gradient of x", launches);
        if (dX != null) {
            launches.add(0, io.elbo4j.operation.Softmax.backward(Beside.of(plan, axis, plan.value(this)), Beside.of(
                    plan,
                    axis, plan.gradient(this)), dX));
            plan.launch(launches.toArray(Launch[]::new));
        }
    }
}
