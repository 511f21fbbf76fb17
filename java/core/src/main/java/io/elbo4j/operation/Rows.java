package io.elbo4j.operation;

import io.elbo4j.ElementType;
import io.elbo4j.Indices;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import java.util.List;

/**
 * Moving rows of float32 elements, bit by bit where nothing is added ({@link #copy} also takes 16-bit elements):
 * concatenation is a copy to columns of the target, slicing {@link Matrix#columns}. Source and target must not
 * overlap. Errors are reported as by {@link GaussianSampleKl}.
 */
public final class Rows {
    private static final double NANOS_PER_ELEMENT = 0.2;

    /** To link a row of a batch or of a table into a list. */
    private static final double NANOS_PER_LINK = 2;

    private Rows() {}

    /**
     * target = source, of one shape; a source of one row repeated is broadcast. The types of their elements may differ:
     * then elements are widened, or rounded to nearest, ties to even.
     */
    public static Launch copy(Matrix source, Matrix target) {
        ElementType from = Arguments.given("Rows.copy", "source", source).type();
        ElementType to = Arguments.given("Rows.copy", "target", target).type();
        Arguments a = new Arguments("Rows.copy").type(from).input("source", source).type(to);
        return sameShape(a, source, target, new Copy(source, target));
    }

    /** target = target + source, of one shape. */
    public static Launch add(Matrix source, Matrix target) {
        return sameShape(new Arguments("Rows.add").input("source", source), source, target, new Add(source, target))
                .reads(target);
    }

    /**
     * Row (o, k, i) of target (O n inner x D) = row (o, i) of source (O inner x D), for each k in [0, n), n = rows of
     * target / rows of source: an axis that is put before the last {@code inner} rows. With inner = 1 each row is there
     * n times, row after row; with inner = rows of source all of them are there n times, one copy after another.
     *
     * @param inner at least 1, divides the rows of source
     */
    public static Launch repeat(Matrix source, long inner, Matrix target) {
        Arguments a = new Arguments("Rows.repeat").input("source", source);
        long rows = Arguments.given("Rows.repeat", "target", target).rows();
        a.output("target", target, rows, source.columns()).samples("target", target, "source", source.rows());
        requireInner(a, inner, "source", source);
        return a.launch(new Repeat(source, (int) inner, target)).reads(source).writes(itemised(target, inner))
                .nanosPerItem(NANOS_PER_ELEMENT * elementsOfEach(target, source));
    }

    /**
     * Row (o, i) of target (O inner x D) = row (o, 0, i) + row (o, 1, i) + ... of source (O n inner x D), float32 sums
     * in that order, n at least 1: the gradient of {@link #repeat}.
     *
     * @param inner at least 1, divides the rows of target
     */
    public static Launch sumRepeated(Matrix source, long inner, Matrix target) {
        Arguments a = new Arguments("Rows.sumRepeated").input("source", source);
        long rows = Arguments.given("Rows.sumRepeated", "target", target).rows();
        a.output("target", target, rows, source.columns()).samples("source", source, "target", rows);
        requireInner(a, inner, "target", target);
        return a.launch(new SumRepeated(source, (int) inner, target)).reads(itemised(source, inner)).writes(target)
                .nanosPerItem(NANOS_PER_ELEMENT * elementsOfEach(source, target));
    }

    private static void requireInner(Arguments a, long inner, String name, Matrix few) {
        a.require(inner >= 1 && inner <= Integer.MAX_VALUE && few.rows() % inner == 0, "inner",
                "be at least 1 and divide the " + few.rows() + " rows of " + name, inner);
    }

    /** Where an item's rows do not lie one after the other, every item may touch all of them. */
    private static Matrix itemised(Matrix many, long inner) {
        return inner == 1 ? many : Arguments.whole(many);
    }

    private static long elementsOfEach(Matrix many, Matrix few) {
        return few.rows() == 0 ? 0 : many.rows() / few.rows() * many.columns();
    }

    /** Every element of target = value, which may be any float. */
    public static Launch fill(float value, Matrix target) {
        long rows = Arguments.given("Rows.fill", "target", target).rows();
        Arguments a = new Arguments("Rows.fill").output("target", target, rows, target.columns());
        return a.launch(new Fill(value, target)).writes(target).nanosPerItem(NANOS_PER_ELEMENT * target.columns());
    }

    /**
     * Row r of target (B x D) = row indices[position + r] of source (N x D), for row numbers in [0, N). The source may
     * be of bytes, {@link ElementType#UINT8}; target then has their numbers. The row numbers and their position are
     * read when the launch runs; {@link IndexOutOfBoundsException} is thrown then if there are fewer than B from the
     * position on, or if any of them all is outside [0, N).
     */
    public static Launch gather(Matrix source, Indices indices, Matrix target) {
        Arguments.given("Rows.gather", "indices", indices);
        Arguments a = new Arguments("Rows.gather").data("source", source);
        long rows = Arguments.given("Rows.gather", "target", target).rows();
        a.indices(indices, "target", rows).output("target", target, rows, source.columns());
        return a.launch(new Gather(source, indices, target)).readsAll(source).reads(indices).writes(target)
                .nanosPerItem(NANOS_PER_ELEMENT * target.columns())
                .require(() -> requireRows(indices, rows, source.rows()));
    }

    /**
     * Row r of target (B x D) = row index[r] of table (V x D); index is B x 1, whole numbers in [0, V) as float32, data
     * of a batch. Where it is any other number or NaN, the row of target is NaN: nothing outside table is read.
     */
    public static Launch lookUp(Matrix table, Matrix index, Matrix target) {
        Arguments a = new Arguments("Rows.lookUp").input("table", table);
        long rows = Arguments.given("Rows.lookUp", "target", target).rows();
        a.input("index", index, rows, 1).output("target", target, rows, table.columns());
        return a.launch(new LookUp(table, index, target)).readsAll(table).reads(index).writes(target)
                .nanosPerItem(NANOS_PER_ELEMENT * target.columns());
    }

    /**
     * Row v of dTable (V x D) = the float32 sum of the rows r of dTarget (B x D) with index[r] = v, in the chunks of
     * any sum over a batch, in each from +0, r ascending: the gradient of {@link #lookUp} with respect to all of table,
     * zero where no row is named.
     */
    public static Launch lookUpGradient(Matrix dTarget, Matrix index, Matrix dTable) {
        Arguments a = new Arguments("Rows.lookUpGradient").input("dTarget", dTarget);
        long rows = Arguments.given("Rows.lookUpGradient", "dTable", dTable).rows();
        a.input("index", index, dTarget.rows(), 1).output("dTable", dTable, rows, dTarget.columns());
        return a.launch(new LookUpGradient(dTarget, index, dTable, BatchSum.chunksOf(dTarget.rows()))).readsAll(dTarget,
                index).writes(Arguments.whole(
                        dTable))
                .nanosPerItem((NANOS_PER_ELEMENT + NANOS_PER_LINK / Math.max(1, dTarget.columns())) * (dTarget.rows()
                        + rows));
    }

    /**
     * Row indices[position + r] of target (N x D) += row r of source (B x D), r ascending, so that repeated row numbers
     * add in order: the gradient of {@link #gather}. Row numbers are read and checked as there.
     */
    public static Launch scatterAdd(Matrix source, Indices indices, Matrix target) {
        return scatter("Rows.scatterAdd", source, indices, target, new ScatterAdd(source, indices, target));
    }

    /**
     * Row indices[position + r] of target (N x D) = row r of source (B x D), r ascending: of rows with one number the
     * last one stays. Row numbers are read and checked as in {@link #gather}.
     */
    public static Launch scatter(Matrix source, Indices indices, Matrix target) {
        return scatter("Rows.scatter", source, indices, target, new Scatter(source, indices, target));
    }

    private static Launch scatter(String name, Matrix source, Indices indices, Matrix target, Operation body) {
        Arguments.given(name, "indices", indices);
        Arguments a = new Arguments(name).input("source", source);
        long rows = Arguments.given(name, "target", target).rows();
        a.indices(indices, "source", source.rows()).output("target", target, rows, source.columns());
        return a.launch(body).readsAll(source).reads(indices).reads(Arguments.whole(target)).writes(Arguments.whole(
                target))
                .nanosPerItem(NANOS_PER_ELEMENT * source.rows())
                .require(() -> requireRows(indices, source.rows(), rows));
    }

    private static void requireRows(Indices indices, long used, long rows) {
        indices.requireWindow(used);
        indices.requireWithin(rows);
    }

    private static Launch sameShape(Arguments a, Matrix source, Matrix target, Operation body) {
        a.output("target", target, source.rows(), source.columns());
        return a.launch(body).reads(source).writes(target)
                .nanosPerItem(NANOS_PER_ELEMENT * source.columns());
    }

    /** Items are rows. */
    public record Copy(Matrix source, Matrix target)
            implements
                Operation {
        @Override
        public long items() {
            return target.rows();
        }
    }

    /** Items are rows. */
    public record Add(Matrix source, Matrix target)
            implements
                Operation {
        @Override
        public long items() {
            return target.rows();
        }
    }

    /** Items are rows. */
    public record Fill(float value, Matrix target)
            implements
                Operation {
        @Override
        public long items() {
            return target.rows();
        }
    }

    /** Items are rows of source. */
    public record Repeat(Matrix source, int inner, Matrix target)
            implements
                Operation {
        @Override
        public long items() {
            return source.rows();
        }
    }

    /** Items are rows of target. */
    public record SumRepeated(Matrix source, int inner, Matrix target)
            implements
                Operation {
        @Override
        public long items() {
            return target.rows();
        }
    }

    /** Items are rows of target. */
    public record Gather(Matrix source, Indices indices, Matrix target)
            implements
                Operation {
        @Override
        public long items() {
            return target.rows();
        }
    }

    /** Items are rows of target. */
    public record LookUp(Matrix table, Matrix index, Matrix target)
            implements
                Operation {
        @Override
        public long items() {
            return target.rows();
        }
    }

    /** Items are columns. */
    public record LookUpGradient(Matrix dTarget, Matrix index, Matrix dTable, int chunks) implements BatchSum {
        @Override
        public Matrix batch() {
            return dTarget;
        }

        @Override
        public List<Matrix> results() {
            return List.of(dTable);
        }

        @Override
        public BatchSum withChunks(int chunks) {
            return new LookUpGradient(dTarget, index, dTable, chunks);
        }

        @Override
        public long items() {
            return dTable.columns();
        }
    }

    /** Items are columns. */
    public record Scatter(Matrix source, Indices indices, Matrix target)
            implements
                Operation {
        @Override
        public long items() {
            return target.columns();
        }
    }

    /** Items are columns. */
    public record ScatterAdd(Matrix source, Indices indices, Matrix target)
            implements
                Operation {
        @Override
        public long items() {
            return target.columns();
        }
    }
}
