package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import java.util.List;

/** Zeros and ones drawn anew in every run with the probabilities x, in [0, 1] (dynamic binarisation). */
public final class Binarise extends Value {
    private final Value x;

    private Binarise(String name, Value x) {
        super(name, x.columns(), x.rows(), List.of(x), List.of());
        this.x = x;
    }

    /**
     * A row for each of the batch, at least.
     *
     * @throws IllegalArgumentException if x depends on parameters: what is drawn has no gradient with respect to them
     */
    public static Value of(String name, Value x) {
        requireGiven("name", name);
        requireGiven("x", x);
        if (x.differentiable()) {
            throw new IllegalArgumentException("binarise '" + name + "': '" + x.name() + "' depends on parameters, but"
                    + " what is drawn has no gradient with respect to its probabilities");
        }
        return x.graph().add(new Binarise(name, x.graph().repeat(x, x.rows().union(Rows.BATCH))));
    }

    @Override
    protected boolean passesGradient() {
        return false;
    }

    @Override
    protected void forward(Plan plan) {
        plan.launch(io.elbo4j.operation.Binarise.forward(plan.value(x), plan.noise(this, rows()), plan.value(this)));
    }
}
