package io.elbo4j.train.distribution;

import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;

/** The term of a KL in closed form that is composed of values, which see q and p by {@link KlSide}. */
class ClosedKl extends ValueTerm {
    ClosedKl(String name, Value kl) {
        super(name, Term.Role.KL, kl);
    }

    @Override
    protected final boolean balances() {
        return true;
    }
}
