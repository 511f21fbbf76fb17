package io.elbo4j.train.distribution;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.Optional;

/**
 * A value as a term of the objective: any log-likelihood, KL or log ratio that is composed of other nodes. Backward:
 * the gradient of the value is the term's weight.
 */
public class ValueTerm extends Node {
    private final Value value;
    private final Term term;

    /** See {@link #of}. */
    protected ValueTerm(String name, Term.Role role, Value value) {
        super(name, List.of(value), List.of());
        if (value.columns() != 1) {
            throw new IllegalArgumentException("term '" + name + "': '" + value.name() + "' must have 1 column, not "
                    + value.columns());
        }
        this.value = value;
        this.term = new Term(this, role, value.rows());
    }

    /**
     * Adds the term to the graph.
     *
     * @param value one column, in nats
     * @throws IllegalArgumentException if it has more
     */
    public static ValueTerm of(String name, Term.Role role, Value value) {
        return value.graph().add(new ValueTerm(name, role, value));
    }

    public final Term term() {
        return term;
    }

    @Override
    public final List<Term> terms() {
        return List.of(term);
    }

    /** Whether its value passes {@link Plan#priorShare} of its gradient on to the prior, the rest to the posterior. */
    protected boolean balances() {
        return false;
    }

    @Override
    protected void forward(Plan plan) {
        plan.term(term).ifPresent(target -> plan.launch(Rows.copy(plan.value(value), target)));
    }

    @Override
    protected void backward(Plan plan) {
        if (plan.term(term).isEmpty()) {
            return;
        }
        Optional<Matrix> weight = plan.weight(term);
        if (weight.isEmpty()) {
            return;
        }
        if (term.role() == Term.Role.KL && plan.columnWeight(term).isPresent()) {
            throw new IllegalArgumentException("'" + name() + "' is one number for all dimensions: their KLs have"
                    + " no weights of their own");
        }
        if (term.role() == Term.Role.KL && plan.priorShare().isPresent() && !balances()) {
            throw new IllegalArgumentException("'" + name() + "' is composed of values: KL balancing, which needs the"
                    + " gradients of the prior apart, takes a KL in closed form of two DiagonalGaussians, Categoricals"
                    + " or Bernoullis");
        }
        if (term.role() == Term.Role.LOG_RATIO && plan.posteriorsStopped()) {
            throw new IllegalArgumentException("'" + name() + "' is composed of values: the parameters of q cannot be"
                    + " stopped in it, as sticking the landing and the doubly reparameterised gradient do");
        }
        if (plan.wants(value)) {
            plan.launch(Rows.copy(weight.get(), plan.gradientOf(value)));
        }
    }
}
