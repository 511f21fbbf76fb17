package io.elbo4j.train.distribution;

import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Term;

/**
 * The total correlation of a latent variable's dimensions as a term, see {@link KlParts} with N = 1: a loss, which an
 * objective takes that names it, as {@link io.elbo4j.train.objective.Penalised} does.
 */
public final class TotalCorrelation extends ValueTerm {
    private final Latent latent;

    private TotalCorrelation(Latent z) {
        super("total correlation of " + z.name(), Term.Role.LOSS, KlParts.of(z).totalCorrelation());
        this.latent = z;
    }

    /**
     * Adds the term to the graph.
     *
     * @throws IllegalArgumentException unless the posterior is a diagonal Gaussian of each row of the batch
     */
    public static TotalCorrelation of(Latent z) {
        return z.graph().add(new TotalCorrelation(z));
    }

    /** Of which latent variable. */
    public Latent latent() {
        return latent;
    }
}
