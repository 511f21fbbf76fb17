package io.elbo4j.train.graph;

import io.elbo4j.Activation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A latent-variable model as a static graph. Two operations matter: {@link #latent} draws a latent variable and adds a
 * KL term, {@link #observe} adds a log-likelihood term. The objective, the ELBO, is the sum of what was observed minus
 * the weighted sum of the KLs, in nats per row of the batch (Kingma and Welling 2014, equation 3); nothing is averaged
 * over dimensions.
 *
 * <pre>{@code
 * Graph g = new Graph();
 * Value x = g.input("x", 784);
 * Value h = g.dense("encoder", x, 400, Activation.RELU);
 * Value z = g.latent("z", g.gaussian("posterior", h, 20));
 * Value d = g.dense("decoder", z, 400, Activation.RELU);
 * g.observe("reconstruction", new BernoulliLogits(g.dense("logits", d, 784, Activation.IDENTITY)), x);
 * }</pre>
 *
 * Build it once, then {@link Step#compile} it for a backend and a number of rows.
 */
public final class Graph {
    private final List<Node> nodes = new ArrayList<>();
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<Input> inputs = new ArrayList<>();
    private final List<Latent> latents = new ArrayList<>();
    private final List<Observation> observations = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private int streams = Streams.NODES;

    /** An empty graph. */
    public Graph() {}

    /** Data: one row of {@code columns} numbers per row of the batch. */
    public Value input(String name, long columns) {
        Input input = add(new Input(name, columns));
        inputs.add(input);
        return input;
    }

    /** Zeros and ones drawn anew at every step with the probabilities {@code x}, in [0, 1] (dynamic binarisation). */
    public Value binarise(String name, Value x) {
        return add(new Binarisation(name, owned(x), streams++));
    }

    /**
     * activation(x W + b). Its parameters are {@code name.weight}, W: x.columns x units, inputs first, and
     * {@code name.bias}: 1 x units.
     */
    public Value dense(String name, Value x, long units, Activation activation) {
        requireFree(name);
        return add(new Dense(name, owned(x), parameter(Parameter.uniform(name + ".weight", x.columns(), units,
                x.columns())), parameter(Parameter.uniform(name + ".bias", 1, units, x.columns())), activation));
    }

    /** The columns of all values, side by side. */
    public Value concatenate(String name, Value... values) {
        return add(new Concatenation(name, List.of(values).stream().map(this::owned).toList()));
    }

    /** Columns {@code begin} (inclusive) to {@code end} (exclusive), without a copy. */
    public Value slice(String name, Value x, long begin, long end) {
        return add(new Slice(name, owned(x), begin, end));
    }

    /** One learned row that every row of the batch shares. */
    public Value shared(String name, long columns, float initially) {
        return add(new SharedRow(name, parameter(Parameter.constant(name, 1, columns, initially))));
    }

    /** One row of constants that every row of the batch shares. */
    public Value constant(String name, long columns, float value) {
        return add(new ConstantRow(name, columns, value));
    }

    /**
     * Two linear heads on x, computed in one product: mean and log-variance of a diagonal Gaussian. They share
     * {@code name.weight}, x.columns x 2 columns, and {@code name.bias}, whose columns are [mean | logVariance].
     */
    public DiagonalGaussian gaussian(String name, Value x, long columns) {
        Value both = dense(name, x, 2 * columns, Activation.IDENTITY);
        return new DiagonalGaussian(slice(name + ".mean", both, 0, columns),
                slice(name + ".logVariance", both, columns, 2 * columns));
    }

    /** z ~ q by the reparameterised sample, and KL(q || N(0, I)) in the objective. */
    public Value latent(String name, DiagonalGaussian q) {
        return latent(name, q, null);
    }

    /** z ~ q by the reparameterised sample, and KL(q || prior) in the objective; null is the standard normal. */
    public Value latent(String name, DiagonalGaussian q, @Nullable DiagonalGaussian prior) {
        Latent latent = add(new Latent(name, owned(q), prior == null ? null : owned(prior), streams++));
        latents.add(latent);
        return latent;
    }

    /** log p(x | likelihood's parameters) in the objective. */
    public void observe(String name, Likelihood likelihood, Value x) {
        likelihood.parameters().forEach(this::owned);
        observations.add(add(new Observation(name, likelihood, owned(x))));
    }

    private void requireFree(String name) {
        if (names.contains(name)) {
            throw new IllegalArgumentException("the name '" + name + "' is already taken in this graph");
        }
    }

    private <N extends Node> N add(N node) {
        requireFree(node.name());
        names.add(node.name());
        nodes.add(node);
        return node;
    }

    private Parameter parameter(Parameter p) {
        if (parameters.stream().anyMatch(other -> other.name().equals(p.name()))) {
            throw new IllegalArgumentException("this graph already has a parameter named '" + p.name() + "'");
        }
        parameters.add(p);
        return p;
    }

    private Value owned(Value v) {
        if (!nodes.contains(v)) {
            throw new IllegalArgumentException("'" + v.name() + "' belongs to another graph");
        }
        return v;
    }

    private DiagonalGaussian owned(DiagonalGaussian g) {
        return new DiagonalGaussian(owned(g.mean()), owned(g.logVariance()));
    }

    public List<Parameter> parameters() {
        return List.copyOf(parameters);
    }

    List<Node> nodes() {
        return nodes;
    }

    List<Input> inputs() {
        return inputs;
    }

    public List<Latent> latents() {
        return List.copyOf(latents);
    }

    public List<Observation> observations() {
        return List.copyOf(observations);
    }
}
