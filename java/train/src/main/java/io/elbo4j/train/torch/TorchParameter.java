package io.elbo4j.train.torch;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.graph.Parameter;
import java.util.List;
import java.util.function.Function;

/**
 * A parameter that belongs to no module of PyTorch's, as a learned variance: a {@code torch.nn.Parameter} of (columns),
 * or of (columns, rows) where it has several rows.
 *
 * @param parameter its name
 * @param tensor its name in the state dict
 */
public record TorchParameter(String parameter, String tensor) implements TorchLayer {
    /** @throws io.elbo4j.ArgumentException if one is null */
    public TorchParameter {
        requireGiven("parameter", parameter);
        requireGiven("tensor", tensor);
    }

    @Override
    public List<TorchTensor> tensors(Function<String, Parameter> parameters) {
        Parameter ours = parameters.apply(parameter);
        return List.of(TorchTensor.whole(tensor, shape(ours), ours, Order.same(ours.rows()), Order.same(ours
                .columns())));
    }

    static long[] shape(Parameter ours) {
        return ours.rows() == 1 ? new long[] {ours.columns()} : new long[] {ours.columns(), ours.rows()};
    }
}
