package io.elbo4j.train.objective;

import io.elbo4j.Matrix;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The bound of {@link ImportanceWeighted} with the doubly reparameterised gradient of the encoder (DReG: Tucker et al.
 * 2019), unbiased, and with a signal that does not drown in noise as K grows. With v_k the normalised weight of sample
 * k:
 *
 * <pre>
 *   decoder and prior   sum_k v_k   d log p(x, z_k) / dparameters                                  z_k held
 *   encoder             sum_k v_k^2 d (log p(x, z_k) - log q(z_k | x)) / dz_k  dz_k / dparameters    log q stopped
 * </pre>
 *
 * One backward pass does both. Each term of a sample has the weight -v_k / B, as the decoder and the prior need it. The
 * gradients that arrive at z_k are linear in that weight, so they lack one factor v_k only. The latent variable
 * multiplies what goes back through a sample by it, after everything that consumes z_k has added its share; nothing
 * else does. A parameter on both sides gets the sum of both. Of several latent variables z_k is all of them; a prior
 * that depends on another one passes v_k to that one's samples, where the second factor follows.
 *
 * <p>A posterior that depends on another latent variable is refused: log q of the inner one then depends on the outer
 * one through its parameters. These must be stopped for the inner encoder and must not be for the outer one (Bauer and
 * Mnih 2021): one gradient of them cannot be both.
 */
public record DoublyReparameterised() implements Objective {
    private static final ImportanceWeighted BOUND = new ImportanceWeighted();

    @Override
    public boolean takes(Term term) {
        return BOUND.takes(term);
    }

    @Override
    public Optional<Matrix> weight(Term term, Plan plan) {
        return BOUND.weight(term, plan);
    }

    /** @throws IllegalArgumentException if a posterior depends on another latent variable */
    @Override
    public void combine(List<Term> terms, Plan plan) {
        for (Term term : terms) {
            if (term.role() == Term.Role.LOG_RATIO && term.owner() instanceof Latent latent) {
                Set<Value> seen = new HashSet<>();
                latent.posterior().parameters().forEach(v -> requireNoLatent(latent, v, seen));
            }
        }
        BOUND.combine(terms, plan);
        if (plan.trains()) {
            plan.stopPosteriors(Optional.of(BOUND.normalised(terms, plan)));
        }
    }

    private static void requireNoLatent(Latent latent, Value v, Set<Value> seen) {
        if (v instanceof Latent other) {
            throw new IllegalArgumentException("the posterior of '" + latent.name() + "' depends on '" + other.name()
                    + "': its doubly reparameterised gradient takes more than one backward pass; train with"
                    + " ImportanceWeighted");
        }
        if (seen.add(v)) {
            v.inputs().forEach(input -> requireNoLatent(latent, input, seen));
        }
    }
}
