package io.elbo4j.train.graph;

import java.util.List;

/** One step of a model: how it runs forward, and backward with the gradient of its output known. */
abstract class Node {
    private final String name;
    private final List<Value> inputs;

    Node(String name, List<Value> inputs) {
        this.name = name;
        this.inputs = List.copyOf(inputs);
    }

    public final String name() {
        return name;
    }

    /** The values that it is computed from. */
    final List<Value> inputs() {
        return inputs;
    }

    /** Adds the launches that compute this node. */
    abstract void forward(Plan plan);

    /** Adds the launches that pass this node's gradient on to its inputs and parameters. */
    abstract void backward(Plan plan);
}
