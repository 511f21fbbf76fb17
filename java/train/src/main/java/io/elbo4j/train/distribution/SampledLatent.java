package io.elbo4j.train.distribution;

import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Plan;

/**
 * A Gaussian sample under a prior to which a Gaussian has no KL in closed form: a {@link SampledKl} estimates it.
 */
final class SampledLatent extends Draw {
    private static final System.Logger LOGGER = System.getLogger("io.elbo4j.train");

    SampledLatent(String name, DiagonalGaussian q, Distribution prior) {
        super(name, q, prior);
    }

    @Override
    protected void forward(Plan plan) {
        super.forward(plan);
        refuseFreeBits(plan);
    }

    /** In a step of several objectives they are known only here. */
    @Override
    protected void backward(Plan plan) {
        super.backward(plan);
        refuseFreeBits(plan);
    }

    /** There is no KL of each dimension. */
    private void refuseFreeBits(Plan plan) {
        plan.columnWeight(kl());
    }

    @Override
    protected void added(Graph graph) {
        LOGGER.log(System.Logger.Level.DEBUG, "The KL of latent variable ''{0}'' is estimated from its samples: a {1}"
                + " has none in closed form to a {2}", name(), posterior().getClass().getSimpleName(),
                prior().getClass().getSimpleName());
        SampledKl.of("log p / q of " + name(), this, posterior(), prior());
    }
}
