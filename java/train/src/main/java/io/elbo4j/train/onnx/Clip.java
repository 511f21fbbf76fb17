package io.elbo4j.train.onnx;

import java.util.List;

/** Element by element; by their norm only gradients are. */
final class Clip {
    private Clip() {}

    static void value(io.elbo4j.operation.Clip.Value op, Translation t) {
        t.write(op.y(), t.node("Clip", List.of(t.read(op.x()), t.floats(new float[] {-op.limit()}), t.floats(
                new float[] {op.limit()}))));
    }
}
