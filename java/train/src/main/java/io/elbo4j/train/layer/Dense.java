package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.Sums;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * y = activation(x W + b). Its parameters are {@code name.weight}, W: inputs x units, and {@code name.bias}, b: 1 x
 * units. Applied several times, or in several graphs, it is the same layer.
 */
public final class Dense {
    private final String name;
    private final Parameter weight;
    private final Parameter bias;
    private final Activation activation;

    /** Both uniform in [-1/sqrt(inputs), 1/sqrt(inputs)) at first. */
    public Dense(String name, long inputs, long units, Activation activation) {
        require(inputs >= 1, "inputs", "at least 1", inputs);
        require(units >= 1, "units", "at least 1", units);
        this.name = requireGiven("name", name);
        this.weight = Parameter.uniform(name + ".weight", inputs, units, inputs);
        this.bias = Parameter.uniform(name + ".bias", 1, units, inputs);
        this.activation = requireGiven("activation", activation);
    }

    /** Of parameters that others read too. */
    Dense(String name, Parameter weight, Parameter bias, Activation activation) {
        this.name = name;
        this.weight = weight;
        this.bias = bias;
        this.activation = activation;
    }

    /** A new layer, applied to x. */
    public static Value of(String name, Value x, long units, Activation activation) {
        requireGiven("x", x);
        return x.graph().add(new Applied(name, x, new Dense(name, x.columns(), units, activation)));
    }

    /** @throws IllegalArgumentException if x has another number of columns than this layer has inputs */
    public Value apply(Value x) {
        requireGiven("x", x);
        if (x.columns() != weight.rows()) {
            throw new IllegalArgumentException("layer '" + name + "' takes " + weight.rows() + " columns, '" + x.name()
                    + "' has " + x.columns());
        }
        return x.graph().add(new Applied(x.graph().freeName(name), x, this));
    }

    /** Backward: dPre = activation'(pre) dy, dx = dPre W^T, dW = x^T dPre, db = column sums of dPre. */
    private static final class Applied extends Value {
        private final Value x;
        private final Parameter weight;
        private final Parameter bias;
        private final Activation activation;

        Applied(String name, Value x, Dense layer) {
            super(name, layer.weight.columns(), x.rows(), List.of(x), List.of(layer.weight, layer.bias));
            this.x = x;
            this.weight = layer.weight;
            this.bias = layer.bias;
            this.activation = layer.activation;
        }

        @Override
        public boolean gated() {
            return activation == Activation.RELU;
        }

        private boolean separate() {
            return activation != Activation.IDENTITY && activation != Activation.RELU;
        }

        private Matrix preActivation(Plan plan) {
            return plan.buffer(this, "pre-activation", plan.rows(this), columns());
        }

        @Override
        protected void forward(Plan plan) {
            Matrix pre = separate() ? preActivation(plan) : plan.value(this);
            plan.launch(Matmul.forward(plan.value(x), plan.parameter(weight), plan.parameter(bias), gated(), pre));
            if (separate()) {
                plan.launch(Elementwise.activation(activation, pre, plan.value(this)));
            }
        }

        @Override
        protected void backward(Plan plan) {
            Matrix dPre = plan.gradient(this);
            if (separate()) {
                plan.launch(Elementwise.activationGradient(activation, preActivation(plan), dPre, dPre));
            } else if (gated() && !plan.gradientIsGated(this)) {
                plan.launch(Elementwise.activationGradient(activation, plan.value(this), dPre, dPre));
            }
            if (plan.wants(x)) {
                Matrix gate = x.gated() ? plan.value(x) : null;
                plan.launch(Matmul.inputGradient(dPre, plan.parameter(weight), gate, plan.gradientOf(x,
                        gate != null)));
            }
            plan.parameterGradient(weight, target -> Matmul.weightGradient(plan.value(x), dPre, target));
            plan.parameterGradient(bias, target -> Sums.columns(dPre, target));
        }
    }
}
