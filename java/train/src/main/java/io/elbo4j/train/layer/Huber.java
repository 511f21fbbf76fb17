package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.Clip;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * The Huber loss of each element (Huber 1964): e^2 / 2 where |e| is at most delta, delta (|e| - delta / 2) beyond.
 * With c = e clamped to [-delta, delta] it is c (e - c / 2), and its derivative is c.
 */
public final class Huber extends Value {
    private final Value error;
    private final float delta;

    private Huber(String name, Value error, float delta) {
        super(name, error.columns(), error.rows(), List.of(error), List.of());
        this.error = error;
        this.delta = delta;
    }

    /** @param delta above 0 and finite, in the unit of the error */
    public static Value of(Value error, float delta) {
        requireGiven("error", error);
        requireDelta(delta);
        return error.graph().add(new Huber(error.graph().freeName("Huber loss of " + error.name()), error, delta));
    }

    static void requireDelta(float delta) {
        require(delta > 0 && Float.isFinite(delta), "delta", "above 0 and finite", delta);
    }

    private Matrix clamped(Plan plan) {
        return plan.buffer(this, "clamped error", plan.rows(this), columns());
    }

    @Override
    protected void forward(Plan plan) {
        Matrix e = plan.value(error);
        Matrix c = clamped(plan);
        Matrix y = plan.value(this);
        plan.launch(Clip.value(delta, e, c));
        plan.launch(Arithmetic.scale(-0.5f, c, y));
        plan.launch(Arithmetic.add(y, e, y));
        plan.launch(Arithmetic.multiply(y, c, y));
    }

    @Override
    protected void backward(Plan plan) {
        if (plan.wants(error)) {
            plan.launch(Arithmetic.multiply(clamped(plan), plan.gradient(this), plan.gradientOf(error)));
        }
    }
}
