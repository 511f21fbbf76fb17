package io.elbo4j.train.layer;

import io.elbo4j.Activation;
import io.elbo4j.ConvolutionShape;
import io.elbo4j.train.graph.Value;

/**
 * y = activation(x * W^T + b), the transposed convolution of a small image to a big one; {@link ConvolutionShape} has
 * the layout of images, which are rows of values, and of weights. Its parameters are {@code name.weight}, W: weightRows
 * x smallChannels, as those of the {@link Convolution} whose input has the size of its result, and {@code name.bias},
 * b: 1 x bigChannels. Applied several times, or in several graphs, it is the same layer. The sums' order is that of
 * {@link io.elbo4j.operation.Convolution#spread}.
 */
public final class TransposedConvolution {
    private final ConvolutionLayer layer;

    /** Both uniform in [-1/sqrt(weightRows), 1/sqrt(weightRows)) at first, as PyTorch's ConvTranspose2d. */
    public TransposedConvolution(String name, ConvolutionShape shape, Activation activation) {
        layer = new ConvolutionLayer(name, shape, true, activation);
    }

    /** A new layer, applied to x. */
    public static Value of(String name, Value x, ConvolutionShape shape, Activation activation) {
        return new TransposedConvolution(name, shape, activation).apply(x);
    }

    /** @throws IllegalArgumentException if x has not as many columns as a small image has values */
    public Value apply(Value x) {
        return layer.apply(x);
    }
}
