package io.elbo4j.train.graph;

import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.GaussianKlPerDimension;
import io.elbo4j.operation.GaussianSampleKl;
import io.elbo4j.operation.RandomFill;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * z = mean + exp(logVariance / 2) eps with KL(q || prior), fused (Kingma and Welling 2014, section 2.4 and appendix B).
 * With free bits (Kingma et al. 2016, equation 15, one group per dimension) a dimension whose KL, averaged over the
 * batch, is not above the threshold adds the threshold to the objective and no gradient.
 *
 * <p>The parameters of q and of the prior have the same rows. Where these have samples already, z has one for each;
 * else it adds the axis SAMPLE: rows rK to rK + K - 1 of z are the samples of row r. The KL has a number for each row
 * of the parameters.
 */
public final class Latent extends Value {
    private final DiagonalGaussian q;
    private final @Nullable DiagonalGaussian prior;
    private final int stream;

    Latent(String name, DiagonalGaussian q, @Nullable DiagonalGaussian prior, int stream) {
        super(name, q.columns(), q.rows().union(Rows.of(Axis.SAMPLE)), inputs(q, prior),
                q.differentiable() || prior != null && prior.differentiable());
        if (prior != null && prior.columns() != q.columns()) {
            throw new IllegalArgumentException("latent '" + name + "' has " + q.columns() + " dimensions, its prior "
                    + prior.columns());
        }
        this.q = q;
        this.prior = prior;
        this.stream = stream;
    }

    private static List<Value> inputs(DiagonalGaussian q, @Nullable DiagonalGaussian prior) {
        return prior == null ? q.values() : Stream.of(q, prior).flatMap(g -> g.values().stream()).toList();
    }

    /** What the prior is computed from; nothing, if it is the standard normal. */
    List<Value> priorValues() {
        return prior == null ? List.of() : prior.values();
    }

    private @Nullable Matrix priorMean(Plan plan) {
        return prior == null ? null : plan.value(prior.mean());
    }

    private @Nullable Matrix priorLogVariance(Plan plan) {
        return prior == null ? null : plan.value(prior.logVariance());
    }

    @Override
    void forward(Plan plan) {
        Matrix mean = plan.value(q.mean());
        Matrix logVariance = plan.value(q.logVariance());
        Noise noise = plan.noise(stream, this);
        Matrix kl = plan.klTerm(this, mean.rows());
        if (plan.importanceWeighted()) {
            plan.launch(GaussianSampleKl.forwardWithLogRatio(mean, logVariance, priorMean(plan),
                    priorLogVariance(plan), noise, plan.value(this), kl, plan.logWeightTerm(this)));
        } else {
            plan.launch(GaussianSampleKl.forward(mean, logVariance, priorMean(plan), priorLogVariance(plan), noise,
                    plan.value(this), kl));
        }
        if (plan.wantsKlPerDimension()) {
            plan.launch(GaussianKlPerDimension.forward(mean, logVariance, priorMean(plan), priorLogVariance(plan),
                    plan.klPerDimension(this)));
        }
        if (plan.freeBits() > 0) {
            plan.launch(GaussianKlPerDimension.freeBitsGate(plan.klPerDimension(this),
                    (float) (plan.freeBits() * mean.rows()), plan.columnWeight(this)));
        }
    }

    /** Instead of {@link #forward}: z from the prior alone. */
    void drawFromPrior(Plan plan) {
        Noise noise = plan.noise(stream, this);
        if (prior == null) {
            plan.launch(RandomFill.normal(noise, plan.value(this)));
        } else {
            Matrix mean = plan.value(prior.mean());
            // the kernel's KL, from the prior to the standard normal, is of no use here
            Matrix unused = plan.buffer("KL of the prior of " + name(), mean.rows(), 1);
            plan.launch(GaussianSampleKl.forward(mean, plan.value(prior.logVariance()), noise, plan.value(this),
                    unused));
        }
    }

    @Override
    void backward(Plan plan) {
        Matrix mean = plan.value(q.mean());
        Matrix logVariance = plan.value(q.logVariance());
        Matrix dz = plan.gradient(this);
        Matrix dKl = plan.klGradient(mean.rows());
        Matrix columnWeight = plan.freeBits() > 0 ? plan.columnWeight(this) : null;
        boolean priorLearns = prior != null && prior.differentiable();
        plan.launch(GaussianSampleKl.backward(mean, logVariance, priorMean(plan), priorLogVariance(plan),
                plan.noise(stream, this), dz, dKl, columnWeight, plan.target(q.mean(), false),
                plan.target(q.logVariance(), false), priorLearns ? plan.target(prior.mean(), false) : null,
                priorLearns ? plan.target(prior.logVariance(), false) : null));
    }
}
