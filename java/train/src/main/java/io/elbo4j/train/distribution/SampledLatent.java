package io.elbo4j.train.distribution;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.GaussianSampleKl;
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
import java.util.stream.Stream;

/**
 * z = mean + exp(logVariance / 2) eps under a prior to which a Gaussian has no KL in closed form: it is estimated by
 * log q(z) - log p(z) of each sample.
 */
final class SampledLatent extends Latent {
    private static final System.Logger LOGGER = System.getLogger("io.elbo4j.train");

    private final DiagonalGaussian q;

    /** @throws IllegalArgumentException if the prior has no gradient with respect to z */
    SampledLatent(String name, DiagonalGaussian q, Distribution prior) {
        super(name, q, prior);
        if (!prior.differentiatesX()) {
            throw new IllegalArgumentException("latent '" + name + "': " + prior.getClass().getSimpleName()
                    + " has no gradient with respect to z, which a prior needs");
        }
        this.q = q;
    }

    /** Its terms are those of the node beside it. */
    @Override
    public List<Term> terms() {
        return List.of();
    }

    @Override
    protected void added(Graph graph) {
        LOGGER.log(System.Logger.Level.DEBUG, "The KL of latent variable ''{0}'' is estimated from its samples: a {1}"
                + " has none in closed form to a {2}", name(), posterior().getClass().getSimpleName(),
                prior().getClass().getSimpleName());
        DiagonalGaussian each = q.with(v -> graph.repeat(v, rows()));
        graph.add(new Ratio(this, each, each.with(StopGradient::of), prior().with(v -> graph.repeat(v, rows()))));
    }

    private Matrix unusedKl(Plan plan) {
        return plan.buffer(this, "unused KL", plan.rows(q.mean()), 1);
    }

    @Override
    protected void forward(Plan plan) {
        plan.launch(GaussianSampleKl.forward(plan.value(q.mean()), plan.value(q.logVariance()),
                plan.noise(this, rows()), plan.value(this), unusedKl(plan)));
    }

    @Override
    protected void backward(Plan plan) {
        Matrix none = plan.constant(this, "no weight of the KL", plan.rows(q.mean()), 1, 0);
        plan.launch(GaussianSampleKl.backward(plan.value(q.mean()), plan.value(q.logVariance()),
                plan.noise(this, rows()), plan.gradient(this), none, null, plan.gradientOf(q.mean()),
                plan.gradientOf(q.logVariance())));
    }

    /** log q(z) - log p(z), the sampled KL, or the log ratio, which is the same with the other sign. */
    private static final class Ratio extends Node {
        private final Value z;
        private final DiagonalGaussian q;
        private final DiagonalGaussian stopped;
        private final Distribution p;
        private final Term kl;
        private final Term logRatio;

        Ratio(SampledLatent latent, DiagonalGaussian q, DiagonalGaussian stopped, Distribution p) {
            super("log p / q of " + latent.name(), inputs(latent, q, stopped, p), List.of());
            this.z = latent;
            this.q = q;
            this.stopped = stopped;
            this.p = p;
            this.kl = new Term(this, Term.Role.KL, latent.rows());
            this.logRatio = new Term(this, Term.Role.LOG_RATIO, latent.rows());
        }

        private static List<Value> inputs(Value z, Distribution q, Distribution stopped, Distribution p) {
            return Stream.of(List.of(z), q.parameters(), stopped.parameters(), p.parameters()).flatMap(List::stream)
                    .toList();
        }

        @Override
        public List<Term> terms() {
            return List.of(kl, logRatio);
        }

        /** Gradients wait for the backward pass: only then it is known whether q is stopped. */
        @Override
        protected void forward(Plan plan) {
            plan.term(kl).ifPresent(term -> difference(plan, term, q, p, Optional.empty()));
            plan.term(logRatio).ifPresent(term -> difference(plan, term, p, q, Optional.empty()));
            plan.columnWeight(kl);
        }

        @Override
        protected void backward(Plan plan) {
            if (plan.pathWeight().isPresent()) {
                throw new IllegalArgumentException("'" + name() + "': the doubly reparameterised gradient needs a"
                        + " Gaussian prior");
            }
            DiagonalGaussian ofQ = plan.posteriorsStopped() ? stopped : q;
            plan.term(kl).ifPresent(term -> difference(plan, term, ofQ, p, plan.weight(kl)));
            plan.term(logRatio).ifPresent(term -> difference(plan, term, p, ofQ, plan.weight(logRatio)));
        }

        /** The log-density under one less that under the other, with the gradients if there is a weight. */
        private void difference(Plan plan, Matrix term, Distribution one, Distribution other, Optional<Matrix> weight) {
            Matrix of = plan.buffer(this, "log density of the other", term.rows(), 1);
            Optional<Matrix> negative = weight.map(w -> {
                Matrix minus = plan.buffer(this, "negative weight", w.rows(), 1);
                plan.launch(Arithmetic.scale(-1, w, minus));
                return minus;
            });
            one.logDensity(plan, z, term, weight);
            other.logDensity(plan, z, of, negative);
            plan.launch(Arithmetic.subtract(term, of, term));
        }
    }
}
