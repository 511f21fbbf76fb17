package io.elbo4j.train.model;

import io.elbo4j.Activation;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.KlPerDimension;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Binarise;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import java.util.List;

/**
 * The variational autoencoder (Kingma and Welling 2014; Rezende et al. 2014): a diagonal Gaussian posterior computed
 * from x by hidden layers, a standard normal prior, and a likelihood whose parameters are computed from z by the same
 * layers in reverse.
 */
public final class Vae {
    private final Graph graph = new Graph();
    private final VaeSettings settings;
    private final DiagonalGaussian posterior;
    private final Value z;
    private final Value mean;
    private final Value klPerDimension;

    public Vae(VaeSettings settings) {
        this.settings = settings;
        List<Integer> hidden = settings.hidden();
        Value data = graph.input("x", settings.columns());
        Value x = settings.binarise() ? Binarise.of("x.binarised", data) : data;
        Value h = x;
        for (int i = 0; i < hidden.size(); i++) {
            h = Dense.of("encoder." + i, h, hidden.get(i), settings.activation());
        }
        posterior = DiagonalGaussian.of("posterior", h, settings.latent());
        z = graph.latent("z", posterior);
        Value d = z;
        for (int i = hidden.size() - 1; i >= 0; i--) {
            d = Dense.of("decoder." + (hidden.size() - 1 - i), d, hidden.get(i), settings.activation());
        }
        Distribution likelihood = likelihood(d);
        graph.observe("reconstruction", likelihood, x);
        mean = likelihood.mean();
        klPerDimension = KlPerDimension.of(latent());
    }

    private Distribution likelihood(Value d) {
        long columns = settings.columns();
        double logVariance = 2 * StrictMath.log(settings.standardDeviation());
        return switch (settings.likelihood()) {
            case BERNOULLI -> new Bernoulli(Dense.of("logits", d, columns, Activation.IDENTITY));
            case GAUSSIAN -> DiagonalGaussian.of("likelihood", d, columns);
            case GAUSSIAN_SHARED -> new DiagonalGaussian(Dense.of("mean", d, columns, Activation.IDENTITY),
                    LearnedRow.of(graph, "likelihood.logVariance", columns, (float) logVariance));
            case GAUSSIAN_FIXED -> new DiagonalGaussian(Dense.of("mean", d, columns, Activation.IDENTITY),
                    ConstantRow.of(graph, "likelihood.logVariance", columns, (float) logVariance));
        };
    }

    public VaeSettings settings() {
        return settings;
    }

    public Graph graph() {
        return graph;
    }

    /** q(z | x). */
    public DiagonalGaussian posterior() {
        return posterior;
    }

    public Latent latent() {
        return (Latent) z;
    }

    public Value z() {
        return z;
    }

    /** Of p(x | z). */
    public Value mean() {
        return mean;
    }

    /** Of q(z | x), summed over the rows: 1 x latent. */
    public Value klPerDimension() {
        return klPerDimension;
    }
}
