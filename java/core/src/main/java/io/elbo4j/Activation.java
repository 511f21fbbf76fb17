package io.elbo4j;

import io.elbo4j.numerics.Elu;
import io.elbo4j.numerics.Exp;
import io.elbo4j.numerics.Gelu;
import io.elbo4j.numerics.Log;
import io.elbo4j.numerics.Relu;
import io.elbo4j.numerics.Sigmoid;
import io.elbo4j.numerics.Silu;
import io.elbo4j.numerics.Softplus;
import io.elbo4j.numerics.Sqrt;
import io.elbo4j.numerics.Square;
import io.elbo4j.numerics.Tanh;

/**
 * Elementwise activations and other functions of single elements, in the order of {@code native/spec/activations.h};
 * each says what it makes of NaN, signed zero and denormals. All keep NaN.
 */
public enum Activation {
    /** x. */
    IDENTITY((x, n) -> {}, (x, dy, n) -> {}),
    /**
     * x where x is above 0, else +0 (also for -0); a denormal above 0 stays. Its gradient passes where y is above 0.
     */
    RELU(Relu::apply, Relu::gradient),
    /** tanh(x); odd, so tanh(-0) = -0. See {@link Tanh}. */
    TANH(Tanh::apply, Tanh::gradient),
    /** 1 / (1 + exp(-x)). See {@link Sigmoid}. */
    SIGMOID(Sigmoid::apply, Sigmoid::gradient),
    /** log(1 + exp(x)). See {@link Softplus}. */
    SOFTPLUS(Softplus::apply, Softplus::gradient),
    /** The tanh form of x Phi(x) (Hendrycks and Gimpel 2016, section 2). See {@link Gelu}. */
    GELU(Gelu::apply, Gelu::gradient),
    /** x / (1 + exp(-x)) (Elfwing et al. 2017), also called swish; silu(-0) = -0. See {@link Silu}. */
    SILU(Silu::apply, Silu::gradient),
    /** x where x is above 0, else exp(x) - 1 (Clevert et al. 2015, alpha = 1); elu(-0) = +0. See {@link Elu}. */
    ELU(Elu::apply, Elu::gradient),
    /** exp(x). See {@link Exp}. */
    EXP(Exp::apply, Exp::gradient),
    /** log(x), NaN below 0; its gradient is dy / x everywhere. See {@link Log}. */
    LOG(Log::apply, Log::gradient),
    /** The square root, NaN below -0. See {@link Sqrt}. */
    SQRT(Sqrt::apply, Sqrt::gradient),
    /** x^2. See {@link Square}. */
    SQUARE(Square::apply, Square::gradient);

    /** A function of the first n elements of a tile, in place. */
    private interface Values {
        void apply(float[] x, int n);
    }

    /** dy becomes the gradient with respect to x. */
    private interface Gradients {
        void apply(float[] x, float[] dy, int n);
    }

    // of tiles, not of elements: a loop over calls of a function that it does not know is not vectorised
    private final Values values;
    private final Gradients gradients;

    Activation(Values values, Gradients gradients) {
        this.values = values;
        this.gradients = gradients;
    }

    /** Replaces the first n elements by the function's values: the java backend's kernel. */
    public void apply(float[] x, int n) {
        values.apply(x, n);
    }

    /** Multiplies the first n elements of dy by the derivatives at x. */
    public void gradient(float[] x, float[] dy, int n) {
        gradients.apply(x, dy, n);
    }
}
