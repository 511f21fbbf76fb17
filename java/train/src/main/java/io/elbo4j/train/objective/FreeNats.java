package io.elbo4j.train.objective;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.GaussianKlPerDimension;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.schedule.Schedule;
import java.util.List;
import java.util.Optional;

/**
 * The evidence lower bound with a KL that is free in each row, of a sequence in each step, up to a number of nats
 * (Hafner et al. 2023, equation 5):
 *
 * <pre>
 *   loss = mean of (-log p(x | z) + klWeight max(freeNats, KL of the row))
 * </pre>
 *
 * {@link Elbo#withFreeBits(double)} averages over the batch before it compares.
 *
 * @param klWeight of every KL, at least 0 and finite
 * @param freeNats of each row, at least 0
 */
public record FreeNats(Schedule klWeight, double freeNats) implements Objective {
    private static final Schedule LOG_LIKELIHOOD = Schedule.constant(-1);

    public FreeNats {
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
        if (!plan.trains()) {
            return;
        }
        for (Term term : terms) {
            if (term.role() == Term.Role.KL) {
                Matrix kl = plan.term(term).orElseThrow();
                Matrix weight = plan.buffer(List.of(this, term), "weight", kl.rows(), 1);
                plan.launch(GaussianKlPerDimension.freeBitsGate(kl.reshape(1, kl.rows()), (float) freeNats,
                        weight.reshape(1, kl.rows())));
                plan.launch(Arithmetic.multiply(weight, plan.meanWeight(klWeight, term.rows()), weight));
                plan.weigh(term, weight);
            }
        }
    }
}
