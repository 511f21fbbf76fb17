package io.elbo4j.train.distribution;

import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Posterior;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.StopGradient;
import io.elbo4j.train.layer.Subtract;
import org.jspecify.annotations.Nullable;

/**
 * A draw through which no gradient passes: q learns by its score, from the term {@link Term.Role#LOG_Q}, so that q is
 * stopped in the log ratio. See {@link io.elbo4j.train.objective.ScoreFunction}.
 */
final class DiscreteLatent extends ComposedLatent {
    private static final System.Logger LOGGER = System.getLogger("io.elbo4j.train");

    private final @Nullable Value kl;
    private @Nullable Term logQ;

    /** @param kl in closed form; null where there is none */
    DiscreteLatent(String name, Posterior q, Distribution prior, Value sample, @Nullable Value kl) {
        super(name, q, prior, sample);
        this.kl = kl;
    }

    /**
     * @throws IllegalArgumentException if q is among what a step trains with an objective that does not take its
     *     score. Of several objectives it is not known here which trains q: then the terms of z alone refuse that
     */
    @Override
    protected void forward(Plan plan) {
        super.forward(plan);
        if (plan.term(logQ).isEmpty()) {
            refuse(plan);
        }
    }

    private void refuse(Plan plan) {
        if (posterior().parameters().stream().anyMatch(plan::wants)) {
            throw new IllegalArgumentException("the draws of '" + name() + "' pass no gradient on to the probabilities"
                    + " that they have: train with ScoreFunction, or draw from a relaxed distribution");
        }
    }

    /** A term of which q gets no gradient without its score. */
    private final class OfScore extends ValueTerm {
        OfScore(String name, Term.Role role, Value value) {
            super(name, role, value);
        }

        @Override
        protected boolean balances() {
            return kl != null;
        }

        @Override
        protected void backward(Plan plan) {
            if (plan.weight(term()).isPresent() && plan.weight(logQ).isEmpty()) {
                refuse(plan);
            }
            super.backward(plan);
        }
    }

    @Override
    protected void added(Graph graph) {
        Value ofQ = LogDensity.of("log q of " + name(), posterior(), this);
        Value ratio = Subtract.of(LogDensity.of("log p of " + name(), prior(), this), StopGradient.of(ofQ));
        logQ = ValueTerm.of("score of " + name(), Term.Role.LOG_Q, ofQ).term();
        if (kl == null) {
            LOGGER.log(System.Logger.Level.DEBUG, "The KL of latent variable ''{0}'' is estimated from its samples: a"
                    + " {1} has none in closed form to a {2}", name(), posterior().getClass().getSimpleName(),
                    prior().getClass().getSimpleName());
        }
        graph.add(new OfScore("KL of " + name(), Term.Role.KL, kl == null ? Scale.of(ratio, -1, 0) : kl));
        graph.add(new OfScore("log p / q of " + name(), Term.Role.LOG_RATIO, ratio));
    }
}
