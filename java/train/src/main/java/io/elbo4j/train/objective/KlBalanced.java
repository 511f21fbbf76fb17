package io.elbo4j.train.objective;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Matrix;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * KL balancing (Hafner et al. 2021, equation 2 and algorithm 2): a learned prior follows the posterior faster than the
 * posterior is pulled to it. With sg for a value whose gradient is stopped, each KL in closed form is replaced by
 *
 * <pre>
 *   share KL(sg(q) || p) + (1 - share) KL(q || sg(p))
 * </pre>
 *
 * The KL that is reported is that of q and p. With a share of 1/2 both gradients are half of the objective's.
 *
 * @param of takes the KL in closed form of latent variables with diagonal Gaussian, categorical or Bernoulli priors of
 *     their own kind, also where their draws are relaxed
 * @param share of the prior: 0.8 in the paper, in [0, 1]
 */
public record KlBalanced(Objective of, double share) implements Objective {
    public KlBalanced {
        Objects.requireNonNull(of, "of");
        require(share >= 0 && share <= 1, "share", "from 0 to 1", share);
    }

    @Override
    public OptionalDouble priorShare() {
        return OptionalDouble.of(share);
    }

    @Override
    public List<Value> values() {
        return of.values();
    }

    @Override
    public boolean takes(Term term) {
        return of.takes(term);
    }

    @Override
    public Optional<Matrix> weight(Term term, Plan plan) {
        return of.weight(term, plan);
    }

    @Override
    public Optional<Matrix> columnWeight(Term term, Plan plan) {
        return of.columnWeight(term, plan);
    }

    @Override
    public void combine(List<Term> terms, Plan plan) {
        of.combine(terms, plan);
    }
}
