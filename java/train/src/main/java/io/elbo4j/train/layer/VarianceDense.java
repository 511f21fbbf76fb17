package io.elbo4j.train.layer;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.Sums;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * y = x exp(W) + exp(b): above 0 where x is not below. Backward: dx = dy exp(W)^T, dW = (x^T dy) exp(W), db = (column
 * sums of dy) exp(b).
 */
final class VarianceDense extends Value {
    private final Value x;
    private final Parameter weight;
    private final Parameter bias;

    VarianceDense(String name, Value x, Parameter weight, Parameter bias) {
        super(name, weight.columns(), x.rows(), List.of(x), List.of(weight, bias));
        this.x = x;
        this.weight = weight;
        this.bias = bias;
    }

    private Matrix exponential(Plan plan, Parameter of) {
        return plan.buffer(this, "exp of " + of.name(), of.rows(), of.columns());
    }

    @Override
    protected void forward(Plan plan) {
        for (Parameter p : parameters()) {
            plan.launch(Elementwise.activation(Activation.EXP, plan.parameter(p), exponential(plan, p)));
        }
        plan.launch(Matmul.forward(plan.value(x), exponential(plan, weight), exponential(plan, bias), false,
                plan.value(this)));
    }

    @Override
    protected void backward(Plan plan) {
        Matrix gradient = plan.gradient(this);
        if (plan.wants(x)) {
            plan.launch(Matmul.inputGradient(gradient, exponential(plan, weight), null, plan.gradientOf(x)));
        }
        Matrix ofWeight = plan.buffer(this, "gradient of exp of the weight", weight.rows(), weight.columns());
        Matrix ofBias = plan.buffer(this, "gradient of exp of the bias", 1, columns());
        plan.launch(Matmul.weightGradient(plan.value(x), gradient, ofWeight));
        plan.launch(Sums.columns(gradient, ofBias));
        plan.parameterGradient(weight, target -> Arithmetic.multiply(ofWeight, exponential(plan, weight), target));
        plan.parameterGradient(bias, target -> Arithmetic.multiply(ofBias, exponential(plan, bias), target));
    }
}
