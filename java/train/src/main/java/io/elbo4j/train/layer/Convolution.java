package io.elbo4j.train.layer;

import io.elbo4j.Activation;
import io.elbo4j.ConvolutionShape;
import io.elbo4j.train.graph.Value;

/**
 * y = activation(x * W + b), the convolution of a big image to a small one; {@link ConvolutionShape} has the layout of
 * images, which are rows of values, and of weights. Its parameters are {@code name.weight}, W: weightRows x
 * smallChannels, and {@code name.bias}, b: 1 x smallChannels. Applied several times, or in several graphs, it is the
 * same layer. The sums' order is that of {@link io.elbo4j.operation.Convolution#gather}.
 */
public final class Convolution {
    private final ConvolutionLayer layer;

    /** Both uniform in [-1/sqrt(weightRows), 1/sqrt(weightRows)) at first, as PyTorch's Conv2d. */
    public Convolution(String name, ConvolutionShape shape, Activation activation) {
        layer = new ConvolutionLayer(name, shape, false, activation);
    }

    /** A new layer, applied to x. */
    public static Value of(String name, Value x, ConvolutionShape shape, Activation activation) {
        return new Convolution(name, shape, activation).apply(x);
    }

    /** @throws IllegalArgumentException if x has not as many columns as a big image has values */
    public Value apply(Value x) {
        return layer.apply(x);
    }
}
