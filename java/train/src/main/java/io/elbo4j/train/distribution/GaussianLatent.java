package io.elbo4j.train.distribution;

import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.GaussianKl;
import io.elbo4j.operation.GaussianLogRatio;
import io.elbo4j.operation.GaussianSampleKl;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * z = mean + exp(logVariance / 2) eps with KL(q || prior), both Gaussian, fused (Kingma and Welling 2014, section 2.4
 * and appendix B); or with log prior(z) - log q(z) of each sample, where the objective takes that.
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

    private boolean priorLearns(Plan plan) {
        return p != null && (plan.wants(p.mean()) || plan.wants(p.logVariance()));
    }

    private @Nullable Matrix gradientOfPrior(Plan plan, Function<DiagonalGaussian, Value> parameter) {
        return priorLearns(plan) ? plan.gradientOf(parameter.apply(p)) : null;
    }

    /** Of the KL in closed form, or of the log ratio where the objective takes that, or of both. */
    @Override
    protected void backward(Plan plan) {
        Optional<Matrix> dLogRatio = plan.weight(logRatio());
        Optional<Matrix> dKl = plan.weight(kl());
        if (dKl.isPresent() && dLogRatio.isEmpty() && plan.priorShare().isPresent()) {
            balance(plan, dKl.get(), plan.priorShare().getAsDouble());
            return;
        }
        if (plan.priorShare().isPresent() && dLogRatio.isPresent()) {
            throw new IllegalArgumentException("latent '" + name() + "': KL balancing goes with an objective that takes"
                    + " the KL in closed form alone");
        }
        if (dLogRatio.isEmpty()) {
            throughSamples(plan, dKl.orElseGet(() -> plan.constant(this, "no weight of the KL", plan.rows(kl().rows()),
                    1, 0)), true);
            return;
        }
        ofLogRatio(plan, dLogRatio.get());
        if (dKl.isPresent()) {
            plan.launch(GaussianKl.backward(plan.value(q.mean()), plan.value(q.logVariance()), priorMean(plan),
                    priorLogVariance(plan), dKl.get(), plan.columnWeight(kl()).orElse(null), plan.gradientOf(q.mean()),
                    plan.gradientOf(q.logVariance()), gradientOfPrior(plan, DiagonalGaussian::mean),
                    gradientOfPrior(plan, DiagonalGaussian::logVariance)));
        }
    }

    /** See {@link Plan#priorShare}. */
    private void balance(Plan plan, Matrix dKl, double share) {
        throughSamples(plan, scaled(plan, 1 - share, dKl, "weight of the KL for the posterior"), false);
        if (priorLearns(plan)) {
            Matrix unused = plan.buffer(this, "gradient that nobody wants", dKl.rows(), columns());
            Matrix unusedToo = plan.buffer(this, "another gradient that nobody wants", dKl.rows(), columns());
            plan.launch(GaussianKl.backward(plan.value(q.mean()), plan.value(q.logVariance()), priorMean(plan),
                    priorLogVariance(plan), scaled(plan, share, dKl, "weight of the KL for the prior"),
                    plan.columnWeight(kl()).orElse(null), unused, unusedToo,
                    gradientOfPrior(plan, DiagonalGaussian::mean),
                    gradientOfPrior(plan, DiagonalGaussian::logVariance)));
        }
    }

    private Matrix scaled(Plan plan, double factor, Matrix weight, String role) {
        Matrix scaled = plan.buffer(this, role, weight.rows(), 1);
        plan.launch(Arithmetic.scale((float) factor, weight, scaled));
        return scaled;
    }

    private void throughSamples(Plan plan, Matrix dKl, boolean withPrior) {
        plan.launch(GaussianSampleKl.backward(plan.value(q.mean()), plan.value(q.logVariance()), priorMean(plan),
                priorLogVariance(plan), plan.noise(this, rows()), plan.gradient(this), dKl,
                plan.columnWeight(kl()).orElse(null), plan.gradientOf(q.mean()), plan.gradientOf(q.logVariance()),
                withPrior ? gradientOfPrior(plan, DiagonalGaussian::mean) : null,
                withPrior ? gradientOfPrior(plan, DiagonalGaussian::logVariance) : null));
    }

    private void ofLogRatio(Plan plan, Matrix dLogRatio) {
        plan.launch(GaussianLogRatio.backward(plan.value(q.mean()), plan.value(q.logVariance()), priorMean(plan),
                priorLogVariance(plan), plan.noise(this, rows()), plan.gradient(this), dLogRatio,
                plan.pathWeight(this).orElse(null), plan.posteriorsStopped(), plan.gradientOf(q.mean()),
                plan.gradientOf(q.logVariance()), gradientOfPrior(plan, DiagonalGaussian::mean),
                gradientOfPrior(plan, DiagonalGaussian::logVariance)));
    }
}
