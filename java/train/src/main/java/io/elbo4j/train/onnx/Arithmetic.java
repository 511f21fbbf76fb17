package io.elbo4j.train.onnx;

import io.elbo4j.operation.Arithmetic.Combine;
import io.elbo4j.operation.Arithmetic.MultiplyAdd;
import io.elbo4j.operation.Arithmetic.Scale;

/** Sums, differences and products, element by element. */
final class Arithmetic {
    private Arithmetic() {}

    static void combine(Combine op, Translation t) {
        String type = switch (op.function()) {
            case ADD -> "Add";
            case SUBTRACT -> "Sub";
            case MULTIPLY -> "Mul";
        };
        t.write(op.target(), t.node(type, t.read(op.a()), t.read(op.b())));
    }

    static void scale(Scale op, Translation t) {
        t.write(op.y(), t.node("Add", scaled(op.factor(), t.read(op.x()), t), t.floats(new float[] {op.shift()}, 1)));
    }

    static void multiplyAdd(MultiplyAdd op, Translation t) {
        String product = t.node("Mul", scaled(op.factor(), t.read(op.x()), t), t.read(op.y()));
        t.write(op.target(), t.node("Add", product, t.read(op.target())));
    }

    private static String scaled(float factor, String x, Translation t) {
        return factor == 1 ? x : t.node("Mul", x, t.floats(new float[] {factor}, 1));
    }
}
