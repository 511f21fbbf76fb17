package io.elbo4j.train.onnx;

import io.elbo4j.operation.Softmax.Forward;
import io.elbo4j.operation.Softmax.LogForward;
import java.util.List;

/** Over the columns of each row. */
final class Softmax {
    private Softmax() {}

    static void forward(Forward op, Translation t) {
        t.write(op.y(), t.node("Softmax", List.of(t.read(op.x())), OnnxGraph.attribute("axis", 1)));
    }

    static void logForward(LogForward op, Translation t) {
        t.write(op.y(), t.node("LogSoftmax", List.of(t.read(op.x())), OnnxGraph.attribute("axis", 1)));
    }
}
