package io.elbo4j.train.distribution;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.GaussianKlPerDimension;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import java.util.List;

/** The KL of each dimension of a latent variable of Gaussians, summed over its rows, in nats: one row. */
public final class KlPerDimension extends Value {
    private final Latent latent;

    private KlPerDimension(Latent latent) {
        super("KL per dimension of " + latent.name(), latent.columns(), Rows.SHARED, latent.inputs(), List.of());
        this.latent = latent;
    }

    /**
     * Computed only where it is wanted. It has no gradient.
     *
     * @throws IllegalArgumentException if q or its prior is no diagonal Gaussian
     */
    public static Value of(Latent latent) {
        requireGaussian(latent);
        return latent.graph().add(new KlPerDimension(latent));
    }

    /** Of which latent variable. */
    public Latent latent() {
        return latent;
    }

    /** Mean of its q. */
    public Value posteriorMean() {
        return requireGaussian(latent).mean();
    }

    private static DiagonalGaussian requireGaussian(Latent latent) {
        if (!(latent instanceof GaussianLatent)) {
            throw new IllegalArgumentException("the KL per dimension of '" + latent.name()
                    + "' needs a Gaussian posterior and prior, not a " + latent.posterior().getClass().getSimpleName()
                    + " and a " + latent.prior().getClass().getSimpleName());
        }
        return (DiagonalGaussian) latent.posterior();
    }

    /**
     * For objectives: its launch.
     *
     * @param each 1 x the latent variable's columns
     */
    public static Launch launch(Plan plan, Latent latent, Matrix each) {
        DiagonalGaussian q = requireGaussian(latent);
        DiagonalGaussian p = latent.prior() instanceof DiagonalGaussian gaussian ? gaussian : null;
        return GaussianKlPerDimension.forward(plan.value(q.mean()), plan.value(q.logVariance()),
                p == null ? null : plan.value(p.mean()), p == null ? null : plan.value(p.logVariance()), each);
    }

    @Override
    protected boolean passesGradient() {
        return false;
    }

    @Override
    protected void forward(Plan plan) {
        plan.launch(launch(plan, latent, plan.value(this)));
    }
}
