package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Matrix;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.Optional;

/**
 * Elements of x that are left out at random while it trains, the others times 1 / (1 - rate), so that the mean stays
 * (Srivastava et al. 2014). Backward: dx is dy of what was kept, times the same, and 0 elsewhere.
 *
 * <p>What is left out is drawn anew in every run of a step that trains something, by the noise of this node's name:
 * each row of the batch, and of whatever other axes x has, has draws of its own, whatever shard it lies in. A step that
 * trains nothing, an evaluation or one that computes values, passes x through.
 */
public final class Dropout extends Value {
    private final Value x;
    private final float rate;

    private Dropout(String name, Value x, float rate) {
        super(name, x.columns(), x.rows(), List.of(x), List.of());
        this.x = x;
        this.rate = rate;
    }

    /**
     * A row for each of the batch, at least.
     *
     * @param rate the share that is left out, in [0, 1)
     * @throws IllegalArgumentException if it is not
     */
    public static Value of(String name, Value x, double rate) {
        requireGiven("name", name);
        requireGiven("x", x);
        float rounded = (float) rate;
        require(rounded >= 0 && rounded < 1, "rate of dropout '" + name + "'", "at least 0 and below 1", rate);
        return x.graph().add(new Dropout(name, x.graph().repeat(x, x.rows().union(Rows.BATCH)), rounded));
    }

    @Override
    protected Optional<View> view(Plan plan) {
        return plan.training() ? Optional.empty() : Optional.of(new View(x, 0));
    }

    @Override
    protected void forward(Plan plan) {
        if (plan.training()) {
            apply(plan, plan.value(x), plan.value(this));
        }
    }

    @Override
    protected void backward(Plan plan) {
        if (plan.wants(x)) {
            apply(plan, plan.gradient(this), plan.gradientOf(x));
        }
    }

    private void apply(Plan plan, Matrix from, Matrix to) {
        plan.launch(io.elbo4j.operation.Dropout.apply(from, rate, plan.noise(this, rows()), to));
    }
}
