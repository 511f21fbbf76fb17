package io.elbo4j.train.onnx;

import java.util.ArrayList;
import java.util.List;

/** Gemm takes weights as they are here, inputs x outputs. */
final class Matmul {
    private Matmul() {}

    static void forward(io.elbo4j.operation.Matmul.Forward op, Translation t) {
        List<String> inputs = new ArrayList<>(List.of(t.read(op.a()), t.constant(op.b())));
        if (op.bias() != null) {
            inputs.add(t.read(op.bias()));
        }
        String product = t.node("Gemm", inputs);
        t.write(op.c(), op.relu() ? t.node("Relu", product) : product);
    }
}
