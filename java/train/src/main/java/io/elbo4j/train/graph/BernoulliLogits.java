package io.elbo4j.train.graph;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.operation.BernoulliLogLikelihood;
import io.elbo4j.operation.Elementwise;
import java.util.List;
import java.util.function.UnaryOperator;

/** x in [0, 1] with log p = x log(sigmoid(logits)) + (1 - x) log(1 - sigmoid(logits)). */
public record BernoulliLogits(Value logits) implements Likelihood {
    @Override
    public Value location() {
        return logits;
    }

    @Override
    public List<Value> parameters() {
        return List.of(logits);
    }

    @Override
    public Likelihood withParameters(UnaryOperator<Value> each) {
        return new BernoulliLogits(each.apply(logits));
    }

    @Override
    public void observe(Plan plan, Value x, Matrix logLikelihood) {
        if (plan.training()) {
            plan.launch(BernoulliLogLikelihood.fused(plan.value(logits), plan.value(x),
                    plan.logLikelihoodGradient(logLikelihood.rows()), logLikelihood, plan.target(logits, false)));
        } else {
            plan.launch(BernoulliLogLikelihood.forward(plan.value(logits), plan.value(x), logLikelihood));
        }
    }

    @Override
    public void mean(Plan plan, Matrix mean) {
        plan.launch(Elementwise.activation(Activation.SIGMOID, plan.value(logits), mean));
    }
}
