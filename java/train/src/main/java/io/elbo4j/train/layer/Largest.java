package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * 1 where x is among the {@code count} largest of an axis, 0 elsewhere, by {@link io.elbo4j.operation.OneHot#largest}:
 * of equal ones the first count, and a NaN is below all numbers. x has no gradient with respect to what depends on it.
 */
public final class Largest extends Value {
    private final Value x;
    private final Axis axis;
    private final int count;

    private Largest(String name, Value x, Axis axis, int count) {
        super(name, 1, x.rows(), List.of(x), List.of());
        this.x = x;
        this.axis = axis;
        this.count = count;
    }

    /**
     * Named after x. A step is refused in which the axis is shorter than count.
     *
     * @param x of one column
     * @param axis the innermost one of x, not BATCH
     * @param count at least 1
     * @throws IllegalArgumentException if it is another axis
     */
    public static Value of(Value x, Axis axis, int count) {
        SoftmaxOver.requireColumn(x, axis);
        require(count >= 1, "count", "at least 1", count);
        return x.graph().add(new Largest(x.graph().freeName(count + " largest of " + x.name() + " over " + axis),
                x, axis, count));
    }

    @Override
    protected boolean passesGradient() {
        return false;
    }

    @Override
    protected void forward(Plan plan) {
        Beside.prepare(this, plan, x, "x");
        plan.launch(io.elbo4j.operation.OneHot.largest(Beside.read(this, plan, axis, x, "x"), count, Beside.of(plan,
                axis, plan.value(this))));
    }
}
