package io.elbo4j.train.objective;

import io.elbo4j.Matrix;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.schedule.Schedule;
import java.util.Optional;

/** The mean of all losses of a graph, as a squared error: see {@link io.elbo4j.train.layer.Loss}. */
public record Regression() implements Objective {
    private static final Schedule ONE = Schedule.constant(1);

    @Override
    public boolean takes(Term term) {
        return term.role() == Term.Role.LOSS;
    }

    @Override
    public Optional<Matrix> weight(Term term, Plan plan) {
        return Optional.of(plan.meanWeight(ONE, term.rows()));
    }
}
