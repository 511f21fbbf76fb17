package io.elbo4j.train.layer;

import io.elbo4j.Activation;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * A value of one column as a term of the objective: any loss that can be computed from values, with its gradient. See
 * {@link io.elbo4j.train.objective.Regression} and {@link io.elbo4j.train.objective.WeightedSum}.
 */
public final class Loss extends Node {
    private final Value value;
    private final Term term;

    private Loss(String name, Term.Role role, Value value) {
        super(name, List.of(value), List.of());
        this.value = value;
        this.term = new Term(this, role, value.rows());
    }

    /**
     * A term of that role and name.
     *
     * @throws IllegalArgumentException if the value has not one column
     */
    public static Loss of(String name, Term.Role role, Value value) {
        if (value.columns() != 1) {
            throw new IllegalArgumentException("the term '" + name + "' must be a value of 1 column, but '"
                    + value.name() + "' has " + value.columns());
        }
        return value.graph().add(new Loss(name, role, value));
    }

    /** sum (prediction - target)^2 over the columns: the log-likelihood of a Gaussian of variance 1/2, without constants. */
    public static Loss squaredError(String name, Value prediction, Value target) {
        return of(name, Term.Role.LOSS, RowSum.of(Activate.of(Subtract.of(prediction, target), Activation.SQUARE)));
    }

    /** The sum of {@link Huber} losses over the columns. */
    public static Loss huber(String name, Value prediction, Value target, float delta) {
        return of(name, Term.Role.LOSS, RowSum.of(Huber.of(Subtract.of(prediction, target), delta)));
    }

    /** Its term. */
    public Term term() {
        return term;
    }

    @Override
    public List<Term> terms() {
        return List.of(term);
    }

    @Override
    protected void forward(Plan plan) {
        plan.term(term).ifPresent(t -> plan.launch(Rows.copy(plan.value(value), t)));
    }

    @Override
    protected void backward(Plan plan) {
        if (plan.wants(value)) {
            plan.weight(term).ifPresent(w -> plan.launch(Rows.copy(w, plan.gradientOf(value))));
        }
    }
}
