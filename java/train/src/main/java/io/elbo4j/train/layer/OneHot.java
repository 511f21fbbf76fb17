package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/** 1 in the column of each row's first maximum, 0 elsewhere; x has no gradient with respect to what depends on it. */
public final class OneHot extends Value {
    private final Value x;

    private OneHot(String name, Value x) {
        super(name, x.columns(), x.rows(), List.of(x), List.of());
        this.x = x;
    }

    /** Named after x. */
    public static Value of(Value x) {
        requireGiven("x", x);
        return x.graph().add(new OneHot(x.graph().freeName("one-hot of " + x.name()), x));
    }

    /**
     * The one-hot maximum forward, with the gradient as if it were x: the straight-through estimator (Bengio et al.
     * 2013; Jang et al. 2017, section 2.2), which is biased. It is computed as the maximum + (x - x): NaN where x is
     * infinite, so a logit that rules out its column should be finite, as -1e9.
     */
    public static Value straightThrough(Value x) {
        return Add.of(of(x), Subtract.of(x, StopGradient.of(x)));
    }

    @Override
    protected boolean passesGradient() {
        return false;
    }

    @Override
    protected void forward(Plan plan) {
        plan.launch(io.elbo4j.operation.OneHot.maximum(plan.value(x), plan.value(this)));
    }
}
