package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import org.jspecify.annotations.Nullable;

/**
 * The product of a strictly lower triangular matrix and a vector, both of each row: the noise of a Gaussian of full
 * covariance is the diagonal part of its factor plus this (Kingma and Welling 2019, An Introduction to Variational
 * Autoencoders, section 2.5.1).
 *
 * <p>{@code packed} is B x D (D - 1) / 2: element (i, j) of L, j below i, is in column i (i - 1) / 2 + j. All matrices
 * are float32; NaN and infinities spread as IEEE 754 says. Errors are reported as by {@link GaussianSampleKl}.
 */
public final class Triangular {
    private static final double NANOS_PER_ELEMENT = 0.6;

    private Triangular() {}

    /** y_i (B x D) = the sum of L_ij x_j over j below i: one chain of fused multiply-adds from +0, j ascending. */
    public static Launch product(Matrix packed, Matrix x, Matrix y) {
        Arguments a = arguments("Triangular.product", packed, x).output("y", y, x.rows(), x.columns());
        return a.launch(new Product(packed, x, y)).reads(packed, x).writes(y)
                .nanosPerItem(NANOS_PER_ELEMENT * packed.columns());
    }

    /**
     * The gradients of {@link #product}: dL_ij = dy_i x_j, and dx_j = the sum of L_ij dy_i over i above j, one chain of
     * fused multiply-adds from +0, i ascending.
     *
     * @param dX null where none is wanted, as of noise
     */
    public static Launch gradients(Matrix packed, Matrix x, Matrix dY, Matrix dPacked, @Nullable Matrix dX) {
        Arguments a = arguments("Triangular.gradients", packed, x).input("dY", dY, x.rows(), x.columns());
        a.output("dPacked", dPacked, x.rows(), packed.columns()).outputOrNull("dX", dX, x.rows(), x.columns());
        return a.launch(new Gradients(packed, x, dY, dPacked, dX)).reads(packed, x, dY).writes(dPacked, dX)
                .nanosPerItem(NANOS_PER_ELEMENT * packed.columns());
    }

    private static Arguments arguments(String operation, Matrix packed, Matrix x) {
        Arguments a = new Arguments(operation).input("x", x).input("packed", packed);
        return a.shape("packed", packed, x.rows(), x.columns() * Math.max(0, x.columns() - 1) / 2);
    }

    /** Items are rows. */
    public record Product(Matrix packed, Matrix x, Matrix y) implements Operation {
        @Override
        public long items() {
            return x.rows();
        }
    }

    /** Items are rows. */
    public record Gradients(Matrix packed, Matrix x, Matrix dY, Matrix dPacked, @Nullable Matrix dX)
            implements
                Operation {
        @Override
        public long items() {
            return x.rows();
        }
    }
}
