package io.elbo4j.operation;

import io.elbo4j.Activation;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import io.elbo4j.ScalarFunction;

/**
 * Functions of single elements, float32. All matrices of a call have one shape; the result may be the same matrix as an
 * operand. What a function makes of NaN, infinities and signed zeros, and its largest error in ULP, is said by
 * {@link Activation} and {@link ScalarFunction}. Errors are reported as by {@link GaussianSampleKl}.
 */
public final class Elementwise {
    private static final double NANOS_PER_ELEMENT = 0.5;

    private Elementwise() {}

    /** y = activation(x). */
    public static Launch activation(Activation activation, Matrix x, Matrix y) {
        Arguments.given("Elementwise.activation", "activation", activation);
        Arguments a = new Arguments("Elementwise.activation").input("x", x);
        a.outputInPlace("y", y, x.rows(), x.columns());
        return a.launch(new Apply(activation, x, y)).reads(x).writes(y).nanosPerItem(NANOS_PER_ELEMENT * x.columns());
    }

    /** dx = dy activation'(x), x being what the activation was applied to (for RELU its output serves as well). */
    public static Launch activationGradient(Activation activation, Matrix x, Matrix dy, Matrix dx) {
        Arguments.given("Elementwise.activationGradient", "activation", activation);
        Arguments a = new Arguments("Elementwise.activationGradient").input("x", x);
        a.input("dy", dy, x.rows(), x.columns()).outputInPlace("dx", dx, x.rows(), x.columns());
        return a.launch(new Gradient(activation, x, dy, dx)).reads(x, dy).writes(dx)
                .nanosPerItem(NANOS_PER_ELEMENT * x.columns());
    }

    /** y = function(x). */
    public static Launch map(ScalarFunction function, Matrix x, Matrix y) {
        Arguments.given("Elementwise.map", "function", function);
        Arguments a = new Arguments("Elementwise.map").input("x", x).outputInPlace("y", y, x.rows(), x.columns());
        return a.launch(new Apply(Activation.valueOf(function.name()), x, y)).reads(x).writes(y).nanosPerItem(
                NANOS_PER_ELEMENT * x.columns());
    }

    /** Items are rows. */
    public record Apply(Activation function, Matrix x, Matrix y)
            implements
                Operation {
        @Override
        public long items() {
            return x.rows();
        }
    }

    /** Items are rows. */
    public record Gradient(Activation function, Matrix x, Matrix dy, Matrix dx)
            implements
                Operation {
        @Override
        public long items() {
            return x.rows();
        }
    }
}
