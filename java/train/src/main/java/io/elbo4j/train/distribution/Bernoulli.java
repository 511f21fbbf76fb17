package io.elbo4j.train.distribution;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.BernoulliLogLikelihood;
import io.elbo4j.operation.Binarise;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Repeat;
import io.elbo4j.train.graph.Support;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** x in [0, 1] with log p = x log(sigmoid(logits)) + (1 - x) log(1 - sigmoid(logits)), dimensions independent. */
public record Bernoulli(Value logits) implements Distribution {
    @Override
    public long columns() {
        return logits.columns();
    }

    @Override
    public Support support() {
        return Support.UNIT_INTERVAL;
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
        if (weight.isPresent() && plan.wants(logits)) {
            plan.launch(BernoulliLogLikelihood.fused(plan.value(logits), plan.value(x), weight.get(), result,
                    plan.gradientOf(logits)));
        } else {
            plan.launch(BernoulliLogLikelihood.forward(plan.value(logits), plan.value(x), result));
        }
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
}
