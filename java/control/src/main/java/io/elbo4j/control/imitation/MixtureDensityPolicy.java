package io.elbo4j.control.imitation;

import static io.elbo4j.control.network.Counts.requireCount;

import io.elbo4j.control.network.Counts;
import io.elbo4j.control.network.Network;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.LogDensity;
import io.elbo4j.train.distribution.ValueTerm;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Flatten;
import io.elbo4j.train.layer.GumbelNoise;
import io.elbo4j.train.layer.LogSoftmax;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.OneHot;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Softmax;
import io.elbo4j.train.layer.Spread;
import io.elbo4j.train.layer.StopGradient;
import io.elbo4j.train.layer.Subtract;
import io.elbo4j.train.layer.SumOver;
import io.elbo4j.train.layer.Unflatten;
import java.util.List;

/**
 * A mixture density network (Bishop 1994): weights, means and deviations of K Gaussians, each of all columns of the
 * action, are one network of what is seen.
 *
 * <pre>
 *   log p(a | s) = log of the sum over k of exp(x_k),  x_k = log pi_k + log N(a; mean_k, sigma_k^2)
 * </pre>
 *
 * <p>log pi is a log-softmax, so that no weight is 0, and log sigma is from -5 to 2, as a {@link GaussianPolicy}'s.
 *
 * @param components K, from 1 to 100,000
 */
public record MixtureDensityPolicy(int components) implements ActionModel {
    public MixtureDensityPolicy {
        requireCount("components", components, Counts.UNITS);
    }

    @Override
    public Value of(Value observation, Value action, List<Integer> widths) {
        Graph graph = observation.graph();
        long each = components * action.columns();
        Value all = new Network("policy", observation.columns(), widths, components + 2 * each).apply(observation);
        Value logWeights = LogSoftmax.of(Slice.of("logits", all, 0, components));
        Value means = Unflatten.of(Slice.of("means", all, components, components + each), Axis.COMPONENT, components);
        Value logSigmas = GaussianPolicy.logSigma(Unflatten.of(Slice.of("spreads", all, components + each, components
                + 2 * each), Axis.COMPONENT, components));
        Value ofEach = LogDensity.of("action | observation, component", new DiagonalGaussian(means, Scale.of(logSigmas,
                2, 0)), action);
        Value joint = Add.of(logWeights, Flatten.of(ofEach, Axis.COMPONENT));
        ValueTerm.of("action | observation", Term.Role.LOG_LIKELIHOOD, logSumExp(joint));

        Value gumbel = GumbelNoise.of(graph, "noise of the component", logWeights.rows(), components);
        Value one = Unflatten.of(OneHot.of(Add.of(logWeights, gumbel)), Axis.COMPONENT, components);
        return GaussianPolicy.draw(chosen(one, means), chosen(one, logSigmas));
    }

    private static Value chosen(Value one, Value ofEach) {
        return SumOver.of(Multiply.of(Spread.of(one, ofEach.columns()), ofEach), Axis.COMPONENT);
    }

    /**
     * The sum over k of r_k (x_k - log r_k), r = softmax(x) held: each difference is what is sought, and its gradient
     * is r, the responsibilities.
     */
    static Value logSumExp(Value x) {
        Value r = StopGradient.of(Softmax.of(x));
        return RowSum.of(Multiply.of(r, Subtract.of(x, StopGradient.of(LogSoftmax.of(x)))));
    }
}
