package io.elbo4j.train.distribution;

import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.GaussianSampleKl;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Plan;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * z = mean + exp(logVariance / 2) eps with KL(q || prior), both Gaussian, fused (Kingma and Welling 2014, section 2.4
 * and appendix B).
 */
final class GaussianLatent extends Latent {
    private final DiagonalGaussian q;
    private final @Nullable DiagonalGaussian p;

    /** @throws IllegalArgumentException if the prior is no Gaussian */
    GaussianLatent(String name, DiagonalGaussian q, Distribution prior) {
        super(name, q, prior);
        if (!(prior instanceof DiagonalGaussian) && !(prior instanceof StandardNormal)) {
            throw new IllegalArgumentException("latent '" + name + "': the prior of a DiagonalGaussian must be another"
                    + " one or a StandardNormal, not a " + prior.getClass().getSimpleName());
        }
        this.q = q;
        this.p = prior instanceof DiagonalGaussian gaussian ? gaussian : null;
    }

    private @Nullable Matrix priorMean(Plan plan) {
        return p == null ? null : plan.value(p.mean());
    }

    private @Nullable Matrix priorLogVariance(Plan plan) {
        return p == null ? null : plan.value(p.logVariance());
    }

    @Override
    protected void forward(Plan plan) {
        Matrix mean = plan.value(q.mean());
        Matrix logVariance = plan.value(q.logVariance());
        Noise noise = plan.noise(this, rows());
        Matrix kl = plan.term(kl()).orElseGet(() -> plan.buffer(this, "KL", mean.rows(), 1));
        Optional<Matrix> ratio = plan.term(logRatio());
        if (ratio.isPresent()) {
            plan.launch(GaussianSampleKl.forwardWithLogRatio(mean, logVariance, priorMean(plan),
                    priorLogVariance(plan), noise, plan.value(this), kl, ratio.get()));
        } else {
            plan.launch(GaussianSampleKl.forward(mean, logVariance, priorMean(plan), priorLogVariance(plan), noise,
                    plan.value(this), kl));
        }
        plan.columnWeight(kl());
    }

    @Override
    protected void backward(Plan plan) {
        Matrix mean = plan.value(q.mean());
        Matrix logVariance = plan.value(q.logVariance());
        Matrix dz = plan.gradient(this);
        Matrix dKl = plan.weight(kl()).orElseGet(() -> plan.constant(this, "no weight of the KL", mean.rows(), 1, 0));
        Matrix columnWeight = plan.columnWeight(kl()).orElse(null);
        boolean priorLearns = p != null && (plan.wants(p.mean()) || plan.wants(p.logVariance()));
        plan.launch(GaussianSampleKl.backward(mean, logVariance, priorMean(plan), priorLogVariance(plan),
                plan.noise(this, rows()), dz, dKl, columnWeight, plan.gradientOf(q.mean()),
                plan.gradientOf(q.logVariance()), priorLearns ? plan.gradientOf(p.mean()) : null,
                priorLearns ? plan.gradientOf(p.logVariance()) : null));
    }
}
