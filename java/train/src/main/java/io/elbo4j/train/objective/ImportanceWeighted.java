package io.elbo4j.train.objective;

import io.elbo4j.Matrix;
import io.elbo4j.operation.LogMeanExp;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Repeat;
import io.elbo4j.train.graph.Term;
import java.util.List;

/**
 * The importance-weighted bound log (1/K) sum_k p(x, z_k) / q(z_k | x) of the step's K samples (Burda et al. 2016,
 * equation 8): a lower bound of log p(x) in expectation, tight as K grows.
 */
public record ImportanceWeighted() implements Objective {
    @Override
    public boolean takes(Term term) {
        return term.role() == Term.Role.LOG_LIKELIHOOD || term.role() == Term.Role.LOG_RATIO;
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
        plan.launch(LogMeanExp.forward(sum.reshape(plan.batch(), plan.samples()), plan.bound()));
    }
}
