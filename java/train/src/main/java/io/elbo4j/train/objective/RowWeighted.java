package io.elbo4j.train.objective;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Repeat;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * An objective each row of which has a weight: 0 leaves a row out, as the steps after the end of a short sequence. The
 * mean still divides by the number of rows. What is reported of the terms has no weights, nor have the KLs that free
 * bits compare with their threshold.
 *
 * @param of an objective that knows the weights of its terms before them, as {@link Elbo} does
 * @param rowWeight one column, of axes that all of its terms have
 */
public record RowWeighted(Objective of, Value rowWeight) implements Objective {
    public RowWeighted {
        Objects.requireNonNull(of, "of");
        requireColumn(rowWeight);
    }

    static void requireColumn(Value rowWeight) {
        if (rowWeight.columns() != 1) {
            throw new IllegalArgumentException("weights of rows must have 1 column, but '" + rowWeight.name() + "' has "
                    + rowWeight.columns());
        }
        if (rowWeight.differentiable()) {
            throw new IllegalArgumentException("weights of rows have no gradient, but '" + rowWeight.name()
                    + "' depends on parameters: give StopGradient.of it");
        }
    }

    /** The weights of a term's rows, each times that of the row that it belongs to. */
    static Matrix times(Plan plan, Objective by, Term term, Matrix weight, Value rowWeight) {
        if (!rowWeight.rows().within(term.rows())) {
            throw new IllegalArgumentException("'" + rowWeight.name() + "' weighs rows of " + rowWeight.rows()
                    + ", which the " + term.role().words() + " of '" + term.owner().name() + "' with rows of "
                    + term.rows() + " has not");
        }
        List<Object> owner = List.of(by, term);
        Matrix each = Repeat.widened(plan, owner, plan.value(rowWeight), rowWeight.rows(), term.rows());
        Matrix product = plan.buffer(owner, "weight of each row", weight.rows(), 1);
        plan.launch(Arithmetic.multiply(weight, each, product));
        return product;
    }

    @Override
    public List<Value> values() {
        return Stream.concat(of.values().stream(), Stream.of(rowWeight)).toList();
    }

    @Override
    public boolean takes(Term term) {
        return of.takes(term);
    }

    /** @throws IllegalArgumentException if a term lacks the axes, or its weight is known only after the terms */
    @Override
    public Optional<Matrix> weight(Term term, Plan plan) {
        Matrix weight = of.weight(term, plan).orElseThrow(() -> new IllegalArgumentException("rows can only be weighed"
                + " by objectives that know the weights of their terms before these, as Elbo does, not by " + of));
        return Optional.of(times(plan, this, term, weight, rowWeight));
    }

    @Override
    public Optional<Matrix> columnWeight(Term term, Plan plan) {
        return of.columnWeight(term, plan);
    }

    @Override
    public OptionalDouble priorShare() {
        return of.priorShare();
    }

    @Override
    public void combine(List<Term> terms, Plan plan) {
        of.combine(terms, plan);
    }
}
