package io.elbo4j.train.distribution;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.CategoricalLogLikelihood;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Draws;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Support;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Class numbers, 0 to classes - 1, log p(x) = sum_d log softmax(logits of d)_x_d, columns independent: of grey levels,
 * or of anything that is one of some kinds. Its mean is that of the class number, which only levels have. It cannot be
 * drawn from. See {@link Categorical} for one variable as a row with a single 1.
 *
 * @param logits the classes of all columns one after the other: class c of column d is column c columns + d
 * @param classes of each column, 1 to 2^24
 */
public record ClassNumbers(Value logits, int classes) implements Distribution {
    public ClassNumbers {
        requireGiven("logits", logits);
        require(classes >= 1 && classes <= 1 << 24, "classes", "from 1 to 2^24", classes);
        require(logits.columns() % classes == 0, "logits", "a value with " + classes + " columns for each that is"
                + " observed", logits.columns() + " columns");
    }

    @Override
    public String inWords() {
        return "categorical";
    }

    @Override
    public long columns() {
        return logits.columns() / classes;
    }

    @Override
    public Support support() {
        return Support.classes(classes);
    }

    @Override
    public Draws draws() {
        return Draws.COUNTS;
    }

    @Override
    public List<Value> parameters() {
        return List.of(logits);
    }

    @Override
    public ClassNumbers with(UnaryOperator<Value> each) {
        return new ClassNumbers(each.apply(logits), classes);
    }

    @Override
    public void logDensity(Plan plan, Value x, Matrix result, Optional<Matrix> weight) {
        Matrix l = plan.value(logits);
        plan.launch(weight.isPresent() && plan.wants(logits)
                ? CategoricalLogLikelihood.fused(l, plan.value(x), weight.get(), result, plan.gradientOf(logits))
                : CategoricalLogLikelihood.forward(l, plan.value(x), result));
    }

    @Override
    public boolean isDrawable() {
        return false;
    }

    @Override
    public void sample(Plan plan, Node owner, Noise noise, Matrix target) {
        throw new UnsupportedOperationException("a ClassNumbers distribution cannot be drawn from");
    }

    /** No gradient passes through it. */
    @Override
    public Value mean() {
        return ClassMean.of(logits, columns());
    }
}
