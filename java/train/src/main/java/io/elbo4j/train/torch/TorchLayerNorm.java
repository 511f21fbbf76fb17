package io.elbo4j.train.torch;

import io.elbo4j.train.graph.Parameter;
import java.util.List;
import java.util.function.Function;

/**
 * A {@link io.elbo4j.train.layer.LayerNorm} layer and {@code torch.nn.LayerNorm} of one axis and the same epsilon:
 * gamma is its weight, beta its bias.
 *
 * @param layer its name
 * @param module its name in the state dict
 */
public record TorchLayerNorm(String layer, String module) implements TorchLayer {
    @Override
    public List<TorchTensor> tensors(Function<String, Parameter> parameters) {
        return List.of(vector("weight", parameters.apply(layer + ".gamma")), vector("bias", parameters.apply(layer
                + ".beta")));
    }

    private TorchTensor vector(String tensor, Parameter parameter) {
        return TorchTensor.vector(TorchTensor.named(module, tensor), parameter, Order.same(parameter.columns()));
    }
}
