package io.elbo4j.train.objective;

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
 * An objective of log ratios with the parameters of q stopped in log q(z), so that they have a gradient through z alone
 * (Roeder et al. 2017):
 *
 * <pre>
 *   d/dz (log p(x, z) - log q(z | x)) dz/dparameters
 * </pre>
 *
 * What is left out is the score of q. Its mean is 0 where samples have equal weights: of {@link SampledElbo}, and of
 * {@link ImportanceWeighted} with one sample, this is an unbiased gradient, which vanishes for every single sample
 * where q is the true posterior. With more samples the importance weights depend on z, and leaving the score out is
 * biased (Tucker et al. 2019): take {@link DoublyReparameterised}.
 *
 * <p>The parameters are the mean and the log-variance, or whatever the posterior is computed of. Where they depend on
 * another latent variable, that dependence is stopped in log q too: given that variable the score has mean 0, so it
 * stays unbiased, but the gradient of a single sample does not vanish.
 *
 * @param of takes the log ratio of the latent variables
 */
public record StickingTheLanding(Objective of) implements Objective {
    public StickingTheLanding {
        Objects.requireNonNull(of, "of");
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
    public OptionalDouble priorShare() {
        return of.priorShare();
    }

    @Override
    public Optional<Matrix> columnWeight(Term term, Plan plan) {
        return of.columnWeight(term, plan);
    }

    /** @throws IllegalArgumentException if there is no log ratio, so that there would be nothing to stop */
    @Override
    public void combine(List<Term> terms, Plan plan) {
        if (terms.stream().noneMatch(term -> term.role() == Term.Role.LOG_RATIO)) {
            throw new IllegalArgumentException("sticking the landing needs an objective that takes the log ratio of"
                    + " samples, such as SampledElbo, and a latent variable, not " + of);
        }
        of.combine(terms, plan);
        if (plan.trains()) {
            plan.stopPosteriors(Optional.empty());
        }
    }
}
