package io.elbo4j.train.distribution;

import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.LogMeanExp;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Sums;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Support;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * p(x) = sum_c pi_c p_c(x), pi = softmax(logits): the component is a discrete latent variable, summed out (Bishop 2006,
 * equation 9.7). The gradient of a component has its responsibility, pi_c p_c(x) / p(x), as a weight.
 *
 * @param logits one row that all rows share, with a column for each component
 * @param components at least one, of equally many dimensions
 */
public record Mixture(Value logits, List<? extends Distribution> components) implements Distribution {
    /** Two observations under one mixture have buffers of their own. */
    private record Use(Mixture mixture, Node by) {}

    /** @throws IllegalArgumentException if that is not so */
    public Mixture {
        components = List.copyOf(components);
        if (components.size() != logits.columns() || !logits.rows().axes().isEmpty()) {
            throw new IllegalArgumentException("a mixture of " + components.size() + " components needs logits of one"
                    + " row and as many columns, not '" + logits.name() + "' with rows of " + logits.rows() + " and "
                    + logits.columns() + " columns");
        }
        long columns = components.get(0).columns();
        for (Distribution c : components) {
            if (c.columns() != columns) {
                throw new IllegalArgumentException("the components of a mixture must have equally many dimensions, not "
                        + columns + " and " + c.columns());
            }
        }
    }

    @Override
    public long columns() {
        return components.get(0).columns();
    }

    @Override
    public Support support() {
        return components.get(0).support();
    }

    @Override
    public List<Value> parameters() {
        return Stream.concat(Stream.of(logits), components.stream().flatMap(c -> c.parameters().stream())).toList();
    }

    @Override
    public Mixture with(UnaryOperator<Value> each) {
        return new Mixture(logits, components.stream().map(c -> c.with(each)).toList());
    }

    @Override
    public Mixture observed(UnaryOperator<Value> repeat) {
        return new Mixture(logits, components.stream().map(c -> c.observed(repeat)).toList());
    }

    @Override
    public boolean differentiatesX() {
        return components.stream().allMatch(Distribution::differentiatesX);
    }

    @Override
    public void logDensity(Plan plan, Value x, Matrix result, Optional<Matrix> weight) {
        Use use = new Use(this, plan.node());
        long rows = result.rows();
        int count = components.size();
        // log pi_c + log p_c(x) + log C, whose log-mean-exp over c is the result
        Matrix joint = plan.buffer(use, "log joint", rows, count);
        Matrix mean = plan.buffer(use, "log mean of the weights", 1, 1);
        Matrix logWeights = plan.buffer(use, "log weights", 1, count);
        plan.launch(LogMeanExp.forward(plan.value(logits), mean));
        plan.launch(Arithmetic.subtract(plan.value(logits).reshape(count, 1), mean.repeatRow(count),
                logWeights.reshape(count, 1)));
        plan.launch(Rows.copy(logWeights.repeatRow(rows), joint));
        Matrix one = plan.buffer(use, "log density of a component", rows, 1);
        for (int c = 0; c < count; c++) {
            components.get(c).logDensity(plan, x, one, Optional.empty());
            plan.launch(Rows.add(one, joint.columns(c, c + 1)));
        }
        plan.launch(LogMeanExp.forward(joint, result));
        if (weight.isPresent()) {
            gradients(plan, use, x, joint, one, weight.get());
        }
    }

    private void gradients(Plan plan, Use use, Value x, Matrix joint, Matrix one, Matrix weight) {
        Matrix each = plan.buffer(use, "weight of each component", joint.rows(), joint.columns());
        plan.launch(LogMeanExp.backward(joint, weight, each));
        for (int c = 0; c < components.size(); c++) {
            Matrix own = plan.buffer(use, "weight of component " + c, joint.rows(), 1);
            plan.launch(Rows.copy(each.columns(c, c + 1), own));
            components.get(c).logDensity(plan, x, one, Optional.of(own));
        }
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

    /** A component would be drawn first, which no kernel does. */
    @Override
    public boolean isDrawable() {
        return false;
    }

    @Override
    public void sample(Plan plan, Node owner, Noise noise, Matrix target) {
        throw new IllegalArgumentException("'" + owner.name() + "' cannot be drawn from a mixture");
    }

    @Override
    public Value mean() {
        throw new IllegalArgumentException("the mean of a mixture is not computed");
    }
}
