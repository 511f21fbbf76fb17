package io.elbo4j.train.torch;

import io.elbo4j.train.graph.Parameter;
import java.util.List;
import java.util.function.Function;

/** A layer of ours and the module of PyTorch's that computes the same, as parts of a {@link StateDict}. */
public interface TorchLayer {
    /**
     * The module's tensors, and where their elements are in the layer's parameters.
     *
     * @param parameters a parameter of ours by its name; an IllegalArgumentException if there is none
     * @throws IllegalArgumentException if a parameter has another size than this layer
     */
    List<TorchTensor> tensors(Function<String, Parameter> parameters);
}
