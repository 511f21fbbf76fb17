package io.elbo4j.train.distribution;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.Optional;

/** y = x, a parameter of q or p as their KL sees it: where the objective balances the KL, dx is its share of dy. */
final class KlSide extends Value {
    private final Value x;
    private final boolean prior;

    private KlSide(String name, Value x, boolean prior) {
        super(name, x.columns(), x.rows(), List.of(x), List.of());
        this.x = x;
        this.prior = prior;
    }

    static Value posterior(Value x) {
        return x.graph().add(new KlSide(x.graph().freeName(x.name() + " in the KL"), x, false));
    }

    static Value prior(Value x) {
        return x.graph().add(new KlSide(x.graph().freeName(x.name() + " in the KL"), x, true));
    }

    @Override
    protected Optional<View> view(Plan plan) {
        return plan.priorShare().isPresent() ? Optional.empty() : Optional.of(new View(x, 0));
    }

    /** Also where its gradient is apart. */
    @Override
    protected Matrix place(Plan plan) {
        return plan.value(x);
    }

    @Override
    protected void forward(Plan plan) {
        // the value itself
    }

    @Override
    protected void backward(Plan plan) {
        if (plan.priorShare().isPresent() && plan.hasGradient(this) && plan.wants(x)) {
            double share = plan.priorShare().getAsDouble();
            plan.launch(Arithmetic.scale((float) (prior ? share : 1 - share), plan.gradient(this), plan.gradientOf(
                    x)));
        }
    }
}
