package io.elbo4j.train.distribution;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Subtract;

/**
 * The three parts of the KL of a latent variable to its prior (Chen et al. 2018, equation 2), estimated from each
 * sample, in nats:
 *
 * <pre>
 *   log q(z | x) - log p(z) = (log q(z | x) - log q(z))               the mutual information of x and z
 *                           + (log q(z) - sum_d log q(z_d))           the total correlation
 *                           + (sum_d log q(z_d) - log p(z))           the KL of each dimension
 * </pre>
 *
 * with q(z) = 1/(N B) sum_j q(z | x_j) over the rows of the batch, and q(z_d) alike (minibatch-weighted sampling,
 * equation S6). They are biased: only as N B there grows they are near q(z) of all data. N changes the parts by
 * constants, and no gradient. A part is a value of one column, for each sample, and is computed only where it is
 * wanted.
 */
public record KlParts(Value mutualInformation, Value totalCorrelation, Value ofDimensions) {
    /** With N = 1: what the batch alone says. */
    public static KlParts of(Latent z) {
        return of(z, 1);
    }

    /**
     * Adds them to the graph.
     *
     * @param dataRows N, rows of the data set, at least 1
     * @throws IllegalArgumentException unless the posterior is a diagonal Gaussian of each row of the batch
     */
    public static KlParts of(Latent z, long dataRows) {
        require(dataRows >= 1, "dataRows", "at least 1", dataRows);
        Value both = AggregatedPosterior.of(z);
        float logRows = (float) StrictMath.log(dataRows);
        Value joint = Scale.of(Slice.of("log q(" + z.name() + ") of the batch", both, 0, 1), 1, -logRows);
        Value marginals = Scale.of(Slice.of("log q of " + z.name() + "'s dimensions of the batch", both, 1, 2), 1,
                -z.columns() * logRows);
        Value given = LogDensity.of("log q(" + z.name() + " | x)", z.posterior(), z);
        Value prior = LogDensity.of("log p(" + z.name() + ")", z.prior(), z);
        return new KlParts(Subtract.of(given, joint), Subtract.of(joint, marginals), Subtract.of(marginals, prior));
    }
}
