package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import java.util.List;

/**
 * Sums of a B x D float32 matrix. Row sums add in float64 and round once (0.5 ULP of the exact sum of the float32 quads
 * for any realistic length); column sums, whose length is the batch, are float32 chains over 1 to 8 chunks of rows
 * added as a tree. An empty sum is 0. NaN and infinities spread as IEEE 754 says. The sums must not overlap x. Errors
 * are reported as by {@link GaussianSampleKl}.
 */
public final class Sums {
    private static final double NANOS_PER_ELEMENT = 0.15;

    private Sums() {}

    /** sums[r] (B x 1) = the sum of row r of x. */
    public static Launch rows(Matrix x, Matrix sums) {
        Arguments a = new Arguments("Sums.rows").input("x", x).outputPerRow("sums", sums, x.rows());
        return a.launch(new Rows(x, sums)).reads(x).writes(sums).nanosPerItem(NANOS_PER_ELEMENT * x.columns());
    }

    /** sums[r] (B x 1) = the sum of the squares of row r of x; a square above 3.4e38 gives +infinity. */
    public static Launch rowsOfSquares(Matrix x, Matrix sums) {
        Arguments a = new Arguments("Sums.rowsOfSquares").input("x", x).outputPerRow("sums", sums, x.rows());
        return a.launch(new RowsOfSquares(x, sums)).reads(x).writes(sums)
                .nanosPerItem(NANOS_PER_ELEMENT * x.columns());
    }

    /** sums[j] (1 x D) = the sum of column j of x: the gradient of a bias. */
    public static Launch columns(Matrix x, Matrix sums) {
        Arguments a = new Arguments("Sums.columns").input("x", x).output("sums", sums, 1, x.columns());
        return a.launch(new Columns(x, sums, BatchSum.chunksOf(x.rows()))).readsAll(x).writes(Arguments.asColumn(sums))
                .nanosPerItem(NANOS_PER_ELEMENT * x.rows());
    }

    /** Items are rows. */
    public record Rows(Matrix x, Matrix sums)
            implements
                Operation {
        @Override
        public long items() {
            return x.rows();
        }
    }

    /** Items are rows. */
    public record RowsOfSquares(Matrix x, Matrix sums)
            implements
                Operation {
        @Override
        public long items() {
            return x.rows();
        }
    }

    /** Items are columns. Known by name so that a device can fuse it with what follows. */
    public record Columns(Matrix x, Matrix sums, int chunks) implements BatchSum {
        @Override
        public Matrix batch() {
            return x;
        }

        @Override
        public List<Matrix> results() {
            return List.of(sums);
        }

        @Override
        public BatchSum withChunks(int chunks) {
            return new Columns(x, sums, chunks);
        }

        @Override
        public long items() {
            return x.columns();
        }
    }
}
