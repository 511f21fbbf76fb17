package io.elbo4j.train.graph;

import java.util.stream.Stream;

/** See {@link Graph#observe}. */
public final class Observation extends Node {
    private final Likelihood likelihood;
    private final Value x;

    Observation(String name, Likelihood likelihood, Value x) {
        super(name, Stream.concat(likelihood.parameters().stream(), Stream.of(x)).toList());
        if (likelihood.location().columns() != x.columns()) {
            throw new IllegalArgumentException("observe '" + name + "': the likelihood has "
                    + likelihood.location().columns() + " columns, '" + x.name() + "' has " + x.columns());
        }
        this.likelihood = likelihood;
        this.x = x;
    }

    public Likelihood likelihood() {
        return likelihood;
    }

    @Override
    void forward(Plan plan) {
        likelihood.observe(plan, x, plan.logLikelihoodTerm(this, plan.rows(likelihood.location())));
    }

    @Override
    void backward(Plan plan) {
        // likelihoods write their gradients in the forward pass
    }
}
