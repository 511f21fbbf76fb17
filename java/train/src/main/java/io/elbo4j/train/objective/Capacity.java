package io.elbo4j.train.objective;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.GaussianKlPerDimension;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Sums;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.schedule.Schedule;
import java.util.List;
import java.util.Optional;

/**
 * The evidence lower bound with a KL that is held at a capacity, which usually grows (Burgess et al. 2018, equation
 * 8):
 *
 * <pre>
 *   loss = mean of -log p(x | z) + gamma |mean KL - capacity|
 * </pre>
 *
 * The mean KL is that of the batch, of all latent variables together.
 *
 * @param gamma at least 0 and finite
 * @param capacity in nats, of each training step
 */
public record Capacity(Schedule gamma, Schedule capacity) implements Objective {
    private static final Schedule LOG_LIKELIHOOD = Schedule.constant(-1);
    private static final Schedule ONE = Schedule.constant(1);

    public Capacity {
        Elbo.requireWeight(gamma);
        Elbo.requireWeight(capacity);
    }

    @Override
    public boolean takes(Term term) {
        return term.role() == Term.Role.LOG_LIKELIHOOD || term.role() == Term.Role.KL;
    }

    @Override
    public Optional<Matrix> weight(Term term, Plan plan) {
        return term.role() == Term.Role.KL ? Optional.empty()
                : Optional.of(plan.meanWeight(LOG_LIKELIHOOD, term.rows()));
    }

    @Override
    public void combine(List<Term> terms, Plan plan) {
        List<Term> kls = terms.stream().filter(term -> term.role() == Term.Role.KL).toList();
        if (!plan.trains() || kls.isEmpty()) {
            return;
        }
        Matrix excess = plan.buffer(this, "KL less the capacity", 1, 1);
        Matrix sign = plan.buffer(this, "sign of the KL less the capacity", 1, 1);
        plan.launch(Rows.fill(0, excess));
        for (Term term : kls) {
            Matrix kl = plan.term(term).orElseThrow();
            Matrix shares = plan.buffer(List.of(this, term), "shares of the mean KL", kl.rows(), 1);
            Matrix mean = plan.buffer(List.of(this, term), "mean KL", 1, 1);
            plan.launch(Arithmetic.multiply(kl, plan.meanWeight(ONE, term.rows()), shares));
            Matrix all = plan.whole(List.of(this, term), "shares of all rows", shares, term.rows());
            plan.launch(Sums.rows(all.reshape(1, all.rows()), mean));
            plan.launch(Rows.add(mean, excess));
        }
        plan.launch(Arithmetic.subtract(excess, plan.meanWeight(capacity, io.elbo4j.train.graph.Rows.SHARED), excess));
        plan.launch(GaussianKlPerDimension.freeBitsGate(excess, 0, sign));
        plan.launch(Arithmetic.scaleAndShift(2, -1, sign, sign));
        for (Term term : kls) {
            long rows = plan.rows(term.rows());
            Matrix weight = plan.buffer(List.of(this, term), "weight", rows, 1);
            plan.launch(Arithmetic.multiply(plan.meanWeight(gamma, term.rows()), sign.repeatRow(rows), weight));
            plan.weigh(term, weight);
        }
    }
}
