package io.elbo4j.train.graph;

import io.elbo4j.operation.Binarise;
import java.util.List;

/** See {@link Graph#binarise}. */
final class Binarisation extends Value {
    private final Value probability;
    private final int stream;

    Binarisation(String name, Value probability, int stream) {
        super(name, probability.columns(), probability.rows(), List.of(probability), false);
        this.probability = probability;
        this.stream = stream;
    }

    @Override
    void forward(Plan plan) {
        plan.launch(Binarise.forward(plan.value(probability), plan.noise(stream, this), plan.value(this)));
    }

    @Override
    void backward(Plan plan) {
        // drawn data has no gradient
    }
}
