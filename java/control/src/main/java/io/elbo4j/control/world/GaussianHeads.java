package io.elbo4j.control.world;

import static io.elbo4j.control.network.Counts.requireCount;

import io.elbo4j.Activation;
import io.elbo4j.control.network.Counts;
import io.elbo4j.control.network.Network;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import java.util.List;

/** p(z | context) and q(z | context, embedding) of a {@link StateSpace}, a network with a hidden layer each. */
final class GaussianHeads {
    private final Network prior;
    private final Network posterior;

    /**
     * @param name of the state space: {@code name.prior} and {@code name.posterior} begin their parameters' names
     * @param context its columns
     * @param embedding columns of what is seen
     */
    GaussianHeads(String name, long context, int embedding, int units, int latent) {
        requireCount("units", units, Counts.UNITS);
        requireCount("latent", latent, Counts.UNITS / 8);
        this.prior = new Network(name + ".prior", context, List.of(units), 2L * latent);
        this.posterior = new Network(name + ".posterior", context + embedding, List.of(units), 2L * latent);
    }

    DiagonalGaussian prior(Value context) {
        return gaussian(prior.apply(context));
    }

    DiagonalGaussian posterior(Value context, Value embedding) {
        return gaussian(posterior.apply(Concatenate.of(context.name() + " and " + embedding.name(), context,
                embedding)));
    }

    /** Of two columns for each of its own: means, then what a deviation softplus(.) + 0.1 is made of. */
    static DiagonalGaussian gaussian(Value both) {
        Graph graph = both.graph();
        long columns = both.columns() / 2;
        Value wide = Activate.of(Slice.of(graph.freeName(both.name() + ".spread"), both, columns, both.columns()),
                Activation.SOFTPLUS);
        // log sigma^2
        Value logVariance = Scale.of(Activate.of(Scale.of(wide, 1, 0.1f), Activation.LOG), 2, 0);
        return new DiagonalGaussian(Slice.of(graph.freeName(both.name() + ".mean"), both, 0, columns), logVariance);
    }
}
