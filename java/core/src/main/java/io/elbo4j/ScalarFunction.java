package io.elbo4j;

/**
 * The scalar functions of the numerics contract that are no activations, for {@link
 * io.elbo4j.operation.Elementwise#map}.
 */
public enum ScalarFunction {
    /** See {@link io.elbo4j.numerics.Exp}. */
    EXP,
    /** See {@link io.elbo4j.numerics.Log}. */
    LOG,
    /** The square root, correctly rounded (IEEE 754): -0 stays -0, below it NaN. */
    SQRT
}
