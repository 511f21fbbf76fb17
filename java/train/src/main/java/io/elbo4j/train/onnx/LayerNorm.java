package io.elbo4j.train.onnx;

import io.elbo4j.operation.LayerNorm.Forward;
import java.util.List;

/** The reciprocal deviation, and the mean of layer normalisation, are left out: the gradient alone needs them. */
final class LayerNorm {
    private LayerNorm() {}

    static void forward(Forward op, Translation t) {
        t.write(op.y(), op.mean() == null ? rms(op, t) : t.node("LayerNormalization", inputs(op, t), OnnxGraph
                .attribute(
                        "axis", -1), OnnxGraph.attribute("epsilon", op.epsilon())));
    }

    private static List<String> inputs(Forward op, Translation t) {
        String x = t.read(op.x());
        String gamma = t.read(op.gamma());
        return op.beta() == null ? List.of(x, gamma) : List.of(x, gamma, t.read(op.beta()));
    }

    /** gamma x / sqrt(mean of x^2 + epsilon), which opset 17 has not. */
    private static String rms(Forward op, Translation t) {
        String x = t.read(op.x());
        String squares = t.node("ReduceMean", List.of(t.node("Mul", x, x)), OnnxGraph.attribute("axes", new long[] {
                1}));
        String root = t.node("Sqrt", t.node("Add", squares, t.floats(new float[] {op.epsilon()}, 1)));
        return t.node("Mul", t.node("Div", x, root), t.read(op.gamma()));
    }
}
