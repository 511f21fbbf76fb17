package io.elbo4j.train.objective;

import io.elbo4j.Matrix;
import io.elbo4j.train.distribution.Enumerated;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.schedule.Schedule;
import java.util.List;
import java.util.Optional;

/**
 * The evidence lower bound with its KL as a mean over the step's K samples (Kingma and Welling 2014, equation 6):
 *
 * <pre>
 *   1/K sum_k log p(x | z_k) + klWeight (log p(z_k) - log q(z_k | x))
 * </pre>
 *
 * In expectation it is that of {@link Elbo}, and so is its gradient. It needs no closed form of the KL, and
 * {@link StickingTheLanding} makes its gradient vanish where q is the true posterior.
 *
 * @param klWeight of every log ratio, at least 0 and finite
 */
public record SampledElbo(Schedule klWeight) implements Objective {
    private static final Schedule LOG_LIKELIHOOD = Schedule.constant(-1);

    private record Negative(Schedule of) implements Schedule {
        @Override
        public double at(long step) {
            return -of.at(step);
        }
    }

    public SampledElbo {
        Elbo.requireWeight(klWeight);
    }

    /** With weight 1. */
    public SampledElbo() {
        this(1);
    }

    public SampledElbo(double klWeight) {
        this(Schedule.constant(klWeight));
    }

    @Override
    public boolean takes(Term term) {
        return term.role() == Term.Role.LOG_LIKELIHOOD || term.role() == Term.Role.LOG_RATIO;
    }

    @Override
    public Optional<Matrix> weight(Term term, Plan plan) {
        return Optional.of(plan.meanWeight(term.role() == Term.Role.LOG_RATIO ? ofLogRatio() : LOG_LIKELIHOOD,
                term.rows()));
    }

    /** @throws IllegalArgumentException if a latent variable is enumerated */
    @Override
    public void combine(List<Term> terms, Plan plan) {
        Enumerated.requireNone(terms);
    }

    private Schedule ofLogRatio() {
        return klWeight instanceof Schedule.Constant c ? Schedule.constant(-c.value()) : new Negative(klWeight);
    }
}
