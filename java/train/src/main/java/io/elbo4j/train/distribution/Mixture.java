package io.elbo4j.train.distribution;

import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.LogMeanExp;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Sums;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Draws;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Repeat;
import io.elbo4j.train.graph.Support;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.GumbelNoise;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Softmax;
import io.elbo4j.train.layer.Spread;
import io.elbo4j.train.layer.SumOver;
import io.elbo4j.train.layer.Unflatten;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * p(x) = sum_c pi_c p_c(x), pi = softmax(logits): the component is a discrete latent variable, summed out (Bishop 2006,
 * equation 9.7). The gradient of a component has its responsibility, pi_c p_c(x) / p(x), as a weight. The components
 * are one distribution whose parameters have the axis COMPONENT, as a
 * {@link io.elbo4j.train.layer.LearnedRowPer} has, so that all of them are one launch.
 *
 * @param logits one row that all rows share, with a column for each component
 * @param components a distribution for each of the axis COMPONENT, innermost
 */
public record Mixture(Value logits, Distribution components) implements Distribution {
    private static final io.elbo4j.train.graph.Rows COMPONENT = io.elbo4j.train.graph.Rows.of(Axis.COMPONENT);

    /** Two observations under one mixture have buffers of their own. */
    private record Use(Mixture mixture, Node by) {}

    /** @throws IllegalArgumentException if that is not so */
    public Mixture {
        if (!components.rows().has(Axis.COMPONENT) || !logits.rows().axes().isEmpty()) {
            throw new IllegalArgumentException(
                    "a mixture needs components with the axis COMPONENT and logits of one row"
                            + " that all share, not components with rows of " + components.rows() + " and '" + logits
                                    .name()
                            + "' with rows of " + logits.rows());
        }
    }

    @Override
    public long columns() {
        return components.columns();
    }

    @Override
    public Support support() {
        return components.support();
    }

    @Override
    public Draws draws() {
        return components.draws();
    }

    @Override
    public List<Value> parameters() {
        return Stream.concat(Stream.of(logits), components.parameters().stream()).toList();
    }

    @Override
    public io.elbo4j.train.graph.Rows rows() {
        return new io.elbo4j.train.graph.Rows(components.rows().axes().stream().filter(a -> a != Axis.COMPONENT)
                .toList());
    }

    @Override
    public Mixture with(UnaryOperator<Value> each) {
        return new Mixture(logits, components.with(ofEachComponent(each)));
    }

    /** Also of the logits, which {@link #with} leaves one row. */
    @Override
    public Mixture stopped(UnaryOperator<Value> stop) {
        return new Mixture(stop.apply(logits), components.stopped(stop));
    }

    @Override
    public Mixture observed(UnaryOperator<Value> repeat) {
        return new Mixture(logits, components.observed(ofEachComponent(repeat)));
    }

    /** What the components have in common is there for each of them. */
    private static UnaryOperator<Value> ofEachComponent(UnaryOperator<Value> repeat) {
        return v -> {
            Value repeated = repeat.apply(v);
            return v.graph().repeat(repeated, repeated.rows().union(COMPONENT));
        };
    }

    @Override
    public boolean differentiatesX() {
        return components.differentiatesX();
    }

    @Override
    public Distribution at(Value x) {
        return x.differentiable() ? new MixtureAt(this, x.graph().repeat(x, x.rows().union(COMPONENT))) : this;
    }

    @Override
    public void logDensity(Plan plan, Value x, Matrix result, Optional<Matrix> weight) {
        Use use = new Use(this, plan.node());
        long rows = result.rows();
        long count = logits.columns();
        if (plan.rows(COMPONENT) != count) {
            throw new IllegalArgumentException("'" + plan.node().name() + "': a mixture has " + plan.rows(COMPONENT)
                    + " components, but '" + logits.name() + "' " + count + " columns");
        }
        // log pi_c + log p_c(x) + log C, whose log-mean-exp over c is the result
        Matrix joint = plan.buffer(use, "log joint", rows, count);
        Matrix mean = plan.buffer(use, "log mean of the weights", 1, 1);
        Matrix logWeights = plan.buffer(use, "log weights", 1, count);
        Matrix each = plan.buffer(use, "log density of each component", rows * count, 1);
        plan.launch(LogMeanExp.forward(plan.value(logits), mean));
        plan.launch(Arithmetic.subtract(plan.value(logits).reshape(count, 1), mean.repeatRow(count),
                logWeights.reshape(count, 1)));
        components.logDensity(plan, x, each, Optional.empty());
        plan.launch(Rows.copy(logWeights.repeatRow(rows), joint));
        plan.launch(Rows.add(each.reshape(rows, count), joint));
        plan.launch(LogMeanExp.forward(joint, result));
        if (weight.isPresent()) {
            gradients(plan, use, x, joint, each, weight.get());
        }
    }

    private void gradients(Plan plan, Use use, Value x, Matrix joint, Matrix unused, Matrix weight) {
        if (plan.wants(x) && !x.rows().has(Axis.COMPONENT)) {
            throw new IllegalArgumentException("'" + plan.node().name() + "': a step gives no gradient with respect to"
                    + " an input whose density under a Mixture it takes, as that of '" + x.name() + "'");
        }
        // the gradient of what the components share may wait, while the node asks for another density
        Matrix each = plan.newBuffer(use, "weight of each component", joint.rows(), joint.columns());
        plan.launch(LogMeanExp.backward(joint, weight, each));
        components.logDensity(plan, x, unused, Optional.of(each.reshape(joint.rows() * joint.columns(), 1)));
        if (plan.wants(logits)) {
            // d log pi_c / d logits: the weight of c, less softmax_c of all weights
            Matrix sums = plan.buffer(use, "weights", 1, joint.columns());
            Matrix all = plan.buffer(use, "weight of all", 1, 1);
            Matrix shares = plan.buffer(use, "shares of the weight", 1, joint.columns());
            plan.launch(Sums.columns(each, sums));
            plan.launch(Sums.rows(sums, all));
            plan.launch(LogMeanExp.backward(plan.value(logits), all, shares));
            plan.launch(Arithmetic.subtract(sums, shares, plan.gradientOf(logits)));
        }
    }

    @Override
    public boolean isDrawable() {
        return components.isDrawable();
    }

    /** A row of each component, of which one is kept: the component is drawn by the Gumbel-max trick. */
    @Override
    public void sample(Plan plan, Node owner, Noise noise, Matrix target) {
        long count = logits.columns();
        Matrix perturbed = plan.buffer(owner, "perturbed logits of the mixture", target.rows(), count);
        Matrix chosen = plan.buffer(owner, "component of each row", target.rows(), count);
        GumbelNoise.draw(plan, noise, perturbed);
        plan.launch(Arithmetic.add(perturbed, plan.value(logits).repeatRow(target.rows()), perturbed));
        plan.launch(io.elbo4j.operation.OneHot.maximum(perturbed, chosen));
        io.elbo4j.train.graph.Rows each = components.rows();
        long rows = plan.rows(each) / count;
        List<Matrix> drawn = Repeat.each(target, rows);
        List<Matrix> ofThese = Repeat.each(chosen, rows);
        Matrix ones = plan.buffer(owner, "component of some rows", rows, count);
        Matrix all = plan.buffer(owner, "a row of each component", rows * count, columns());
        Matrix kept = plan.buffer(owner, "1 for what is kept", rows * count, columns());
        for (int k = 0; k < drawn.size(); k++) {
            components.sample(plan, owner, plan.noise(owner, "components " + k, each), all);
            plan.launch(Rows.copy(ofThese.get(k), ones));
            plan.launch(RowSum.spread(plan, owner, ones.reshape(rows * count, 1), kept));
            plan.launch(Arithmetic.multiply(all, kept, all));
            plan.launch(Rows.sumRepeated(all, 1, drawn.get(k)));
        }
    }

    /** sum_c pi_c mean_c. */
    @Override
    public Value mean() {
        Value each = components.mean();
        Value weights = Unflatten.of(Softmax.of(logits), Axis.COMPONENT, logits.columns());
        return SumOver.of(Multiply.of(each, Spread.of(weights, each.columns())), Axis.COMPONENT);
    }
}
