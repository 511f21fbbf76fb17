package io.elbo4j.train.distribution;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.LogisticMixtureLogLikelihood;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Draws;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Support;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Levels, 0 to levels - 1, each column a mixture of components that are logistic variables rounded to the nearest level
 * (Salimans et al. 2017, PixelCNN++, without the channels' dependence); see {@link LogisticMixtureLogLikelihood}. It
 * cannot be drawn from.
 *
 * @param logits of the components of all columns, one after the other: component k of column d is column k columns + d
 * @param means in levels, likewise
 * @param logScales of levels, likewise
 * @param components of each column, at least 1
 * @param levels of each column, 2 to 2^24
 */
public record LogisticMixture(Value logits, Value means, Value logScales, int components, int levels)
        implements
            Distribution {
    public LogisticMixture {
        requireGiven("logits", logits);
        requireGiven("means", means);
        requireGiven("logScales", logScales);
        require(components >= 1, "components", "at least 1", components);
        require(levels >= 2 && levels <= 1 << 24, "levels", "from 2 to 2^24", levels);
        require(logits.columns() % components == 0, "logits", "a value with " + components + " columns for each that is"
                + " observed", logits.columns() + " columns");
        Elements.sameColumns("logits", logits, "means", means);
        Elements.sameColumns("logits", logits, "logScales", logScales);
    }

    /**
     * Three linear heads on x, computed in one product: {@code name.weight} and {@code name.bias} have the columns
     * [logits | mean | logScale]. Means and scales are those of levels from -1 to 1, as in PixelCNN++.
     */
    public static LogisticMixture of(String name, Value x, long columns, int components, int levels) {
        long each = Math.multiplyExact(columns, components);
        Value all = Dense.of(name, x, Math.multiplyExact(3, each), Activation.IDENTITY);
        float half = (levels - 1) / 2f;
        return new LogisticMixture(Slice.of(name + ".logits", all, 0, each),
                Scale.of(Slice.of(name + ".mean", all, each, 2 * each), half, half),
                Scale.of(Slice.of(name + ".logScale", all, 2 * each, 3 * each), 1, (float) StrictMath.log(half)),
                components, levels);
    }

    @Override
    public String inWords() {
        return "discretised-logistic-mixture";
    }

    @Override
    public long columns() {
        return logits.columns() / components;
    }

    @Override
    public Support support() {
        return Support.classes(levels);
    }

    @Override
    public Draws draws() {
        return Draws.COUNTS;
    }

    @Override
    public List<Value> parameters() {
        return List.of(logits, means, logScales);
    }

    @Override
    public LogisticMixture with(UnaryOperator<Value> each) {
        return new LogisticMixture(each.apply(logits), each.apply(means), each.apply(logScales), components, levels);
    }

    @Override
    public void logDensity(Plan plan, Value x, Matrix result, Optional<Matrix> weight) {
        Matrix l = plan.value(logits);
        Matrix m = plan.value(means);
        Matrix s = plan.value(logScales);
        if (weight.isPresent() && parameters().stream().anyMatch(plan::wants)) {
            List<Matrix> gradients = parameters().stream().map(v -> plan.wants(v) ? plan.gradientOf(v) : null).toList();
            plan.launch(LogisticMixtureLogLikelihood.fused(levels, l, m, s, plan.value(x), weight.get(), result,
                    gradients));
        } else {
            plan.launch(LogisticMixtureLogLikelihood.forward(levels, l, m, s, plan.value(x), result));
        }
    }

    @Override
    public boolean isDrawable() {
        return false;
    }

    @Override
    public void sample(Plan plan, Node owner, Noise noise, Matrix target) {
        throw new UnsupportedOperationException("a LogisticMixture cannot be drawn from");
    }

    /** That of the components' means, each within the levels. No gradient passes through it. */
    @Override
    public Value mean() {
        return LogisticMixtureMean.of(this);
    }
}
