package io.elbo4j.train.distribution;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.StopGradient;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * log q(z) - log p(z) of samples z of q: an unbiased estimate of KL(q || p), for what has no closed form, as where p
 * depends on z itself through a latent variable above it. Its gradient passes through z, q and p. Free bits, which need
 * the KL of each dimension, do not reach it.
 */
public final class SampledKl extends Node {
    private final Value z;
    private final Distribution q;
    private final Distribution stopped;
    private final Distribution p;
    private final Term kl;
    private final Term logRatio;

    private SampledKl(String name, Value z, Distribution q, Distribution stopped, Distribution p) {
        super(name, Stream.of(List.of(z), q.parameters(), stopped.parameters(), p.parameters()).flatMap(List::stream)
                .toList(), List.of());
        this.z = z;
        this.q = q;
        this.stopped = stopped;
        this.p = p;
        this.kl = new Term(this, Term.Role.KL, z.rows());
        this.logRatio = new Term(this, Term.Role.LOG_RATIO, z.rows());
    }

    /**
     * Adds the two terms to the graph.
     *
     * @param z drawn from q
     * @throws IllegalArgumentException if a distribution has other columns than z, or no gradient with respect to it
     */
    public static SampledKl of(String name, Value z, Distribution q, Distribution p) {
        for (Distribution d : List.of(q, p)) {
            if (d.columns() != z.columns() || !d.differentiatesX()) {
                throw new IllegalArgumentException("the KL '" + name + "' needs distributions of " + z.columns()
                        + " columns that have a gradient with respect to z, not a " + d.getClass().getSimpleName()
                        + " of " + d.columns());
            }
        }
        Latent.requireDraws("the KL '" + name + "'", q, p);
        Graph graph = z.graph();
        UnaryOperator<Value> each = v -> graph.repeat(v, z.rows());
        Distribution ofQ = q.observed(each).at(z);
        return graph.add(new SampledKl(name, z, ofQ, ofQ.stopped(StopGradient::of), p.observed(each).at(z)));
    }

    @Override
    public List<Term> terms() {
        return List.of(kl, logRatio);
    }

    /** Gradients wait for the backward pass: only then it is known whether the parameters of q are stopped. */
    @Override
    protected void forward(Plan plan) {
        plan.term(kl).ifPresent(term -> difference(plan, Term.Role.KL, term, q, p, Optional.empty()));
        plan.term(logRatio).ifPresent(term -> difference(plan, Term.Role.LOG_RATIO, term, p, q, Optional.empty()));
    }

    @Override
    protected void backward(Plan plan) {
        if (plan.pathWeight(z).isPresent()) {
            throw new IllegalArgumentException("'" + name() + "': the doubly reparameterised gradient needs a latent"
                    + " variable with a Gaussian prior");
        }
        if (plan.priorShare().isPresent()) {
            throw new IllegalArgumentException("'" + name() + "': KL balancing needs a KL in closed form between two"
                    + " Gaussians");
        }
        Distribution ofQ = plan.posteriorsStopped() ? stopped : q;
        weight(plan, kl).ifPresent(w -> difference(plan, Term.Role.KL, plan.term(kl).orElseThrow(), ofQ, p, Optional.of(
                w)));
        weight(plan, logRatio).ifPresent(w -> difference(plan, Term.Role.LOG_RATIO, plan.term(logRatio).orElseThrow(),
                p, ofQ, Optional.of(w)));
    }

    /** Empty where this training does not take the term. */
    private static Optional<Matrix> weight(Plan plan, Term term) {
        return plan.term(term).isPresent() ? plan.weight(term) : Optional.empty();
    }

    /** The log-density under one less that under the other, with the gradients if there is a weight. */
    private void difference(Plan plan, Term.Role role, Matrix term, Distribution one, Distribution other,
            Optional<Matrix> weight) {
        Matrix of = plan.buffer(this, "log density of the other", term.rows(), 1);
        Optional<Matrix> negative = weight.map(w -> {
            Matrix minus = plan.buffer(this, "negative weight of the " + role.words(), w.rows(), 1);
            plan.launch(Arithmetic.scale(-1, w, minus));
            return minus;
        });
        one.logDensity(plan, z, term, weight);
        other.logDensity(plan, z, of, negative);
        plan.launch(Arithmetic.subtract(term, of, term));
    }
}
