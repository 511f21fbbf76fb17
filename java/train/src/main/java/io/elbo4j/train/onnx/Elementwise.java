package io.elbo4j.train.onnx;

import io.elbo4j.operation.Elementwise.Apply;

/** Activations. */
final class Elementwise {
    private Elementwise() {}

    static void apply(Apply op, Translation t) {
        String x = t.read(op.x());
        t.write(op.y(), switch (op.function()) {
            case IDENTITY -> x;
            case RELU -> t.node("Relu", x);
            case TANH -> t.node("Tanh", x);
            case SIGMOID -> t.node("Sigmoid", x);
            case SOFTPLUS -> t.node("Softplus", x);
            case ELU -> t.node("Elu", x);
            case EXP -> t.node("Exp", x);
            case LOG -> t.node("Log", x);
            case SQRT -> t.node("Sqrt", x);
            case SQUARE -> t.node("Mul", x, x);
            case SILU -> t.node("Mul", x, t.node("Sigmoid", x));
            case GELU -> gelu(x, t);
        });
    }

    /** x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, as opset 17 has no Gelu. */
    private static String gelu(String x, Translation t) {
        String cube = t.node("Mul", t.node("Mul", x, x), x);
        String inner = t.node("Add", x, t.node("Mul", cube, number(0.044715, t)));
        String tanh = t.node("Tanh", t.node("Mul", inner, number(Math.sqrt(2 / Math.PI), t)));
        return t.node("Mul", t.node("Mul", x, number(0.5, t)), t.node("Add", tanh, number(1, t)));
    }

    private static String number(double value, Translation t) {
        return t.floats(new float[] {(float) value}, 1);
    }
}
