package io.elbo4j.train.objective;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Matrix;
import io.elbo4j.operation.GaussianKlPerDimension;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Sums;
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
 * <p>With free bits (Kingma et al. 2016, equation 15) a group of dimensions whose KL, averaged over the batch and the
 * steps of a sequence, is not above the threshold adds the threshold to the objective and no gradient.
 *
 * @param klWeight of every KL, at least 0 and finite
 * @param freeBits nats per group below which its KL is free, at least 0; 0 for none
 * @param group dimensions of a group, which lie beside each other; 0 for one group of each latent variable
 */
public record Elbo(Schedule klWeight, double freeBits, long group) implements Objective {
    private static final Schedule LOG_LIKELIHOOD = Schedule.constant(-1);

    public Elbo {
        requireWeight(klWeight);
        require(freeBits >= 0 && Double.isFinite(freeBits), "freeBits", "a finite number of at least 0", freeBits);
        require(group >= 0, "group", "at least 1 dimension, or 0 for all", group);
    }

    /** With groups of one dimension. */
    public Elbo(Schedule klWeight, double freeBits) {
        this(klWeight, freeBits, 1);
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

    /** Of each dimension. */
    public Elbo withFreeBits(double nats) {
        return withFreeBits(nats, 1);
    }

    /** Of each group of so many dimensions; 0 for all of a latent variable. */
    public Elbo withFreeBits(double nats, long dimensions) {
        return new Elbo(klWeight, nats, dimensions);
    }

    @Override
    public boolean takes(Term term) {
        return term.role() == Term.Role.LOG_LIKELIHOOD || term.role() == Term.Role.KL;
    }

    @Override
    public Optional<Matrix> weight(Term term, Plan plan) {
        Schedule of = term.role() == Term.Role.KL ? klWeight : LOG_LIKELIHOOD;
        return Optional.of(plan.meanWeight(of, term.rows()));
    }

    @Override
    public Optional<Matrix> columnWeight(Term term, Plan plan) {
        if (freeBits == 0) {
            return Optional.empty();
        }
        if (!(term.owner() instanceof Latent latent)) {
            throw new IllegalArgumentException("free bits need a KL of each dimension, which '" + term.owner().name()
                    + "' has not");
        }
        Matrix each = plan.buffer(latent, "KL per dimension", 1, latent.columns());
        plan.launch(KlPerDimension.launch(plan, latent, each));
        return Optional.of(gate(plan, latent, each, (float) (freeBits * plan.wholeRows(term.rows()))));
    }

    private Matrix gate(Plan plan, Latent latent, Matrix each, float threshold) {
        Matrix gate = plan.buffer(latent, "free bits gate", 1, latent.columns());
        long dimensions = group == 0 ? latent.columns() : group;
        if (dimensions == 1) {
            plan.launch(GaussianKlPerDimension.freeBitsGate(each, threshold, gate));
            return gate;
        }
        long groups = latent.columns() / dimensions;
        require(groups * dimensions == latent.columns(), "group", "a divisor of the " + latent.columns()
                + " dimensions of '" + latent.name() + "'", group);
        Matrix sums = plan.buffer(latent, "KL per group", groups, 1);
        Matrix gates = plan.buffer(latent, "free bits gate of each group", groups, 1);
        plan.launch(Sums.rows(each.reshape(groups, dimensions), sums));
        plan.launch(GaussianKlPerDimension.freeBitsGate(sums.reshape(1, groups), threshold, gates.reshape(1, groups)));
        plan.launch(Rows.repeat(gates, 1, gate.reshape(latent.columns(), 1)));
        return gate;
    }
}
