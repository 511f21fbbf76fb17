package io.elbo4j.train.objective;

import io.elbo4j.Matrix;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.schedule.Schedule;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * An objective and a further term with a weight:
 *
 * <pre>
 *   loss = loss of the objective + weight  mean of the penalty
 * </pre>
 *
 * With a {@link io.elbo4j.train.distribution.TotalCorrelation} and the weight beta - 1 an {@link Elbo} is that of
 * beta-TC-VAE (Chen et al. 2018, equation 4): a KL in which the total correlation weighs beta.
 *
 * @param of an objective that does not take the penalty
 * @param penalty a loss
 * @param weight may be below 0
 */
public record Penalised(Objective of, Term penalty, Schedule weight) implements Objective {
    /** @throws IllegalArgumentException if the objective takes the penalty by itself, or it is no loss */
    public Penalised {
        Objects.requireNonNull(of, "of");
        Objects.requireNonNull(weight, "weight");
        if (penalty.role() != Term.Role.LOSS || of.takes(penalty)) {
            throw new IllegalArgumentException("a penalty must be a loss that the objective does not take by itself,"
                    + " not the " + penalty.role().words() + " of '" + penalty.owner().name() + "'");
        }
    }

    public Penalised(Objective of, Term penalty, double weight) {
        this(of, penalty, Schedule.constant(weight));
    }

    @Override
    public List<Value> values() {
        return of.values();
    }

    @Override
    public boolean takes(Term term) {
        return term.equals(penalty) || of.takes(term);
    }

    @Override
    public Optional<Matrix> weight(Term term, Plan plan) {
        return term.equals(penalty) ? Optional.of(plan.meanWeight(weight, term.rows())) : of.weight(term, plan);
    }

    @Override
    public Optional<Matrix> columnWeight(Term term, Plan plan) {
        return of.columnWeight(term, plan);
    }

    @Override
    public OptionalDouble priorShare() {
        return of.priorShare();
    }

    @Override
    public void combine(List<Term> terms, Plan plan) {
        of.combine(terms.stream().filter(term -> !term.equals(penalty)).toList(), plan);
    }
}
