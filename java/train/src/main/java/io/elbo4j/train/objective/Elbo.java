package io.elbo4j.train.objective;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Matrix;
import io.elbo4j.operation.GaussianKlPerDimension;
import io.elbo4j.train.distribution.KlPerDimension;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.schedule.Schedule;
import java.util.Objects;
import java.util.Optional;

/**
 * The evidence lower bound with its KL in closed form (Kingma and Welling 2014, equation 3): the log-likelihood, a mean
 * over the samples, minus the KL, which has a weight (Higgins et al. 2017 call it beta).
 *
 * <p>With free bits (Kingma et al. 2016, equation 15, one group per dimension) a dimension whose KL, averaged over the
 * batch, is not above the threshold adds the threshold to the objective and no gradient.
 *
 * @param klWeight of every KL, at least 0 and finite
 * @param freeBits nats per latent dimension below which its KL is free, at least 0; 0 for none
 */
public record Elbo(Schedule klWeight, double freeBits) implements Objective {
    private static final Schedule LOG_LIKELIHOOD = Schedule.constant(-1);

    public Elbo {
        requireWeight(klWeight);
        require(freeBits >= 0 && Double.isFinite(freeBits), "freeBits", "a finite number of at least 0", freeBits);
    }

    static void requireWeight(Schedule klWeight) {
        Objects.requireNonNull(klWeight, "klWeight");
        if (klWeight instanceof Schedule.Constant c) {
            require(c.value() >= 0 && Double.isFinite(c.value()), "klWeight", "a finite number of at least 0",
                    c.value());
        }
    }

    /** With weight 1, without free bits. */
    public Elbo() {
        this(Schedule.constant(1), 0);
    }

    public Elbo(double klWeight) {
        this(Schedule.constant(klWeight), 0);
    }

    public Elbo withFreeBits(double nats) {
        return new Elbo(klWeight, nats);
    }

    @Override
    public boolean takes(Term term) {
        return term.role() == Term.Role.LOG_LIKELIHOOD || term.role() == Term.Role.KL;
    }

    @Override
    public Optional<Matrix> weight(Term term, Plan plan) {
        Schedule of = term.role() == Term.Role.KL ? klWeight : LOG_LIKELIHOOD;
        return Optional.of(plan.meanWeight(of, plan.rows(term.rows())));
    }

    @Override
    public Optional<Matrix> columnWeight(Term term, Plan plan) {
        if (freeBits == 0) {
            return Optional.empty();
        }
        if (!(term.owner() instanceof Latent latent)) {
            throw new IllegalArgumentException("free bits need a KL in closed form, which '" + term.owner().name()
                    + "' has not");
        }
        Matrix each = plan.buffer(latent, "KL per dimension", 1, latent.columns());
        Matrix gate = plan.buffer(latent, "free bits gate", 1, latent.columns());
        plan.launch(KlPerDimension.launch(plan, latent, each));
        plan.launch(GaussianKlPerDimension.freeBitsGate(each, (float) (freeBits * plan.rows(term.rows())), gate));
        return Optional.of(gate);
    }
}
