package io.elbo4j.train.torch;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.ConvolutionShape;
import io.elbo4j.train.graph.Parameter;
import java.util.List;
import java.util.function.Function;

/**
 * A {@link io.elbo4j.train.layer.TransposedConvolution} layer and {@code torch.nn.ConvTranspose2d} of the same kernel,
 * stride and padding, whose weight is (small channel, big channel, kernel row, kernel column). Its output_padding is
 * what the big image has beyond (small - 1) stride + kernel - 2 padding. Its images are (channel, row, column), ours
 * (row, column, channel).
 *
 * <p>Stride and padding are not in the weights, so that nothing finds another one than the module's: compare one output
 * with PyTorch's.
 *
 * @param layer its name, as {@code decoder.1}
 * @param module its name in the state dict
 * @param shape the layer's
 * @param bias whether the module has one: not with {@code bias=False}
 */
public record TorchConvTranspose2d(String layer, String module, ConvolutionShape shape, boolean bias)
        implements
            TorchLayer {
    /** @throws io.elbo4j.ArgumentException if one is null */
    public TorchConvTranspose2d {
        requireGiven("layer", layer);
        requireGiven("module", module);
        requireGiven("shape", shape);
    }

    /** A module with a bias. */
    public TorchConvTranspose2d(String layer, String module, ConvolutionShape shape) {
        this(layer, module, shape, true);
    }

    /** The module was made with {@code bias=False}: see {@link StateDict}. */
    public TorchConvTranspose2d withoutBias() {
        return new TorchConvTranspose2d(layer, module, shape, false);
    }

    @Override
    public List<TorchTensor> tensors(Function<String, Parameter> parameters) {
        Parameter ours = parameters.apply(layer + ".bias");
        return List.of(TorchConv2d.weight(layer, module, shape, parameters), TorchTensor.vector(TorchTensor.named(
                module, "bias"), ours, Order.same(shape.bigChannels())).unless(bias, 0));
    }
}
