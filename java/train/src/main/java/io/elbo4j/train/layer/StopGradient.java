package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Matrix;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/** y = x, without a copy; x has no gradient with respect to what depends on y. */
public final class StopGradient extends Value {
    private final Value x;

    private StopGradient(String name, Value x) {
        super(name, x.columns(), x.rows(), List.of(x), List.of());
        this.x = x;
    }

    /** Named after x. */
    public static Value of(Value x) {
        requireGiven("x", x);
        return x.graph().add(new StopGradient(x.graph().freeName("constant " + x.name()), x));
    }

    @Override
    protected boolean passesGradient() {
        return false;
    }

    @Override
    protected Matrix place(Plan plan) {
        return plan.value(x);
    }

    @Override
    protected void forward(Plan plan) {
        // the value itself
    }
}
