package io.elbo4j.train.objective;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.schedule.Schedule;
import java.util.List;
import java.util.Optional;

/**
 * The exact ELBO of a latent variable that is {@link io.elbo4j.train.distribution.Enumerated}:
 *
 * <pre>
 *   sum_k q_k (log p(x | k) - klWeight KL_k) - klWeight KL(q || p)
 * </pre>
 *
 * KL_k being that of other latent variables, which may depend on the class. Its gradient is exact in the class. What a
 * step reports of its terms is a mean over the classes, not one by q. Sequences and ensembles are refused.
 *
 * @param klWeight of every KL, at least 0 and finite
 */
public record Enumeration(Schedule klWeight) implements Objective {
    private static final Schedule LOG_LIKELIHOOD = Schedule.constant(-1);

    public Enumeration {
        Elbo.requireWeight(klWeight);
    }

    /** With weight 1. */
    public Enumeration() {
        this(Schedule.constant(1));
    }

    @Override
    public boolean takes(Term term) {
        return switch (term.role()) {
            case LOG_LIKELIHOOD, KL, LOG_WEIGHT -> true;
            default -> false;
        };
    }

    /** As if all samples counted equally. */
    private Matrix equal(Term term, Plan plan) {
        return plan.meanWeight(term.role() == Term.Role.KL ? klWeight : LOG_LIKELIHOOD, term.rows());
    }

    @Override
    public Optional<Matrix> weight(Term term, Plan plan) {
        return term.rows().has(Axis.SAMPLE) ? Optional.empty() : Optional.of(equal(term, plan));
    }

    /** @throws IllegalArgumentException if no latent variable is enumerated, or a term has other axes */
    @Override
    public void combine(List<Term> terms, Plan plan) {
        Term weight = terms.stream().filter(t -> t.role() == Term.Role.LOG_WEIGHT).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Enumeration needs a latent variable that is"
                        + " Enumerated"));
        ScoreFunction.requireSamples(terms);
        if (!plan.trains()) {
            return;
        }
        Matrix logQ = plan.term(weight).orElseThrow();
        // K q_k, which is 1 where all count equally
        Matrix q = plan.buffer(this, "weights", logQ.rows(), 1);
        Matrix loss = plan.buffer(this, "loss of each class", logQ.rows(), 1);
        plan.launch(Elementwise.activation(Activation.EXP, logQ, q));
        plan.launch(Arithmetic.scale(plan.samples(), q, q));
        plan.launch(Rows.fill(0, loss));
        for (Term term : terms) {
            if (term != weight && term.rows().has(Axis.SAMPLE)) {
                Matrix own = plan.buffer(term, "weight", logQ.rows(), 1);
                plan.launch(Arithmetic.multiply(equal(term, plan), q, own));
                plan.launch(Arithmetic.multiplyAdd(1, own, plan.term(term).orElseThrow(), loss));
                plan.weigh(term, own);
            }
        }
        plan.weigh(weight, loss);
    }
}
