package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * The sum of the rows of x over one of their axes, in order, in float32. Backward: each of these rows has the gradient
 * of the sum.
 */
public final class SumOver extends Value {
    private final Value x;
    private final io.elbo4j.train.graph.Rows inside;

    private SumOver(String name, Value x, Axis axis) {
        super(name, x.columns(), new io.elbo4j.train.graph.Rows(x.rows().axes().stream().filter(a -> a != axis)
                .toList()), List.of(x), List.of());
        this.x = x;
        this.inside = new io.elbo4j.train.graph.Rows(x.rows().axes().stream().filter(a -> a.compareTo(axis) > 0)
                .toList());
    }

    /**
     * Named after x.
     *
     * @param axis of x, not BATCH, whose rows know nothing of each other
     * @throws IllegalArgumentException if it is another one
     */
    public static Value of(Value x, Axis axis) {
        requireGiven("x", x);
        requireGiven("axis", axis);
        String name = x.graph().freeName("sum of " + x.name() + " over " + axis);
        if (axis == Axis.BATCH || !x.rows().has(axis)) {
            throw new IllegalArgumentException("'" + name + "': '" + x.name() + "' has rows of " + x.rows()
                    + ", and a sum is over one of these but BATCH");
        }
        return x.graph().add(new SumOver(name, x, axis));
    }

    @Override
    protected void forward(Plan plan) {
        plan.launch(Rows.sumRepeated(plan.value(x), plan.rows(inside), plan.value(this)));
    }

    @Override
    protected void backward(Plan plan) {
        if (plan.wants(x)) {
            plan.launch(Rows.repeat(plan.gradient(this), plan.rows(inside), plan.gradientOf(x)));
        }
    }
}
