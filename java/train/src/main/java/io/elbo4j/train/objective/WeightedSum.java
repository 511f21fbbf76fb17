package io.elbo4j.train.objective;

import io.elbo4j.Matrix;
import io.elbo4j.train.distribution.Enumerated;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.schedule.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A sum of terms that are named one by one, each with a weight of its own:
 *
 * <pre>
 *   loss = sum over parts of  weight  mean over the batch and the samples of (row weight  term)
 * </pre>
 *
 * Terms of a sequence and of members are summed over these. It is minimised: a log-likelihood has a weight below 0, a
 * KL or a loss one above.
 *
 * @param parts at least one
 */
public record WeightedSum(List<Part> parts) implements Objective {
    /**
     * A term and its weight.
     *
     * @param node the name of the term's node: an observation, a latent variable, a loss
     * @param role which of the node's terms
     * @param weight may change from step to step
     * @param rowWeight one column, of axes that the term has: a mask or the weight of each row; null for ones. The mean
     *     divides by the number of rows, whatever they weigh
     */
    public record Part(String node, Term.Role role, Schedule weight, @Nullable Value rowWeight) {
        public Part {
            Objects.requireNonNull(node, "node");
            Objects.requireNonNull(role, "role");
            Objects.requireNonNull(weight, "weight");
            if (rowWeight != null) {
                RowWeighted.requireColumn(rowWeight);
            }
        }
    }

    public WeightedSum {
        parts = List.copyOf(parts);
    }

    /** No part yet. */
    public WeightedSum() {
        this(List.of());
    }

    /** With a further part. */
    public WeightedSum with(String node, Term.Role role, double weight) {
        return with(new Part(node, role, Schedule.constant(weight), null));
    }

    /** With a further part, each row of which has a weight: see {@link Part}. */
    public WeightedSum with(String node, Term.Role role, double weight, Value rowWeight) {
        return with(new Part(node, role, Schedule.constant(weight), rowWeight));
    }

    /** With a further part. */
    public WeightedSum with(Part part) {
        List<Part> all = new ArrayList<>(parts);
        all.add(part);
        return new WeightedSum(all);
    }

    private Optional<Part> part(Term term) {
        return parts.stream().filter(p -> p.role() == term.role() && p.node().equals(term.owner().name())).findFirst();
    }

    @Override
    public List<Value> values() {
        return parts.stream().map(Part::rowWeight).filter(Objects::nonNull).toList();
    }

    @Override
    public boolean takes(Term term) {
        return part(term).isPresent();
    }

    @Override
    public Optional<Matrix> weight(Term term, Plan plan) {
        Part part = part(term).orElseThrow();
        Matrix mean = plan.meanWeight(part.weight(), term.rows());
        return Optional.of(part.rowWeight() == null ? mean
                : RowWeighted.times(plan, this, term, mean, part.rowWeight()));
    }

    /**
     * @throws IllegalArgumentException naming a part whose node or term is not there, or that is there twice; or a
     *     latent variable that is enumerated
     */
    @Override
    public void combine(List<Term> terms, Plan plan) {
        Enumerated.requireNone(terms);
        for (Part p : parts) {
            if (terms.stream().noneMatch(term -> part(term).filter(found -> found == p).isPresent())) {
                throw new IllegalArgumentException("a weighted sum has the " + p.role().words() + " of '" + p.node()
                        + "' as a part, but there is no such term, or it is a part already; there are " + terms.stream()
                                .map(term -> "the " + term.role().words() + " of '" + term.owner().name() + "'")
                                .toList());
            }
        }
    }
}
