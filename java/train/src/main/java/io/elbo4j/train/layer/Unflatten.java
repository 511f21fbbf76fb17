package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.Map;

/** The columns of x as rows of a new innermost axis: one row of n D columns becomes n of D. See {@link Flatten}. */
public final class Unflatten extends Value {
    private final Value x;
    private final Axis axis;
    private final long count;

    private Unflatten(String name, Value x, Axis axis, long count) {
        super(name, x.columns() / count, x.rows().union(io.elbo4j.train.graph.Rows.of(axis)), List.of(x), List.of());
        this.x = x;
        this.axis = axis;
        this.count = count;
    }

    /**
     * Named after x. It fixes how long the axis is.
     *
     * @param axis COMPONENT, MEMBER or TIME, inside all those of x
     * @param count its length, which divides the columns of x
     * @throws IllegalArgumentException if that is not so
     */
    public static Value of(Value x, Axis axis, long count) {
        requireGiven("x", x);
        requireGiven("axis", axis);
        String name = x.graph().freeName(x.name() + " for each " + axis);
        boolean inside = x.rows().axes().stream().allMatch(a -> a.compareTo(axis) < 0);
        if (!inside || axis == Axis.BATCH || axis == Axis.SAMPLE || count < 1 || x.columns() % count != 0) {
            throw new IllegalArgumentException("'" + name + "': " + axis + " must be COMPONENT, MEMBER or TIME, inside"
                    + " the axes of '" + x.name() + "', which has rows of " + x.rows() + ", and its length, "
                    + count + ", must divide the " + x.columns() + " columns");
        }
        return x.graph().add(new Unflatten(name, x, axis, count));
    }

    @Override
    protected Map<Axis, Long> sizes() {
        return Map.of(axis, count);
    }

    @Override
    protected void forward(Plan plan) {
        plan.launch(Rows.copy(plan.value(x), whole(plan, plan.value(this))));
    }

    @Override
    protected void backward(Plan plan) {
        if (plan.wants(x)) {
            plan.launch(Rows.copy(whole(plan, plan.gradient(this)), plan.gradientOf(x)));
        }
    }

    private Matrix whole(Plan plan, Matrix ofEach) {
        return ofEach.reshape(plan.rows(x), x.columns());
    }
}
