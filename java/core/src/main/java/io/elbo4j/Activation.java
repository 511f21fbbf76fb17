package io.elbo4j;

/** Elementwise activations; each says what it makes of NaN, signed zero and denormals. All keep NaN. */
public enum Activation {
    /** x. */
    IDENTITY,
    /**
       x where x is above 0, else +0 (also for -0); a denormal above 0 stays. Its gradient passes where y is above 0.
     */
    RELU,
    /** tanh(x); odd, so tanh(-0) = -0. See {@link io.elbo4j.numerics.Tanh}. */
    TANH,
    /** 1 / (1 + exp(-x)). See {@link io.elbo4j.numerics.Sigmoid}. */
    SIGMOID,
    /** log(1 + exp(x)). See {@link io.elbo4j.numerics.Softplus}. */
    SOFTPLUS,
    /** The tanh form of x Phi(x) (Hendrycks and Gimpel 2016, section 2). See {@link io.elbo4j.numerics.Gelu}. */
    GELU
}
