package io.elbo4j.train.onnx;

import io.elbo4j.operation.CategoricalLogLikelihood.Fused;
import java.util.List;

/** Its gradient alone, of class numbers that are constant: by this probabilities are computed, for means. */
final class CategoricalLogLikelihood {
    private CategoricalLogLikelihood() {}

    /** dLogits = dLogLikelihood ((c == x) - softmax(logits)), (rows, class, column). */
    static void fused(Fused op, Translation t) {
        if (op.dLogits() == null || t.isTensor(op.x())) {
            throw t.refused("is a likelihood");
        }
        int columns = Math.toIntExact(op.x().columns());
        int classes = Math.toIntExact(op.logits().columns() / columns);
        float[] x = t.values(op.x());
        float[] isX = new float[classes * columns];
        for (int c = 0; c < columns; c++) {
            isX[(int) x[c] * columns + c] = 1;
        }
        String softmax = t.node("Softmax", List.of(t.reshape(t.read(op.logits()), -1, classes, columns)), OnnxGraph
                .attribute("axis", 1));
        String difference = t.node("Sub", t.floats(isX, 1, isX.length), t.reshape(softmax, -1, isX.length));
        t.write(op.dLogits(), t.node("Mul", difference, t.read(op.dLogLikelihood())));
    }
}
