package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.operation.Arithmetic;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/** factor x + shift, each element rounded once. Backward: dx = factor dy. */
public final class Scale extends Value {
    private final Value x;
    private final float factor;
    private final float shift;

    private Scale(String name, Value x, float factor, float shift) {
        super(name, x.columns(), x.rows(), List.of(x), List.of());
        this.x = x;
        this.factor = factor;
        this.shift = shift;
    }

    public static Value of(Value x, float factor, float shift) {
        requireGiven("x", x);
        return x.graph().add(new Scale(x.graph().freeName("scaled " + x.name()), x, factor, shift));
    }

    @Override
    protected void forward(Plan plan) {
        plan.launch(Arithmetic.scaleAndShift(factor, shift, plan.value(x), plan.value(this)));
    }

    @Override
    protected void backward(Plan plan) {
        if (plan.wants(x)) {
            plan.launch(Arithmetic.scale(factor, plan.gradient(this), plan.gradientOf(x)));
        }
    }
}
