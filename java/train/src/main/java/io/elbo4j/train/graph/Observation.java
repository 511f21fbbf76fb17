package io.elbo4j.train.graph;

import io.elbo4j.Matrix;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** See {@link Graph#observe}. */
public final class Observation extends Node {
    private final Distribution distribution;
    private final Value x;
    private final Term logLikelihood;

    Observation(String name, Distribution distribution, Value x, Rows rows) {
        super(name, Stream.concat(distribution.parameters().stream(), Stream.of(x)).toList(), List.of());
        if (distribution.columns() != x.columns()) {
            throw new IllegalArgumentException("observe '" + name + "': the likelihood has " + distribution.columns()
                    + " columns, '" + x.name() + "' has " + x.columns());
        }
        this.distribution = distribution;
        this.x = x;
        this.logLikelihood = new Term(this, Term.Role.LOG_LIKELIHOOD, rows);
    }

    /** Of x. */
    public Distribution distribution() {
        return distribution;
    }

    /** What is observed. */
    public Value x() {
        return x;
    }

    /** Its term. */
    public Term logLikelihood() {
        return logLikelihood;
    }

    @Override
    public List<Term> terms() {
        return List.of(logLikelihood);
    }

    /** With its gradients, if their weight is known. */
    @Override
    protected void forward(Plan plan) {
        plan.term(logLikelihood).ifPresent(term -> distribution.logDensity(plan, x, term, plan.weight(logLikelihood)));
    }

    @Override
    protected void backward(Plan plan) {
        Optional<Matrix> term = plan.term(logLikelihood);
        if (term.isPresent() && !plan.weighedBefore(logLikelihood)) {
            distribution.logDensity(plan, x, term.get(), plan.weight(logLikelihood));
        }
    }
}
