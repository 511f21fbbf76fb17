package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.operation.Sums;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * The logarithm of the sum of each row of counts, one column: the library size of a cell (Lopez et al. 2018, scVI). It
 * passes no gradient. A row of zeros has none, and gives -infinity.
 */
public final class LibrarySize extends Value {
    private final Value counts;

    private LibrarySize(String name, Value counts) {
        super(name, 1, counts.rows(), List.of(counts), List.of());
        this.counts = counts;
    }

    /** Named after the counts. */
    public static Value of(Value counts) {
        requireGiven("counts", counts);
        return counts.graph().add(new LibrarySize(counts.graph().freeName("library size of " + counts.name()), counts));
    }

    /** What it is the size of. */
    public Value counts() {
        return counts;
    }

    @Override
    protected boolean passesGradient() {
        return false;
    }

    @Override
    protected void forward(Plan plan) {
        Matrix sums = plan.buffer(this, "sum of each row", plan.rows(counts), 1);
        plan.launch(Sums.rows(plan.value(counts), sums));
        plan.launch(Elementwise.activation(Activation.LOG, sums, plan.value(this)));
    }
}
