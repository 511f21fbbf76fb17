package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.Sums;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * y = x (W * M) + b, element by element times a constant mask of zeros and ones (Germain et al. 2015): unit j does not
 * depend on input i where M[i][j] is 0. Its parameters are {@code name.weight}, W: inputs x units, whose masked
 * elements have no gradient, and {@code name.bias}, b: 1 x units. Applied several times, or in several graphs, it is
 * the same layer.
 */
public final class MaskedDense {
    private final String name;
    private final Parameter weight;
    private final Parameter bias;
    private final float[] mask;

    /**
     * Both parameters uniform in [-1/sqrt(inputs), 1/sqrt(inputs)) at first.
     *
     * @param mask of the weight, row after row: inputs x units zeros and ones
     */
    public MaskedDense(String name, long inputs, long units, float... mask) {
        require(inputs >= 1, "inputs", "at least 1", inputs);
        require(units >= 1, "units", "at least 1", units);
        this.name = requireGiven("name", name);
        this.mask = requireGiven("mask", mask).clone();
        require(mask.length == inputs * units, "mask", inputs * units + " numbers", mask.length);
        for (float m : mask) {
            require(m == 0 || m == 1, "mask", "zeros and ones", m);
        }
        this.weight = Parameter.uniform(name + ".weight", inputs, units, inputs);
        this.bias = Parameter.uniform(name + ".bias", 1, units, inputs);
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

    /** Backward: dx = dy (W * M)^T, dW = (x^T dy) * M, db = column sums of dy. */
    private static final class Applied extends Value {
        private final Value x;
        private final MaskedDense layer;

        Applied(String name, Value x, MaskedDense layer) {
            super(name, layer.weight.columns(), x.rows(), List.of(x), List.of(layer.weight, layer.bias));
            this.x = x;
            this.layer = layer;
        }

        private Matrix ofWeight(Plan plan, String role) {
            return plan.buffer(this, role, layer.weight.rows(), columns());
        }

        private Matrix mask(Plan plan) {
            return plan.constant(this, "mask", layer.weight.rows(), layer.mask);
        }

        @Override
        protected void forward(Plan plan) {
            Matrix masked = ofWeight(plan, "masked weight");
            plan.launch(Arithmetic.multiply(plan.parameter(layer.weight), mask(plan), masked));
            plan.launch(Matmul.forward(plan.value(x), masked, plan.parameter(layer.bias), false, plan.value(this)));
        }

        @Override
        protected void backward(Plan plan) {
            Matrix gradient = plan.gradient(this);
            if (plan.wants(x)) {
                plan.launch(Matmul.inputGradient(gradient, ofWeight(plan, "masked weight"), null, plan.gradientOf(x)));
            }
            Matrix whole = ofWeight(plan, "gradient before the mask");
            plan.launch(Matmul.weightGradient(plan.value(x), gradient, whole));
            plan.parameterGradient(layer.weight, target -> Arithmetic.multiply(whole, mask(plan), target));
            plan.parameterGradient(layer.bias, target -> Sums.columns(gradient, target));
        }
    }
}
