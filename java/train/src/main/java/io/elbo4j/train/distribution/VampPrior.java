package io.elbo4j.train.distribution;

import io.elbo4j.Activation;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.LearnedRowPer;
import java.util.function.Function;

/**
 * The variational mixture of posteriors as a prior (Tomczak and Welling 2018, equation 9), whose u_k, the
 * pseudo-inputs, are learned:
 *
 * <pre>
 *   p(z) = 1/K sum_k q(z | u_k)
 * </pre>
 */
public final class VampPrior {
    private VampPrior() {}

    /**
     * A mixture of equal weights.
     *
     * @param name of the parameter, count x columns; the pseudo-inputs are its sigmoid, in (0, 1) as pictures are
     * @param count pseudo-inputs, at least 1
     * @param columns of an input
     * @param encoder q(z | x), of layers that it applies each time it is called
     */
    public static Mixture of(Graph graph, String name, long count, long columns,
            Function<Value, DiagonalGaussian> encoder) {
        Value inputs = Activate.of(LearnedRowPer.of(graph, Axis.COMPONENT, name, count, columns, 1),
                Activation.SIGMOID);
        return new Mixture(ConstantRow.of(graph, name + ".logits", count, 0), encoder.apply(inputs));
    }
}
