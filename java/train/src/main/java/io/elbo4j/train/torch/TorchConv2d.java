package io.elbo4j.train.torch;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.ConvolutionShape;
import io.elbo4j.train.graph.Parameter;
import java.util.List;
import java.util.function.Function;

/**
 * A {@link io.elbo4j.train.layer.Convolution} layer and {@code torch.nn.Conv2d} of the same kernel, stride and padding,
 * whose weight is (small channel, big channel, kernel row, kernel column). Its images are (channel, row, column), ours
 * (row, column, channel).
 *
 * <p>Stride and padding are not in the weights, so that nothing finds another one than the module's: compare one output
 * with PyTorch's.
 *
 * @param layer its name, as {@code encoder.0}
 * @param module its name in the state dict
 * @param shape the layer's
 * @param bias whether the module has one: not with {@code bias=False}
 */
public record TorchConv2d(String layer, String module, ConvolutionShape shape, boolean bias) implements TorchLayer {
    /** @throws io.elbo4j.ArgumentException if one is null */
    public TorchConv2d {
        requireGiven("layer", layer);
        requireGiven("module", module);
        requireGiven("shape", shape);
    }

    /** A module with a bias. */
    public TorchConv2d(String layer, String module, ConvolutionShape shape) {
        this(layer, module, shape, true);
    }

    /** The module was made with {@code bias=False}: see {@link StateDict}. */
    public TorchConv2d withoutBias() {
        return new TorchConv2d(layer, module, shape, false);
    }

    @Override
    public List<TorchTensor> tensors(Function<String, Parameter> parameters) {
        Parameter ours = parameters.apply(layer + ".bias");
        return List.of(weight(layer, module, shape, parameters), TorchTensor.vector(TorchTensor.named(module, "bias"),
                ours, Order.same(shape.smallChannels())).unless(bias, 0));
    }

    /** That of a transposed convolution is the same, there as here. */
    static TorchTensor weight(String layer, String module, ConvolutionShape s,
            Function<String, Parameter> parameters) {
        return TorchTensor.whole(TorchTensor.named(module, "weight"), new long[] {s.smallChannels(), s.bigChannels(), s
                .kernelRows(), s
                        .kernelColumns()}, parameters.apply(layer + ".weight"), Order.channelsFirst(s.bigChannels(), s
                                .kernelRows(), s.kernelColumns()), Order.same(s.smallChannels()));
    }
}
