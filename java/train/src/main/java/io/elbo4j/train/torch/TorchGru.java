package io.elbo4j.train.torch;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.graph.Parameter;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A {@link io.elbo4j.train.layer.Gru} layer and a layer of {@code torch.nn.GRU}, or a {@code torch.nn.GRUCell}. There
 * the gates are rows r, z, n of 3 H x inputs and 3 H x H; here they are columns, n, r, z of the inputs' weight and r,
 * z, n of the state's. PyTorch has no unit with normalised gates.
 *
 * @param layer its name
 * @param module its name in the state dict
 * @param suffix of the names of the module's tensors: {@code _l0} of its first layer, nothing of a cell's
 * @param bias whether the module has its two: not with {@code bias=False}
 */
public record TorchGru(String layer, String module, String suffix, boolean bias) implements TorchLayer {
    /** @throws io.elbo4j.ArgumentException if one is null */
    public TorchGru {
        requireGiven("layer", layer);
        requireGiven("module", module);
        requireGiven("suffix", suffix);
    }

    /** A module with biases. */
    public TorchGru(String layer, String module, String suffix) {
        this(layer, module, suffix, true);
    }

    /** The only layer of a GRU. */
    public TorchGru(String layer, String module) {
        this(layer, module, "_l0");
    }

    /** One of several layers of a GRU, from 0: a Gru each here, which takes the states of the one before. */
    public static TorchGru stacked(String layer, String module, int number) {
        require(number >= 0, "number", "at least 0", number);
        return new TorchGru(layer, module, "_l" + number);
    }

    /** Of a GRUCell. */
    public static TorchGru cell(String layer, String module) {
        return new TorchGru(layer, module, "");
    }

    /** The module was made with {@code bias=False}: see {@link StateDict}. */
    public TorchGru withoutBias() {
        return new TorchGru(layer, module, suffix, false);
    }

    @Override
    public List<TorchTensor> tensors(Function<String, Parameter> parameters) {
        Parameter inputBias = parameters.apply(layer + ".input.bias");
        Parameter stateBias = parameters.apply(layer + ".state.bias");
        Parameter state = parameters.apply(layer + ".state.weight");
        int units = Math.toIntExact(state.rows());
        int[] ofInput = IntStream.range(0, 3 * units).map(i -> (i + units) % (3 * units)).toArray();
        int[] ofState = Order.same(3L * units);
        return List.of(matrix("weight_ih", parameters.apply(layer + ".input.weight"), ofInput), matrix("weight_hh",
                state, ofState), TorchTensor.vector(tensor("bias_ih"), inputBias, ofInput).unless(bias, 0),
                TorchTensor.vector(tensor("bias_hh"), stateBias, ofState).unless(bias, 0));
    }

    private TorchTensor matrix(String name, Parameter parameter, int[] columns) {
        return TorchTensor.whole(tensor(name), new long[] {columns.length, parameter.rows()}, parameter, Order.same(
                parameter.rows()), columns);
    }

    private String tensor(String name) {
        return TorchTensor.named(module, name + suffix);
    }
}
