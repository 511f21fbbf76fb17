package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.TanhGaussian;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * A draw from a Gaussian squashed into (-1, 1), and after its columns one more with its log-probability: see
 * {@link TanhGaussian}, one launch each way. Every row has a draw of its own, anew in every run.
 */
public final class TanhGaussianDraw extends Value {
    private final Value both;

    private TanhGaussianDraw(String name, Value both) {
        super(name, both.columns() / 2 + 1, both.rows(), List.of(both), List.of());
        this.both = both;
    }

    /**
     * @param both 2 columns for each of the draw: means, then what log sigma is made of
     * @throws IllegalArgumentException if their number is odd
     */
    public static Value of(String name, Value both) {
        requireGiven("name", name);
        requireGiven("both", both);
        require(both.columns() % 2 == 0, "both", "an even number of columns", both.columns());
        return both.graph().add(new TanhGaussianDraw(name, both.graph().repeat(both, both.rows().union(Rows.BATCH))));
    }

    /** Means, or the draw. */
    private Matrix first(Matrix all) {
        return all.columns(0, columns() - 1);
    }

    /** What the deviations are made of, or the log-probability. */
    private Matrix rest(Matrix all) {
        return all.columns(columns() - 1, all.columns());
    }

    private Noise noise(Plan plan) {
        return plan.noise(this, rows());
    }

    @Override
    protected void forward(Plan plan) {
        Matrix x = plan.value(both);
        Matrix y = plan.value(this);
        plan.launch(TanhGaussian.forward(first(x), rest(x), noise(plan), first(y), rest(y)));
    }

    @Override
    protected void backward(Plan plan) {
        if (plan.wants(both)) {
            Matrix x = plan.value(both);
            Matrix dy = plan.gradient(this);
            Matrix dx = plan.gradientOf(both);
            plan.launch(TanhGaussian.backward(first(x), rest(x), noise(plan), first(dy), rest(dy), first(dx), rest(
                    dx)));
        }
    }
}
