package io.elbo4j.train.onnx;

import io.elbo4j.Matrix;

/** Over the columns of each row. */
final class Sums {
    private Sums() {}

    static void rows(io.elbo4j.operation.Sums.Rows op, Translation t) {
        t.write(op.sums(), sum(op.x(), t.read(op.x()), t));
    }

    static void rowsOfSquares(io.elbo4j.operation.Sums.RowsOfSquares op, Translation t) {
        String x = t.read(op.x());
        t.write(op.sums(), sum(op.x(), t.node("Mul", x, x), t));
    }

    private static String sum(Matrix of, String x, Translation t) {
        return t.reshape(t.node("ReduceSum", x, t.integers(1)), -1, 1);
    }
}
