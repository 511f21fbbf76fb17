package io.elbo4j.train.graph;

/** One step of a model: how it runs forward, and backward with the gradient of its output known. */
abstract class Node {
    private final String name;

    Node(String name) {
        this.name = name;
    }

    public final String name() {
        return name;
    }

    /** Adds the launches that compute this node. */
    abstract void forward(Plan plan);

    /** Adds the launches that pass this node's gradient on to its inputs and parameters. */
    abstract void backward(Plan plan);
}
