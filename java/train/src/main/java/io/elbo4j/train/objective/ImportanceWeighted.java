package io.elbo4j.train.objective;

import io.elbo4j.Matrix;
import io.elbo4j.operation.LogMeanExp;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Repeat;
import io.elbo4j.train.graph.Rows;
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
 * is a part of each log w_k: its weights are those of its samples added up, a mean's, known before. In an ensemble each
 * member has a bound; a term that the members share is a part of each.
 */
public record ImportanceWeighted() implements Objective {
    private static final Schedule LOSS = Schedule.constant(-1);
    private static final Rows MEMBERS = Rows.of(Axis.MEMBER);
    private static final Rows SAMPLES = Rows.of(Axis.BATCH, Axis.SAMPLE);

    @Override
    public boolean takes(Term term) {
        return term.role() == Term.Role.LOG_LIKELIHOOD || term.role() == Term.Role.LOG_RATIO;
    }

    @Override
    public Optional<Matrix> weight(Term term, Plan plan) {
        return isLate(term, plan) ? Optional.empty() : Optional.of(plan.meanWeight(LOSS, term.rows()));
    }

    /** Of each sample, or of each member's bound, which only all terms together tell. */
    private static boolean isLate(Term term, Plan plan) {
        return term.rows().has(Axis.SAMPLE) || !term.rows().has(Axis.MEMBER) && plan.rows(MEMBERS) > 1;
    }

    /** What has a log weight: terms of a sequence are summed over its steps; a member has a bound of its own. */
    private static Rows weighted(List<Term> terms) {
        return terms.stream().anyMatch(term -> term.rows().has(Axis.MEMBER)) ? SAMPLES.union(Rows.of(Axis.MEMBER))
                : SAMPLES;
    }

    @Override
    public void combine(List<Term> terms, Plan plan) {
        if (terms.isEmpty()) {
            throw new IllegalArgumentException("an importance-weighted bound needs an observation or a latent variable,"
                    + " which this graph has not");
        }
        Rows rows = weighted(terms);
        Matrix sum = plan.buffer(this, "log weights", plan.rows(rows), 1);
        boolean first = true;
        for (Term term : terms) {
            Matrix each = each(term, rows, plan);
            plan.launch(first ? io.elbo4j.operation.Rows.copy(each, sum) : io.elbo4j.operation.Rows.add(each, sum));
            first = false;
        }
        long members = plan.rows(rows) / plan.rows(SAMPLES);
        Matrix bound = plan.bound(members == 1 ? Rows.BATCH : Rows.of(Axis.BATCH, Axis.MEMBER));
        Matrix weight = plan.trains() ? plan.buffer(this, "weights of the samples", sum.rows(), 1) : null;
        for (int m = 0; m < members; m++) {
            Matrix ofMember = ofMember(sum, "log weights", m, plan);
            Matrix own = members == 1 ? bound : plan.buffer(this, "bound of a member", plan.batch(), 1);
            plan.launch(LogMeanExp.forward(perRow(ofMember, plan), own));
            if (members > 1) {
                plan.launch(io.elbo4j.operation.Rows.copy(own, Repeat.each(bound, plan.batch()).get(m)));
            }
            if (weight != null) {
                Matrix ofSamples = members == 1 ? weight : plan.buffer(this, "weights of a member", ofMember.rows(), 1);
                plan.launch(LogMeanExp.backward(perRow(ofMember, plan), plan.meanWeight(LOSS, Rows.BATCH),
                        perRow(ofSamples, plan)));
                if (members > 1) {
                    plan.launch(io.elbo4j.operation.Rows.copy(ofSamples, Repeat.each(weight, ofMember.rows()).get(m)));
                }
            }
        }
        if (weight != null) {
            terms.stream().filter(term -> isLate(term, plan))
                    .forEach(term -> plan.weigh(term, weightOf(term, rows, weight, plan)));
        }
    }

    /** A term's numbers, summed over time, for each of the rows; one that does not depend on the samples for each. */
    private Matrix each(Term term, Rows rows, Plan plan) {
        Rows steps = term.rows().has(Axis.TIME) ? without(Axis.TIME, term.rows()) : term.rows();
        List<Object> owner = List.of(this, term);
        Matrix part = Repeat.summed(plan, owner, plan.term(term).orElseThrow(), term.rows(), steps);
        return part.rows() == 1 ? part.repeatRow(plan.rows(rows)) : Repeat.widened(plan, owner, part, steps, rows);
    }

    /** The other way round: summed over the members that a term does not know, repeated over time. */
    private Matrix weightOf(Term term, Rows rows, Matrix weight, Plan plan) {
        List<Object> owner = List.of(this, "weight", term);
        Rows known = new Rows(rows.axes().stream().filter(term.rows()::has).toList());
        return Repeat.widened(plan, owner, Repeat.summed(plan, owner, weight, rows, known), known, term.rows());
    }

    private static Rows without(Axis axis, Rows rows) {
        return new Rows(rows.axes().stream().filter(a -> a != axis).toList());
    }

    private Matrix ofMember(Matrix all, String role, int member, Plan plan) {
        long samples = plan.rows(SAMPLES);
        if (all.rows() == samples) {
            return all;
        }
        Matrix own = plan.buffer(this, role + " of a member", samples, 1);
        plan.launch(io.elbo4j.operation.Rows.copy(Repeat.each(all, samples).get(member), own));
        return own;
    }

    /**
     * After {@link #combine}: the normalised weights v_k, batch * samples x 1.
     *
     * @throws IllegalArgumentException for an ensemble
     */
    Matrix normalised(List<Term> terms, Plan plan) {
        if (weighted(terms).has(Axis.MEMBER)) {
            throw new IllegalArgumentException("the doubly reparameterised gradient of an ensemble is not computed:"
                    + " train with ImportanceWeighted");
        }
        Matrix sum = plan.buffer(this, "log weights", plan.rows(SAMPLES), 1);
        Matrix normalised = plan.buffer(this, "normalised weights", sum.rows(), 1);
        plan.launch(LogMeanExp.backward(perRow(sum, plan), plan.constant(this, "one", plan.batch(), 1, 1),
                perRow(normalised, plan)));
        return normalised;
    }

    private static Matrix perRow(Matrix ofSamples, Plan plan) {
        return ofSamples.reshape(plan.batch(), plan.samples());
    }
}
