package io.elbo4j.control.agent;

import io.elbo4j.Activation;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Dense;
import java.util.ArrayList;
import java.util.List;

/** Dense layers with ReLU between them, to be applied several times. */
final class Network {
    private final List<Dense> layers = new ArrayList<>();

    /** @param widths of the hidden layers */
    Network(String name, long inputs, List<Integer> widths, long outputs) {
        long columns = inputs;
        for (int i = 0; i < widths.size(); i++) {
            layers.add(new Dense(name + "." + i, columns, widths.get(i), Activation.RELU));
            columns = widths.get(i);
        }
        layers.add(new Dense(name + "." + widths.size(), columns, outputs, Activation.IDENTITY));
    }

    Value apply(Value x) {
        Value y = x;
        for (Dense layer : layers) {
            y = layer.apply(y);
        }
        return y;
    }
}
