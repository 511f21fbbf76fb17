package io.elbo4j.train.objective;

import static io.elbo4j.ArgumentException.require;

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
 * The evidence lower bound with a KL whose mean is free up to a number of nats (Hafner et al. 2019, PlaNet, appendix A;
 * Hafner et al. 2020, Dreamer, appendix A): with n KLs for each row of the batch, as of the steps of a sequence,
 *
 * <pre>
 *   loss = mean of -log p(x | z) + klWeight n max(freeNats, mean KL)
 * </pre>
 *
 * The mean KL is that of the whole batch, of all steps and latent variables: all of them are free, or none is. {@link
 * FreeNats} compares each by itself.
 *
 * @param klWeight of the KL, at least 0 and finite
 * @param freeNats of the mean, at least 0
 */
public record MeanFreeNats(Schedule klWeight, double freeNats) implements Objective {
    private static final Schedule LOG_LIKELIHOOD = Schedule.constant(-1);

    public MeanFreeNats {
        Elbo.requireWeight(klWeight);
        require((float) freeNats >= 0 && (float) freeNats <= Float.MAX_VALUE, "freeNats",
                "at least 0, and a number that float32 can hold", freeNats);
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
        Matrix sum = plan.buffer(this, "sum of all KLs", 1, 1);
        Matrix gate = plan.buffer(this, "free nats gate", 1, 1);
        plan.launch(Rows.fill(0, sum));
        long count = 0;
        for (Term term : kls) {
            Matrix kl = plan.whole(List.of(this, term), "KL of all rows", plan.term(term).orElseThrow(),
                    term.rows());
            Matrix own = plan.buffer(List.of(this, term), "sum of the KL", 1, 1);
            plan.launch(Sums.rows(kl.reshape(1, kl.rows()), own));
            plan.launch(Rows.add(own, sum));
            count += kl.rows();
        }
        plan.launch(GaussianKlPerDimension.freeBitsGate(sum, (float) (freeNats * count), gate));
        for (Term term : kls) {
            long rows = plan.rows(term.rows());
            Matrix weight = plan.buffer(List.of(this, term), "weight", rows, 1);
            plan.launch(Arithmetic.multiply(plan.meanWeight(klWeight, term.rows()), gate.repeatRow(rows), weight));
            plan.weigh(term, weight);
        }
    }
}
