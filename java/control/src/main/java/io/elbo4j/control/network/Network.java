package io.elbo4j.control.network;

import io.elbo4j.Activation;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Dense;
import java.util.ArrayList;
import java.util.List;

/** Dense layers with an activation between them, to be applied several times. */
public final class Network {
    private final List<Dense> layers = new ArrayList<>();

    /**
     * With ReLU.
     *
     * @param widths of the hidden layers
     */
    public Network(String name, long inputs, List<Integer> widths, long outputs) {
        this(name, inputs, widths, outputs, Activation.RELU);
    }

    /** @param widths of the hidden layers */
    public Network(String name, long inputs, List<Integer> widths, long outputs, Activation activation) {
        long columns = inputs;
        for (int i = 0; i < widths.size(); i++) {
            layers.add(new Dense(name + "." + i, columns, widths.get(i), activation));
            columns = widths.get(i);
        }
        layers.add(new Dense(name + "." + widths.size(), columns, outputs, Activation.IDENTITY));
    }

    public Value apply(Value x) {
        Value y = x;
        for (Dense layer : layers) {
            y = layer.apply(y);
        }
        return y;
    }
}
