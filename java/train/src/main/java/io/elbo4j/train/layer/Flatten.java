package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * The rows of the innermost axis of x one beside the other: n rows of D columns become one of n D columns. The way back
 * is {@link Unflatten}.
 */
public final class Flatten extends Value {
    private final Value x;

    private Flatten(String name, Value x, long columns, io.elbo4j.train.graph.Rows rows) {
        super(name, columns, rows, List.of(x), List.of());
        this.x = x;
    }

    /**
     * Named after x.
     *
     * @param axis the innermost one of x, whose length is fixed by a value of the graph, as a {@link LearnedRowPer}
     * @throws IllegalArgumentException if it is another one, or of any length
     */
    public static Value of(Value x, Axis axis) {
        requireGiven("x", x);
        requireGiven("axis", axis);
        String name = x.graph().freeName(x.name() + " beside each other");
        List<Axis> axes = x.rows().axes();
        if (axes.isEmpty() || axes.get(axes.size() - 1) != axis) {
            throw new IllegalArgumentException("'" + name + "': " + axis + " must be the innermost axis of '" + x.name()
                    + "', which has rows of " + x.rows());
        }
        long count = x.graph().size(axis).orElseThrow(() -> new IllegalArgumentException("'" + name
                + "': nothing in the graph says how long " + axis + " is"));
        return x.graph().add(new Flatten(name, x, count * x.columns(),
                new io.elbo4j.train.graph.Rows(axes.subList(0, axes.size() - 1))));
    }

    @Override
    protected void forward(Plan plan) {
        plan.launch(Rows.copy(plan.value(x), ofEach(plan, plan.value(this))));
    }

    @Override
    protected void backward(Plan plan) {
        if (plan.wants(x)) {
            plan.launch(Rows.copy(ofEach(plan, plan.gradient(this)), plan.gradientOf(x)));
        }
    }

    private Matrix ofEach(Plan plan, Matrix flat) {
        return flat.reshape(plan.rows(x), x.columns());
    }
}
