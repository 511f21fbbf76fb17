package io.elbo4j.train.distribution;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.Binarise;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.operation.LogLikelihood;
import io.elbo4j.operation.LogLikelihood.Function;
import io.elbo4j.operation.LogLikelihood.Likelihood;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Draws;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Posterior;
import io.elbo4j.train.graph.Repeat;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Support;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.StopGradient;
import io.elbo4j.train.layer.Subtract;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * x in [0, 1] with log p = x log(sigmoid(logits)) + (1 - x) log(1 - sigmoid(logits)), dimensions independent.
 * As a posterior of zeros and ones it learns by the score function; see also {@link RelaxedBernoulli}.
 */
public record Bernoulli(Value logits) implements Posterior {
    private static final Likelihood OF = LogLikelihood.of(Function.BERNOULLI);

    @Override
    public long columns() {
        return logits.columns();
    }

    @Override
    public Support support() {
        return Support.UNIT_INTERVAL;
    }

    @Override
    public Draws draws() {
        return Draws.BINARY;
    }

    @Override
    public List<Value> parameters() {
        return List.of(logits);
    }

    @Override
    public Bernoulli with(UnaryOperator<Value> each) {
        return new Bernoulli(each.apply(logits));
    }

    @Override
    public void logDensity(Plan plan, Value x, Matrix result, Optional<Matrix> weight) {
        Elements.logDensity(plan, OF, parameters(), x, result, weight);
    }

    @Override
    public void sample(Plan plan, Node owner, Noise noise, Matrix target) {
        Matrix l = plan.value(logits);
        Matrix probability = plan.buffer(owner, "probability", target.rows(), target.columns());
        for (Matrix each : Repeat.each(probability, l.rows())) {
            plan.launch(Elementwise.activation(Activation.SIGMOID, l, each));
        }
        plan.launch(Binarise.forward(probability, noise, target));
    }

    @Override
    public Value mean() {
        return Activate.of(logits, Activation.SIGMOID);
    }

    /** KL(q || p) = sum sigmoid(a) (a - b) - softplus(a) + softplus(b), a and b the logits of q and p: one column. */
    public Value kl(Bernoulli p) {
        Value a = KlSide.posterior(logits);
        Value b = KlSide.prior(p.logits);
        Value cross = Multiply.of(Activate.of(a, Activation.SIGMOID), Subtract.of(a, b));
        return RowSum.of(Add.of(Subtract.of(cross, Activate.of(a, Activation.SOFTPLUS)), Activate.of(b,
                Activation.SOFTPLUS)));
    }

    /** The same, each dimension 0 or 1 with probability 1/2. */
    Bernoulli uniform() {
        Graph graph = logits.graph();
        Value zeros = ConstantRow.of(graph, graph.freeName("uniform prior of " + logits.name()), columns(), 0);
        return new Bernoulli(graph.repeat(zeros, logits.rows()));
    }

    /**
     * Under another Bernoulli with the KL in closed form, usually of probability 1/2; under another distribution with a
     * KL that is estimated from the samples.
     */
    @Override
    public Latent latent(String name, @Nullable Distribution prior) {
        Distribution p = prior == null ? uniform() : prior;
        Graph graph = logits.graph();
        Value probability = graph.repeat(StopGradient.of(mean()), logits.rows().union(Rows.of(Axis.SAMPLE)));
        Value z = io.elbo4j.train.layer.Binarise.of("draws of " + name, probability);
        return new DiscreteLatent(name, this, p, z, p instanceof Bernoulli b ? kl(b) : null);
    }
}
