package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Activation;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.Locale;

/** y = activation(x), element by element. Backward: dx = activation'(x) dy. */
public final class Activate extends Value {
    private final Value x;
    private final Activation activation;

    private Activate(String name, Value x, Activation activation) {
        super(name, x.columns(), x.rows(), List.of(x), List.of());
        this.x = x;
        this.activation = activation;
    }

    /** Named after both. */
    public static Value of(Value x, Activation activation) {
        requireGiven("x", x);
        requireGiven("activation", activation);
        String name = activation.name().toLowerCase(Locale.ROOT) + " of " + x.name();
        return x.graph().add(new Activate(x.graph().freeName(name), x, activation));
    }

    @Override
    protected void forward(Plan plan) {
        plan.launch(Elementwise.activation(activation, plan.value(x), plan.value(this)));
    }

    @Override
    protected void backward(Plan plan) {
        if (plan.wants(x)) {
            plan.launch(Elementwise.activationGradient(activation, plan.value(x), plan.gradient(this),
                    plan.gradientOf(x)));
        }
    }
}
