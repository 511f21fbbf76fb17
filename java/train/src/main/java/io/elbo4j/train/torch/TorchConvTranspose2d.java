package io.elbo4j.train.torch;

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
 * @param layer its name, as {@code decoder.1}
 * @param module its name in the state dict
 * @param shape the layer's
 */
public record TorchConvTranspose2d(String layer, String module, ConvolutionShape shape) implements TorchLayer {
    @Override
    public List<TorchTensor> tensors(Function<String, Parameter> parameters) {
        Parameter bias = parameters.apply(layer + ".bias");
        return List.of(TorchConv2d.weight(layer, module, shape, parameters), TorchTensor.vector(TorchTensor.named(
                module, "bias"), bias,
                Order.same(shape.bigChannels())));
    }
}
