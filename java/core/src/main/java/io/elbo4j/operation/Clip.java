package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;

/** Gradient clipping: by the global norm (Pascanu, Mikolov and Bengio 2013, algorithm 1), and by value. */
public final class Clip {
    private Clip() {}

    /**
     * {@code scale} (1 x 1) = min(1, maximumNorm / norm), the factor for all gradients, with norm = the root of the sum
     * of {@code sumsOfSquares} (1 x P: of each parameter's gradient). Float32. An infinite norm gives 0; a NaN gives
     * NaN, so that it is not hidden. Errors are reported as by {@link GaussianSampleKl}.
     *
     * @param maximumNorm above 0; infinity never clips
     */
    public static Launch scale(Matrix sumsOfSquares, float maximumNorm, Matrix scale) {
        Arguments a = new Arguments("Clip.scale").input("sumsOfSquares", sumsOfSquares);
        a.shape("sumsOfSquares", sumsOfSquares, 1, sumsOfSquares.columns()).output("scale", scale, 1, 1);
        a.require(maximumNorm > 0, "maximumNorm", "be above 0", maximumNorm);
        return a.launch(new Scale(sumsOfSquares, maximumNorm, scale)).readsAll(sumsOfSquares).writes(scale)
                .nanosPerItem(sumsOfSquares.columns());
    }

    /**
     * y = x clamped to [-limit, limit], element by element; float32 matrices of one shape, which may be the same. NaN
     * stays NaN, so that it is not hidden. Errors are reported as by {@link GaussianSampleKl}.
     *
     * @param limit above 0; infinity never clips
     */
    public static Launch value(float limit, Matrix x, Matrix y) {
        Arguments a = new Arguments("Clip.value").input("x", x).outputInPlace("y", y, x.rows(), x.columns());
        a.require(limit > 0, "limit", "be above 0", limit);
        return a.launch(new Value(limit, x, y)).reads(x).writes(y).nanosPerItem(0.2 * x.columns());
    }

    /** Items are rows. */
    public record Value(float limit, Matrix x, Matrix y) implements Operation {
        @Override
        public long items() {
            return y.rows();
        }
    }

    /** One item. */
    public record Scale(Matrix sumsOfSquares, float maximumNorm, Matrix scale)
            implements
                Operation {
        @Override
        public long items() {
            return 1;
        }
    }
}
