package io.elbo4j;

/**
 * The scalar functions of {@link Activation} that are none by that name, for {@link
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
