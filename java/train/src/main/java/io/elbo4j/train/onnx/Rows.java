package io.elbo4j.train.onnx;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Rows.Add;
import io.elbo4j.operation.Rows.Copy;
import io.elbo4j.operation.Rows.Repeat;
import io.elbo4j.operation.Rows.SumRepeated;
import java.util.List;

/** Moving rows, and columns of them. */
final class Rows {
    private Rows() {}

    static void copy(Copy op, Translation t) {
        t.write(op.target(), t.read(op.source()));
    }

    static void add(Add op, Translation t) {
        t.write(op.target(), t.node("Add", t.read(op.target()), t.read(op.source())));
    }

    /** (O, inner D) to (O, n, inner D). */
    static void repeat(Repeat op, Translation t) {
        Matrix source = op.source();
        long width = inside(source, op.inner(), t);
        String each = t.reshape(t.read(source), -1, 1, width);
        String all = t.node("Tile", each, t.integers(1, op.target().rows() / source.rows(), 1));
        t.write(op.target(), t.reshape(all, -1, source.columns()));
    }

    /** (O, n, inner D) to (O, inner D). */
    static void sumRepeated(SumRepeated op, Translation t) {
        Matrix target = op.target();
        long width = inside(target, op.inner(), t);
        String each = t.reshape(t.read(op.source()), -1, op.source().rows() / target.rows(), width);
        String sums = t.node("ReduceSum", List.of(each, t.integers(1)), OnnxGraph.attribute("keepdims", 0));
        t.write(target, t.reshape(sums, -1, target.columns()));
    }

    /** Numbers of the inner rows, which must be of one row of the batch. */
    private static long inside(Matrix few, long inner, Translation t) {
        if (few.rows() / inner % Translation.ROWS != 0) {
            throw t.refused("goes through its input otherwise than row by row");
        }
        return inner * few.columns();
    }
}
