package io.elbo4j.train.graph;

import static io.elbo4j.ArgumentException.requireGiven;

import java.util.List;
import java.util.Map;

/**
 * One step of a model: how it runs forward, and backward with the gradient of its output known. Most nodes are
 * {@link Value}s; the others add a term to the objective. Anybody may write one: it adds launches to a {@link Plan}.
 */
public abstract class Node {
    private final String name;
    private final List<Value> inputs;
    private final List<Parameter> parameters;

    /**
     * @param name its path, unique in its graph: its noise is a function of it
     * @param inputs the values that it is computed from, of one graph
     * @param parameters those that it reads itself
     */
    protected Node(String name, List<Value> inputs, List<Parameter> parameters) {
        this.name = requireGiven("name", name);
        this.inputs = List.copyOf(inputs);
        this.parameters = List.copyOf(parameters);
    }

    public final String name() {
        return name;
    }

    /** The values that it is computed from. */
    public final List<Value> inputs() {
        return inputs;
    }

    /** The parameters that it reads itself. */
    public final List<Parameter> parameters() {
        return parameters;
    }

    /** How long axes are that this node fixes, as the learned components of a mixture do. */
    protected Map<Axis, Long> sizes() {
        return Map.of();
    }

    /** Called once it is in a graph: adds the nodes that go with it. */
    protected void added(Graph graph) {}

    /** What one of its inputs may be where that is data, as an index of a table. */
    public Support support(Value input) {
        return Support.REAL;
    }

    /** What it can give an objective: see {@link Plan#term}. */
    public List<Term> terms() {
        return List.of();
    }

    /** Adds the launches that compute this node. */
    protected abstract void forward(Plan plan);

    /**
     * Adds the launches that pass this node's gradient on to those of its inputs and parameters that
     * {@link Plan#wants} it. Nodes run backward in the reverse of the order in which they were added to the graph.
     */
    protected void backward(Plan plan) {}
}
