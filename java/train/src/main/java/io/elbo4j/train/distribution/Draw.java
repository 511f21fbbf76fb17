package io.elbo4j.train.distribution;

import io.elbo4j.Matrix;
import io.elbo4j.operation.GaussianSampleKl;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * z = mean + exp(logVariance / 2) eps, a sample of a Gaussian without a term of its own: what it costs is another
 * node's, as a {@link SampledKl}. Backward: d mean = dz, d logVariance = dz exp(logVariance / 2) eps / 2.
 */
public class Draw extends Latent {
    private final DiagonalGaussian p;

    /** @param prior what it is drawn from where latent variables are drawn from their priors */
    Draw(String name, DiagonalGaussian p, Distribution prior) {
        super(name, p, prior);
        this.p = p;
    }

    private Draw(String name, DiagonalGaussian p, Distribution prior, List<Value> inputs) {
        super(name, p, prior, inputs);
        this.p = p;
    }

    /** A sample for each row of the parameters, or K of them where these have no samples yet. */
    public static Draw of(String name, DiagonalGaussian p) {
        Graph graph = p.mean().graph();
        Rows rows = rowsOfParameters(p.rows());
        DiagonalGaussian each = p.with(v -> graph.repeat(v, rows));
        return graph.add(new Draw(name, each, each));
    }

    /**
     * The same, of a latent variable with a prior. What that is computed from runs where latent variables are drawn
     * from their priors alone.
     */
    public static Draw of(String name, DiagonalGaussian p, Distribution prior) {
        Graph graph = p.mean().graph();
        Rows rows = rowsOfParameters(p.rows());
        DiagonalGaussian each = p.with(v -> graph.repeat(v, rows));
        return graph.add(new Draw(name, each, prior, each.parameters()));
    }

    @Override
    public final List<Term> terms() {
        return List.of();
    }

    @Override
    protected void forward(Plan plan) {
        Matrix mean = plan.value(p.mean());
        Matrix unused = plan.buffer(this, "KL that nobody takes", mean.rows(), 1);
        plan.launch(GaussianSampleKl.forward(mean, plan.value(p.logVariance()), plan.noise(this, rows()),
                plan.value(this), unused));
    }

    @Override
    protected void backward(Plan plan) {
        Matrix mean = plan.value(p.mean());
        Matrix noKl = plan.constant(this, "no weight of the KL", mean.rows(), 1, 0);
        plan.launch(GaussianSampleKl.backward(mean, plan.value(p.logVariance()), plan.noise(this, rows()),
                plan.gradient(this), noKl, null, plan.gradientOf(p.mean()), plan.gradientOf(p.logVariance())));
    }
}
