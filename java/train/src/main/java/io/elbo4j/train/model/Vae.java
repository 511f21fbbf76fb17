package io.elbo4j.train.model;

import io.elbo4j.Activation;
import io.elbo4j.train.graph.BernoulliLogits;
import io.elbo4j.train.graph.DiagonalGaussian;
import io.elbo4j.train.graph.GaussianObservation;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Likelihood;
import io.elbo4j.train.graph.Observation;
import io.elbo4j.train.graph.Value;
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

    public Vae(VaeSettings settings) {
        this.settings = settings;
        List<Integer> hidden = settings.hidden();
        Value data = graph.input("x", settings.columns());
        Value x = settings.binarise() ? graph.binarise("x.binarised", data) : data;
        Value h = x;
        for (int i = 0; i < hidden.size(); i++) {
            h = graph.dense("encoder." + i, h, hidden.get(i), settings.activation());
        }
        posterior = graph.gaussian("posterior", h, settings.latent());
        z = graph.latent("z", posterior);
        Value d = z;
        for (int i = hidden.size() - 1; i >= 0; i--) {
            d = graph.dense("decoder." + (hidden.size() - 1 - i), d, hidden.get(i), settings.activation());
        }
        graph.observe("reconstruction", likelihood(d), x);
    }

    private Likelihood likelihood(Value d) {
        long columns = settings.columns();
        double logVariance = 2 * StrictMath.log(settings.standardDeviation());
        return switch (settings.likelihood()) {
            case BERNOULLI -> new BernoulliLogits(graph.dense("logits", d, columns, Activation.IDENTITY));
            case GAUSSIAN -> {
                DiagonalGaussian p = graph.gaussian("likelihood", d, columns);
                yield new GaussianObservation(p.mean(), p.logVariance());
            }
            case GAUSSIAN_SHARED -> new GaussianObservation(graph.dense("mean", d, columns, Activation.IDENTITY),
                    graph.shared("likelihood.logVariance", columns, (float) logVariance));
            case GAUSSIAN_FIXED -> new GaussianObservation(graph.dense("mean", d, columns, Activation.IDENTITY),
                    graph.constant("likelihood.logVariance", columns, (float) logVariance));
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
        return graph.latents().get(0);
    }

    public Value z() {
        return z;
    }

    public Observation observation() {
        return graph.observations().get(0);
    }
}
