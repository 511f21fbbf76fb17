package io.elbo4j.train.torch;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.graph.Parameter;
import java.util.List;
import java.util.function.Function;

/**
 * A {@link io.elbo4j.train.layer.LayerNorm} layer and {@code torch.nn.LayerNorm} of one axis and the same epsilon:
 * gamma is its weight, beta its bias.
 *
 * @param layer its name
 * @param module its name in the state dict
 * @param weight whether the module has one: not with {@code elementwise_affine=False}
 * @param bias whether the module has one: not with {@code bias=False} either
 */
public record TorchLayerNorm(String layer, String module, boolean weight, boolean bias) implements TorchLayer {
    /** @throws io.elbo4j.ArgumentException if one is null */
    public TorchLayerNorm {
        requireGiven("layer", layer);
        requireGiven("module", module);
    }

    /** A module with a weight and a bias. */
    public TorchLayerNorm(String layer, String module) {
        this(layer, module, true, true);
    }

    /** The module was made with {@code bias=False}: see {@link StateDict}. */
    public TorchLayerNorm withoutBias() {
        return new TorchLayerNorm(layer, module, weight, false);
    }

    /** The module was made with {@code elementwise_affine=False}: gamma is 1 and beta 0. See {@link StateDict}. */
    public TorchLayerNorm withoutAffine() {
        return new TorchLayerNorm(layer, module, false, false);
    }

    @Override
    public List<TorchTensor> tensors(Function<String, Parameter> parameters) {
        return List.of(vector("weight", parameters.apply(layer + ".gamma")).unless(weight, 1), vector("bias", parameters
                .apply(layer + ".beta")).unless(bias, 0));
    }

    private TorchTensor vector(String tensor, Parameter parameter) {
        return TorchTensor.vector(TorchTensor.named(module, tensor), parameter, Order.same(parameter.columns()));
    }
}
