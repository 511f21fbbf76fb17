package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;

/**
 * Rows of zeros with a 1, or with several. Of logits to which Gumbel noise is added, the maximum is a draw from their
 * categorical distribution (Maddison, Tarlow and Minka 2014, A* Sampling, section 2).
 */
public final class OneHot {
    private static final double NANOS_PER_ELEMENT = 1;
    private static final double LARGEST_NANOS_PER_ELEMENT = 8;

    private OneHot() {}

    /**
     * Row r of target = 1 in the column of the first maximum of row r of x, 0 elsewhere; float32 matrices of one shape
     * that lie apart. The zeros +0 and -0 are equal; a NaN is above all numbers, so that the first NaN counts as the
     * maximum. Errors are reported as by {@link GaussianSampleKl}.
     */
    public static Launch maximum(Matrix x, Matrix target) {
        Arguments a = new Arguments("OneHot.maximum").input("x", x);
        a.output("target", target, x.rows(), x.columns());
        return a.launch(new Maximum(x, target)).reads(x).writes(target)
                .nanosPerItem(NANOS_PER_ELEMENT * x.columns());
    }

    /**
     * Row r of target = 1 in the columns of the {@code count} largest elements of row r of x, of equal ones in the
     * first of their columns, 0 elsewhere; float32 matrices of one shape that lie apart. The zeros +0 and -0 are equal;
     * a NaN is below all numbers: what has no number is never better than what has one. Errors are reported as by
     * {@link GaussianSampleKl}.
     *
     * @param count 0 to the columns of x
     */
    public static Launch largest(Matrix x, int count, Matrix target) {
        Arguments a = new Arguments("OneHot.largest").input("x", x);
        a.require(count >= 0 && count <= x.columns(), "count", "be 0 to the " + x.columns() + " columns of x", count);
        a.output("target", target, x.rows(), x.columns());
        return a.launch(new Largest(x, count, target)).reads(x).writes(target)
                .nanosPerItem(LARGEST_NANOS_PER_ELEMENT * x.columns());
    }

    /** Items are rows. */
    public record Largest(Matrix x, int count, Matrix target) implements Operation {
        @Override
        public long items() {
            return x.rows();
        }
    }

    /** Items are rows. */
    public record Maximum(Matrix x, Matrix target) implements Operation {
        @Override
        public long items() {
            return x.rows();
        }
    }
}
