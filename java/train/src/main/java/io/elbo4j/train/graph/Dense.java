package io.elbo4j.train.graph;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.Sums;
import java.util.List;

/**
 * y = activation(x W + b). Backward: dPre = activation'(pre) dy, dx = dPre W^T, dW = x^T dPre, db = column sums of
 * dPre.
 */
final class Dense extends Value {
    private final Value x;
    private final Parameter weight;
    private final Parameter bias;
    private final Activation activation;

    Dense(String name, Value x, Parameter weight, Parameter bias, Activation activation) {
        super(name, weight.columns(), x.rows(), List.of(x), true);
        this.x = x;
        this.weight = weight;
        this.bias = bias;
        this.activation = activation;
    }

    @Override
    boolean gated() {
        return activation == Activation.RELU;
    }

    private boolean separate() {
        return activation != Activation.IDENTITY && activation != Activation.RELU;
    }

    private Matrix preActivation(Plan plan) {
        return plan.buffer("pre-activation of " + name(), plan.rows(this), columns());
    }

    @Override
    void forward(Plan plan) {
        Matrix pre = separate() ? preActivation(plan) : plan.value(this);
        plan.launch(Matmul.forward(plan.value(x), plan.parameter(weight), plan.parameter(bias), gated(), pre));
        if (separate()) {
            plan.launch(Elementwise.activation(activation, pre, plan.value(this)));
        }
    }

    @Override
    void backward(Plan plan) {
        Matrix dPre = plan.gradient(this);
        if (separate()) {
            plan.launch(Elementwise.activationGradient(activation, preActivation(plan), dPre, dPre));
        } else if (gated() && !plan.gradientIsGated(this)) {
            plan.launch(Elementwise.activationGradient(activation, plan.value(this), dPre, dPre));
        }
        if (x.differentiable()) {
            Matrix gate = x.gated() ? plan.value(x) : null;
            plan.launch(Matmul.inputGradient(dPre, plan.parameter(weight), gate, plan.target(x, gate != null)));
        }
        plan.parameterGradient(weight, target -> Matmul.weightGradient(plan.value(x), dPre, target));
        plan.parameterGradient(bias, target -> Sums.columns(dPre, target));
    }
}
