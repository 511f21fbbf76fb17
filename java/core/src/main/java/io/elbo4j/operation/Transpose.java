package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;

/**
 * The transpose of a matrix of float32 elements, bit by bit. Products take a transposed operand as it is; where one
 * matrix is an operand many times, as the weights of a recurrent unit, transposing it once is faster. Errors are
 * reported as by {@link GaussianSampleKl}.
 */
public final class Transpose {
    private static final double NANOS_PER_ELEMENT = 1;

    private Transpose() {}

    /** y (D x B) = the transpose of x (B x D). */
    public static Launch of(Matrix x, Matrix y) {
        Arguments a = new Arguments("Transpose.of").input("x", x).output("y", y, x.columns(), x.rows());
        return a.launch(new Of(x, y)).readsAll(x).writes(y).nanosPerItem(NANOS_PER_ELEMENT * x.rows());
    }

    /** Items are rows of y. */
    public record Of(Matrix x, Matrix y) implements Operation {
        @Override
        public long items() {
            return y.rows();
        }
    }
}
