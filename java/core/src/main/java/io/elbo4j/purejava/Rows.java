package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.get;
import static io.elbo4j.purejava.HeapAddress.index;
import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.HeapAddress.values;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.ElementType;
import io.elbo4j.Matrix;
import io.elbo4j.numerics.RowNumber;
import io.elbo4j.operation.Rows.Add;
import io.elbo4j.operation.Rows.Copy;
import io.elbo4j.operation.Rows.Fill;
import io.elbo4j.operation.Rows.Gather;
import io.elbo4j.operation.Rows.LookUp;
import io.elbo4j.operation.Rows.LookUpGradient;
import io.elbo4j.operation.Rows.Repeat;
import io.elbo4j.operation.Rows.Scatter;
import io.elbo4j.operation.Rows.ScatterAdd;
import io.elbo4j.operation.Rows.SumRepeated;
import java.util.Arrays;

/**
 * Moves and adds whole rows. Moves 8 bytes an element to copy or gather, 12 to add; to repeat, 4 an
 * element of the target and 4 of the source, and as many for its gradient.
 *
 * <pre>
 * gather       target[r] = source[rows[position + r]]
 * scatter      target[rows[position + r]] = source[r] for ascending r
 * scatterAdd   target[rows[position + r]] += source[r] for ascending r, since rows may name one row twice
 * repeat       target[o, k, i] = source[o, i] for k &lt; n, i &lt; inner
 * sumRepeated  target[o, i] = ((source[o, 0, i] + source[o, 1, i]) + source[o, 2, i]) + ...
 * lookUp       target[r] = table[index[r]], NaN where there is no such row
 * lookUpGradient  dTable[v] = the sum over r with index[r] = v of dTarget[r], by the chunks of a batch
 * </pre>
 */
final class Rows {
    private Rows() {}

    static void copy(Copy op, long begin, long end) {
        Matrix source = op.source();
        Matrix target = op.target();
        float[] tile = Scratch.get().tile(0);
        int columns = (int) target.columns();
        boolean plain = source.type() == ElementType.FLOAT32 && target.type() == ElementType.FLOAT32;
        for (long r = begin; r < end; r++) {
            if (plain) {
                copyRow(source, r, target, r);
                continue;
            }
            for (int c = 0; c < columns; c += TILE) {
                load(source, r, c, tile, width(c, columns));
                store(tile, target, r, c, width(c, columns));
            }
        }
    }

    static void gather(Gather op, long begin, long end) {
        int[] rows = (int[]) op.indices().address();
        int position = op.indices().position();
        for (long r = begin; r < end; r++) {
            copyRow(op.source(), rows[position + (int) r], op.target(), r);
        }
    }

    private static void copyRow(Matrix source, long sourceRow, Matrix target, long targetRow) {
        HeapAddress.of(source).read(index(source, sourceRow, 0), values(target), index(target, targetRow, 0),
                (int) target.columns());
    }

    static void repeat(Repeat op, long begin, long end) {
        long n = times(op.target(), op.source());
        for (long r = begin; r < end; r++) {
            long first = firstOf(r, n, op.inner());
            for (long k = 0; k < n; k++) {
                copyRow(op.source(), r, op.target(), first + k * op.inner());
            }
        }
    }

    static void sumRepeated(SumRepeated op, long begin, long end) {
        long n = times(op.source(), op.target());
        for (long r = begin; r < end; r++) {
            long first = firstOf(r, n, op.inner());
            copyRow(op.source(), first, op.target(), r);
            for (long k = 1; k < n; k++) {
                addRow(op.source(), first + k * op.inner(), op.target(), r, 0, (int) op.target().columns());
            }
        }
    }

    private static long times(Matrix many, Matrix few) {
        return few.rows() == 0 ? 1 : many.rows() / few.rows();
    }

    /** Row (o, 0, i) of many for row (o, i) of few. */
    private static long firstOf(long row, long n, int inner) {
        return row / inner * n * inner + row % inner;
    }

    static void lookUp(LookUp op, long begin, long end) {
        Matrix target = op.target();
        for (long r = begin; r < end; r++) {
            long row = RowNumber.of(get(op.index(), r), op.table().rows());
            if (row >= 0) {
                copyRow(op.table(), row, target, r);
            } else {
                int first = index(target, r, 0);
                Arrays.fill(values(target), first, first + (int) target.columns(), Float.NaN);
            }
        }
    }

    /** begin and end are columns: every worker keeps the order of the rows. */
    static void lookUpGradient(LookUpGradient op, long begin, long end) {
        TableGradient.sum(op, (int) begin, (int) end);
    }

    static void fill(Fill op, long begin, long end) {
        Matrix target = op.target();
        for (long r = begin; r < end; r++) {
            int first = index(target, r, 0);
            Arrays.fill(values(target), first, first + (int) target.columns(), op.value());
        }
    }

    static void add(Add op, long begin, long end) {
        for (long r = begin; r < end; r++) {
            addRow(op.source(), r, op.target(), r, 0, (int) op.target().columns());
        }
    }

    /** begin and end are columns, as there. */
    static void scatter(Scatter op, long begin, long end) {
        int[] rows = (int[]) op.indices().address();
        int position = op.indices().position();
        for (long r = 0; r < op.source().rows(); r++) {
            System.arraycopy(values(op.source()), index(op.source(), r, (int) begin), values(op.target()),
                    index(op.target(), rows[position + (int) r], (int) begin), (int) (end - begin));
        }
    }

    /** begin and end are columns: every worker keeps the order of the rows. */
    static void scatterAdd(ScatterAdd op, long begin, long end) {
        int[] rows = (int[]) op.indices().address();
        int position = op.indices().position();
        for (long r = 0; r < op.source().rows(); r++) {
            addRow(op.source(), r, op.target(), rows[position + (int) r], (int) begin, (int) end);
        }
    }

    private static void addRow(Matrix source, long sourceRow, Matrix target, long targetRow, int begin, int end) {
        Scratch scratch = Scratch.get();
        float[] s = scratch.tile(0);
        float[] t = scratch.tile(1);
        for (int c = begin; c < end; c += TILE) {
            int n = width(c, end);
            load(source, sourceRow, c, s, n);
            load(target, targetRow, c, t, n);
            Matmul.add(s, t, n);
            store(t, target, targetRow, c, n);
        }
    }
}
