package io.elbo4j.train.objective;

import io.elbo4j.Matrix;
import io.elbo4j.operation.LogMeanExp;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Repeat;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.schedule.Schedule;
import java.util.List;
import java.util.Optional;

/**
 * The importance-weighted bound of the step's K samples (Burda et al. 2016, equation 8): a lower bound of log p(x) in
 * expectation, tight as K grows.
 *
 * <pre>
 *   log (1/K) sum_k w_k,  log w_k = log p(x, z_k) - log q(z_k | x), the sum of all terms of sample k
 * </pre>
 *
 * Its gradient is that of sum_k v_k log w_k with the normalised weights v_k = w_k / sum_j w_j held: all
 * terms of a sample have the weight -v_k / B in the loss, known when the forward pass is done. A term without samples
 * is a part of each log w_k: its weights are those of its samples added up, a mean's, known before.
 */
public record ImportanceWeighted() implements Objective {
    private static final Schedule LOSS = Schedule.constant(-1);

    @Override
    public boolean takes(Term term) {
        return term.role() == Term.Role.LOG_LIKELIHOOD || term.role() == Term.Role.LOG_RATIO;
    }

    @Override
    public Optional<Matrix> weight(Term term, Plan plan) {
        return hasSamples(term) ? Optional.empty() : Optional.of(plan.meanWeight(LOSS, plan.rows(term.rows())));
    }

    private static boolean hasSamples(Term term) {
        return term.rows().has(Axis.SAMPLE);
    }

    @Override
    public void combine(List<Term> terms, Plan plan) {
        Matrix sum = plan.buffer(this, "log weights", plan.batch() * plan.samples(), 1);
        boolean first = true;
        for (Term term : terms) {
            Matrix part = plan.term(term).orElseThrow();
            // a term that does not depend on the samples counts for each of them
            boolean shared = part.rows() == 1;
            Matrix each = shared ? part.repeatRow(sum.rows()) : part;
            for (Matrix target : shared ? List.of(sum) : Repeat.each(sum, part.rows())) {
                plan.launch(first ? Rows.copy(each, target) : Rows.add(each, target));
            }
            first = false;
        }
        plan.launch(LogMeanExp.forward(perRow(sum, plan), plan.bound()));
        if (plan.trains()) {
            Matrix weight = plan.buffer(this, "weights of the samples", sum.rows(), 1);
            plan.launch(LogMeanExp.backward(perRow(sum, plan), plan.meanWeight(LOSS, plan.batch()),
                    perRow(weight, plan)));
            terms.stream().filter(ImportanceWeighted::hasSamples).forEach(term -> plan.weigh(term, weight));
        }
    }

    /** After {@link #combine}: the normalised weights v_k, batch * samples x 1. */
    Matrix normalised(Plan plan) {
        Matrix sum = plan.buffer(this, "log weights", plan.batch() * plan.samples(), 1);
        Matrix normalised = plan.buffer(this, "normalised weights", sum.rows(), 1);
        plan.launch(LogMeanExp.backward(perRow(sum, plan), plan.constant(this, "one", plan.batch(), 1, 1),
                perRow(normalised, plan)));
        return normalised;
    }

    private static Matrix perRow(Matrix ofSamples, Plan plan) {
        return ofSamples.reshape(plan.batch(), plan.samples());
    }
}
