package io.elbo4j.train.distribution;

import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.NormalNoise;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Subtract;

/**
 * The squared maximum mean discrepancy of a latent variable's samples z and as many draws p of its prior, N(0, I), as a
 * term (Zhao et al. 2019, equation 6, whose D is this): a loss, which an objective takes that names it, as
 * {@link io.elbo4j.train.objective.Penalised} does. With the kernel exp(-|a - b|^2 / (2 D)) of D dimensions it is, of
 * each row r,
 *
 * <pre>
 *   mean of k(z_r, z_j), j not r  +  mean of k(p_r, p_j), j not r  -  2  mean of k(z_r, p_j)
 * </pre>
 *
 * an unbiased estimate (Gretton et al. 2012, equation 3), which may be below 0. It compares the aggregated q(z), not
 * each q(z | x), with the prior.
 */
public final class PriorDiscrepancy extends ValueTerm {
    private static final Rows SAMPLES = Rows.of(Axis.BATCH, Axis.SAMPLE);

    private PriorDiscrepancy(Latent z, Value discrepancy) {
        super("discrepancy of " + z.name() + " and its prior", Term.Role.LOSS, discrepancy);
    }

    /**
     * Adds the term to the graph.
     *
     * @throws IllegalArgumentException if the prior is not N(0, I), or z has a row for anything but samples
     */
    public static PriorDiscrepancy of(Latent z) {
        if (!(z.prior() instanceof StandardNormal) || !z.rows().equals(SAMPLES)) {
            throw new IllegalArgumentException("the discrepancy of '" + z.name() + "' and its prior needs a"
                    + " StandardNormal and rows of " + SAMPLES + ", not a " + z.prior().getClass().getSimpleName()
                    + " and rows of " + z.rows());
        }
        Value p = NormalNoise.of(z.graph(), "draws of the prior of " + z.name(), z.rows(), z.columns());
        Value within = Add.of(KernelMean.of(z, z), KernelMean.of(p, p));
        return z.graph().add(new PriorDiscrepancy(z, Subtract.of(within, Scale.of(KernelMean.of(z, p), 2, 0))));
    }
}
