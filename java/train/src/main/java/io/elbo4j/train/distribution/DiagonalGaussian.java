package io.elbo4j.train.distribution;

import io.elbo4j.Activation;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.GaussianLogLikelihood;
import io.elbo4j.operation.GaussianSampleKl;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Posterior;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.Slice;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * N(mean, exp(logVariance)), the dimensions independent: of data, a posterior, or a prior. Mean and log-variance may
 * have different rows: the log-variance may be one per element, one per dimension that all rows share
 * ({@link io.elbo4j.train.layer.LearnedRow}), or fixed ({@link io.elbo4j.train.layer.ConstantRow}).
 */
public record DiagonalGaussian(Value mean, Value logVariance) implements Posterior {
    public DiagonalGaussian {
        if (mean.columns() != logVariance.columns()) {
            throw new IllegalArgumentException("mean '" + mean.name() + "' (" + mean.columns()
                    + " columns) and logVariance '" + logVariance.name() + "' (" + logVariance.columns()
                    + " columns) must have the same number of columns");
        }
    }

    /**
     * Two linear heads on x, computed in one product. They share {@code name.weight}, x.columns x 2 columns, and
     * {@code name.bias}, whose columns are [mean | logVariance].
     */
    public static DiagonalGaussian of(String name, Value x, long columns) {
        return halves(Dense.of(name, x, 2 * columns, Activation.IDENTITY));
    }

    /** The columns of a value, [mean | logVariance]: an even number. */
    public static DiagonalGaussian halves(Value both) {
        long columns = both.columns() / 2;
        return new DiagonalGaussian(Slice.of(both.name() + ".mean", both, 0, columns),
                Slice.of(both.name() + ".logVariance", both, columns, both.columns()));
    }

    @Override
    public long columns() {
        return mean.columns();
    }

    @Override
    public List<Value> parameters() {
        return List.of(mean, logVariance);
    }

    @Override
    public DiagonalGaussian with(UnaryOperator<Value> each) {
        return new DiagonalGaussian(each.apply(mean), each.apply(logVariance));
    }

    /** The kernels take a log-variance of one row for all rows, and so does their gradient. */
    private boolean sharesVariance() {
        return logVariance.rows().equals(Rows.SHARED);
    }

    @Override
    public DiagonalGaussian observed(UnaryOperator<Value> repeat) {
        return sharesVariance() ? new DiagonalGaussian(repeat.apply(mean), logVariance) : with(repeat);
    }

    @Override
    public boolean differentiatesX() {
        return true;
    }

    @Override
    public void logDensity(Plan plan, Value x, Matrix result, Optional<Matrix> weight) {
        Matrix m = plan.value(mean);
        Matrix lv = sharesVariance() ? plan.value(logVariance).repeatRow(m.rows()) : plan.value(logVariance);
        if (weight.isEmpty()) {
            plan.launch(GaussianLogLikelihood.forward(m, lv, plan.value(x), result));
            return;
        }
        Matrix w = weight.get();
        Matrix dLogVariance = plan.wants(logVariance) && !sharesVariance() ? plan.gradientOf(logVariance) : null;
        if (dLogVariance != null || plan.wants(mean)) {
            Matrix dMean = plan.wants(mean) ? plan.gradientOf(mean) : unused(plan);
            plan.launch(GaussianLogLikelihood.fused(m, lv, plan.value(x), w, result, dMean, dLogVariance));
        } else {
            plan.launch(GaussianLogLikelihood.forward(m, lv, plan.value(x), result));
        }
        if (plan.wants(logVariance) && sharesVariance()) {
            Function<Matrix, Launch> gradient = target -> GaussianLogLikelihood.sharedLogVarianceGradient(m,
                    lv.rows(0, 1), plan.value(x), w, target);
            logVariance.asParameter().ifPresentOrElse(row -> plan.parameterGradient(row, gradient),
                    () -> plan.launch(gradient.apply(plan.gradientOf(logVariance))));
        }
        if (plan.wants(x)) {
            // x and the mean may change roles: the log-density stays the same to the bit
            plan.launch(GaussianLogLikelihood.fused(plan.value(x), lv, m, w, result, plan.gradientOf(x), null));
        }
    }

    private Matrix unused(Plan plan) {
        return plan.buffer(mean, "gradient that nobody wants", plan.rows(mean), columns());
    }

    @Override
    public void sample(Plan plan, Node owner, Noise noise, Matrix target) {
        Matrix m = plan.value(mean);
        // the kernel's KL, to the standard normal, is of no use here
        Matrix unused = plan.buffer(owner, "KL of the prior", m.rows(), 1);
        plan.launch(GaussianSampleKl.forward(m, plan.value(logVariance), noise, target, unused));
    }

    /**
     * Under a diagonal Gaussian or a {@link StandardNormal}, the usual one, with the KL in closed form, fused; under
     * another one with a KL that is estimated from the samples.
     */
    @Override
    public Latent latent(String name, @Nullable Distribution prior) {
        Distribution p = prior == null ? new StandardNormal(columns()) : prior;
        return p instanceof DiagonalGaussian || p instanceof StandardNormal ? new GaussianLatent(name, this, p)
                : new SampledLatent(name, this, p);
    }
}
