package io.elbo4j.train.torch;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.graph.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * A {@link io.elbo4j.train.layer.Dense} layer, or one member of a {@link io.elbo4j.train.layer.DenseOfMembers}, and
 * {@code torch.nn.Linear}, whose weight is outputs x inputs, the transpose. A flattened image has another order of
 * values here than there: say so where the layer takes or gives one. The weights do not show it, so that nothing finds
 * an order that is missing or wrong, as (14, 14, 8) for (8, 14, 14): compare one output with PyTorch's.
 */
public final class TorchLinear implements TorchLayer {
    private final String layer;
    private final List<String> modules;
    private final int[] inputs;
    private final int[] outputs;
    private final boolean bias;

    /**
     * @param layer its name, as {@code encoder.0}
     * @param module its name in the state dict, as all modules' here; empty if it is the whole
     */
    public TorchLinear(String layer, String module) {
        this(layer, List.of(requireGiven("module", module)), new int[0], new int[0], true);
    }

    /** @param inputs none: the same order; likewise outputs */
    private TorchLinear(String layer, List<String> modules, int[] inputs, int[] outputs, boolean bias) {
        this.layer = requireGiven("layer", layer);
        this.modules = modules;
        this.inputs = inputs;
        this.outputs = outputs;
        this.bias = bias;
    }

    /**
     * One layer for several modules that see the same x: its columns are theirs, side by side, equally many of each. So
     * is a {@link io.elbo4j.train.distribution.DiagonalGaussian#of} that of a mean and a log-variance.
     */
    public static TorchLinear heads(String layer, String... modules) {
        require(requireGiven("modules", modules).length > 0, "modules", "at least one", "none");
        List<String> names = Arrays.stream(modules).map(module -> requireGiven("each of modules", module)).toList();
        return new TorchLinear(layer, names, new int[0], new int[0], true);
    }

    /**
     * What it takes is an image: there (channels, height, width) flattened, as {@code nn.Flatten} does. Only the
     * product of the three can be checked: compare one output with PyTorch's.
     */
    public TorchLinear withInputs(int channels, int height, int width) {
        return new TorchLinear(layer, modules, Order.channelsFirst(channels, height, width), outputs, bias);
    }

    /**
     * What each module gives is an image: there {@code nn.Unflatten} makes it (channels, height, width). Only the
     * product of the three can be checked: compare one output with PyTorch's.
     */
    public TorchLinear withOutputs(int channels, int height, int width) {
        return new TorchLinear(layer, modules, inputs, Order.channelsFirst(channels, height, width), bias);
    }

    /** Each module was made with {@code bias=False}: see {@link StateDict}. */
    public TorchLinear withoutBias() {
        return new TorchLinear(layer, modules, inputs, outputs, false);
    }

    @Override
    public List<TorchTensor> tensors(Function<String, Parameter> parameters) {
        Parameter weight = parameters.apply(layer + ".weight");
        Parameter ours = parameters.apply(layer + ".bias");
        require(weight.columns() % modules.size() == 0, "the columns of '" + weight.name() + "'", "a multiple of "
                + modules.size() + ", the number of modules", weight.columns());
        int[] rows = order("inputs", inputs, weight.rows());
        int[] ofEach = order("outputs", outputs, weight.columns() / modules.size());
        List<TorchTensor> tensors = new ArrayList<>();
        for (int m = 0; m < modules.size(); m++) {
            int before = m * ofEach.length;
            int[] columns = Arrays.stream(ofEach).map(place -> before + place).toArray();
            tensors.add(new TorchTensor(TorchTensor.named(modules.get(m), "weight"), new long[] {columns.length,
                    rows.length}, weight,
                    rows, columns));
            tensors.add(new TorchTensor(TorchTensor.named(modules.get(m), "bias"), new long[] {columns.length}, ours,
                    new int[] {0}, columns).unless(bias, 0));
        }
        return tensors;
    }

    private int[] order(String what, int[] given, long count) {
        require(given.length == 0 || given.length == count, what + " of layer '" + layer + "'", count
                + " values, channels x height x width", given.length);
        return given.length == 0 ? Order.same(count) : given;
    }
}
