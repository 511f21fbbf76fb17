package io.elbo4j.train;

import java.util.List;

/**
 * A model evaluated on a data set.
 *
 * @param elbo averages over the rows
 * @param klPerDimension KL of each latent dimension, averaged over the rows, in nats: of the latent variable {@code z},
 *     then of others that the model reports
 * @param activeUnits latent dimensions whose posterior mean varies over the data by more than 0.01 (Burda et al. 2016,
 *     section 5.1); 0 says that the posterior has collapsed. Of a latent variable whose posterior is computed from a
 *     sample of another one, that sample's noise counts too
 */
public record Evaluation(ElboTerms elbo, List<Double> klPerDimension, int activeUnits) {
    /** Variance of the posterior mean above which a latent dimension counts as active. */
    public static final double ACTIVE_VARIANCE = 0.01;
}
