package io.elbo4j.train.distribution;

import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Sums;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Draws;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Posterior;
import io.elbo4j.train.graph.Repeat;
import io.elbo4j.train.graph.Support;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.GumbelNoise;
import io.elbo4j.train.layer.LogSoftmax;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.OneHot;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Softmax;
import io.elbo4j.train.layer.Subtract;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One of C classes, as a row with a single 1: log p(x) = sum_c x_c log softmax(logits)_c, of data, a posterior, or a
 * prior. As a posterior it is drawn by the Gumbel-max trick and learns by the score function; see also
 * {@link Enumerated} and {@link RelaxedCategorical}. The density is that of any row x by this formula, of soft labels
 * and of counts too, without the multinomial coefficient.
 *
 * @param logits one column a class, finite: a class is left out by a logit far below the others', as -1e4, by which its
 *     probability is 0
 */
public record Categorical(Value logits) implements Posterior {
    /** Two observations under one distribution have buffers of their own. */
    private record Use(Categorical of, Node by) {}

    @Override
    public long columns() {
        return logits.columns();
    }

    @Override
    public Support support() {
        return Support.NON_NEGATIVE;
    }

    @Override
    public Draws draws() {
        return Draws.ONE_HOT;
    }

    @Override
    public List<Value> parameters() {
        return List.of(logits);
    }

    @Override
    public Categorical with(UnaryOperator<Value> each) {
        return new Categorical(each.apply(logits));
    }

    @Override
    public void logDensity(Plan plan, Value x, Matrix result, Optional<Matrix> weight) {
        Use use = new Use(this, plan.node());
        Matrix a = plan.value(logits);
        Matrix ofX = plan.value(x);
        Matrix logs = plan.buffer(use, "log-probabilities", a.rows(), a.columns());
        Matrix product = plan.buffer(use, "log-probability of the class", a.rows(), a.columns());
        plan.launch(io.elbo4j.operation.Softmax.logForward(a, logs));
        // a row of x may be that of several rows side by side
        plan.launch(Rows.repeat(ofX, 1, product));
        plan.launch(Arithmetic.multiply(product, logs, product));
        plan.launch(Sums.rows(product, result));
        if (weight.isPresent() && plan.wants(logits)) {
            // w (x - sum(x) softmax(logits))
            Matrix each = plan.buffer(use, "weight of each class", a.rows(), a.columns());
            plan.launch(RowSum.spread(plan, use, weight.get(), each));
            plan.launch(Rows.repeat(ofX, 1, product));
            plan.launch(Arithmetic.multiply(each, product, each));
            plan.launch(io.elbo4j.operation.Softmax.logBackward(logs, each, plan.gradientOf(logits)));
        }
    }

    @Override
    public void sample(Plan plan, Node owner, Noise noise, Matrix target) {
        Matrix perturbed = plan.buffer(owner, "perturbed logits", target.rows(), target.columns());
        GumbelNoise.draw(plan, noise, perturbed);
        Matrix a = plan.value(logits);
        for (Matrix part : Repeat.each(perturbed, a.rows())) {
            plan.launch(Arithmetic.add(part, a, part));
        }
        plan.launch(io.elbo4j.operation.OneHot.maximum(perturbed, target));
    }

    /** The probabilities. */
    @Override
    public Value mean() {
        return Softmax.of(logits);
    }

    /** KL(q || p) = sum_c q_c (log q_c - log p_c), one column. */
    public Value kl(Categorical p) {
        Value a = KlSide.posterior(logits);
        Value b = KlSide.prior(p.logits);
        return RowSum.of(Multiply.of(Softmax.of(a), Subtract.of(LogSoftmax.of(a), LogSoftmax.of(b))));
    }

    /** The same, each class with the same probability. */
    Categorical uniform() {
        Graph graph = logits.graph();
        Value zeros = ConstantRow.of(graph, graph.freeName("uniform prior of " + logits.name()), columns(), 0);
        return new Categorical(graph.repeat(zeros, logits.rows()));
    }

    /**
     * Under another Categorical with the KL in closed form, usually each class with the same probability; under another
     * distribution of rows with a single 1 with a KL that is estimated from the samples.
     */
    @Override
    public Latent latent(String name, @Nullable Distribution prior) {
        Distribution p = prior == null ? uniform() : prior;
        return new DiscreteLatent(name, this, p, draw(name), p instanceof Categorical c ? kl(c) : null);
    }

    /**
     * A sample, or K of them for each row, through which no gradient passes, as a {@link ComposedLatent} needs it.
     *
     * @param name of what is drawn
     */
    public Value draw(String name) {
        Value noise = GumbelNoise.of(logits.graph(), "Gumbel noise of " + name, logits.rows().union(
                io.elbo4j.train.graph.Rows.of(Axis.SAMPLE)), columns());
        return OneHot.of(Add.of(logits, noise));
    }
}
