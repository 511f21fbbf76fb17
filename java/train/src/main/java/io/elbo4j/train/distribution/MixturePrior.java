package io.elbo4j.train.distribution;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.LearnedRowPer;

/**
 * A mixture of Gaussians as a prior, all of whose parameters are learned (Tomczak and Welling 2018 compare it with
 * the {@link VampPrior}):
 *
 * <pre>
 *   p(z) = sum_k pi_k N(z; mu_k, diag(sigma_k^2))
 * </pre>
 */
public final class MixturePrior {
    private MixturePrior() {}

    /**
     * At first the weights are equal, the variances 1, and the means uniform in [-1, 1).
     *
     * @param name of the parameters: its logits, means and logVariances
     * @param count components, at least 1
     * @param columns of z
     */
    public static Mixture of(Graph graph, String name, long count, long columns) {
        requireGiven("graph", graph);
        requireGiven("name", name);
        DiagonalGaussian each = new DiagonalGaussian(LearnedRowPer.of(graph, Axis.COMPONENT, name + ".mean", count,
                columns, 1), LearnedRowPer.constant(graph, Axis.COMPONENT, name + ".logVariance", count, columns, 0));
        return new Mixture(LearnedRow.of(graph, name + ".logits", count, 0), each);
    }
}
