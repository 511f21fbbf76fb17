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
 * The {@link Rows rows} of an operation have the axes of all of its inputs. Where an input has
 * fewer, its rows are repeated, and its gradient is the sum of theirs.
 *
 * <p>Build it once, then {@link Step#compile} it for a backend and a number of rows.
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

    /**
     * Zeros and ones drawn anew at every step with the probabilities {@code x}, in [0, 1] (dynamic binarisation).
     *
     * @throws IllegalArgumentException if x depends on parameters: what is drawn has no gradient with respect to them
     */
    public Value binarise(String name, Value x) {
        if (owned(x).differentiable()) {
            throw new IllegalArgumentException("binarise '" + name + "': '" + x.name() + "' depends on parameters, but"
                    + " what is drawn has no gradient with respect to its probabilities");
        }
        return add(new Binarisation(name, repeat(x, x.rows().union(Rows.BATCH)), streams++));
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

    /** The columns of all values, side by side; its rows have the axes of all of them. */
    public Value concatenate(String name, Value... values) {
        requireFree(name);
        List<Value> parts = List.of(values).stream().map(this::owned).toList();
        Rows rows = Value.union(parts);
        return add(new Concatenation(name, parts.stream().map(part -> repeat(part, rows)).toList()));
    }

    /** Columns {@code begin} (inclusive) to {@code end} (exclusive), without a copy. */
    public Value slice(String name, Value x, long begin, long end) {
        return add(new Slice(name, owned(x), begin, end));
    }

    /** One learned row that all rows share. */
    public Value shared(String name, long columns, float initially) {
        return add(new SharedRow(name, parameter(Parameter.constant(name, 1, columns, initially))));
    }

    /** One row of constants that all rows share. */
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

    /**
     * z ~ q by the reparameterised sample, and KL(q || prior) in the objective; null is the standard normal. q and the
     * prior may have different rows. Where any of them has samples, as what depends on another latent variable, z has
     * one for each of these; else K for each row of the batch.
     */
    public Value latent(String name, DiagonalGaussian q, @Nullable DiagonalGaussian prior) {
        requireFree(name);
        Rows ofBoth = owned(q).rows().union(prior == null ? Rows.SHARED : owned(prior).rows());
        Rows single = ofBoth.union(Rows.BATCH);
        Rows sampled = single.union(Rows.of(Axis.SAMPLE));
        // the kernel draws the samples of a row side by side
        Rows rows = single.lead(sampled) ? single : sampled;
        Latent latent = add(new Latent(name, q.map(v -> repeat(v, rows)),
                prior == null ? null : prior.map(v -> repeat(v, rows)), streams++));
        latents.add(latent);
        return latent;
    }

    /**
     * log p(x | likelihood's parameters) in the objective: a number for each row that any of them has.
     *
     * @throws IllegalArgumentException if x depends on parameters and the likelihood has no gradient with respect to it
     */
    public void observe(String name, Likelihood likelihood, Value x) {
        requireFree(name);
        likelihood.parameters().forEach(this::owned);
        if (owned(x).differentiable() && !likelihood.differentiatesX()) {
            throw new IllegalArgumentException("observe '" + name + "': '" + x.name() + "' depends on parameters, but "
                    + likelihood.getClass().getSimpleName() + " has no gradient with respect to what is observed");
        }
        Rows rows = Value.union(likelihood.parameters()).union(x.rows());
        // kernels take a row of x for several rows side by side, but give a gradient for each row alone
        Value observed = x.differentiable() || !x.rows().lead(rows) ? repeat(x, rows) : x;
        observations.add(add(new Observation(name, likelihood.withParameters(v -> repeat(v, rows)), observed)));
    }

    /** A value as an operation of those rows needs it; what several need is repeated once. */
    private Value repeat(Value v, Rows rows) {
        if (v.rows().equals(rows)) {
            return v;
        }
        return nodes.stream().filter(node -> node instanceof Repeat r && r.repeats(v, rows)).map(Repeat.class::cast)
                .findFirst().orElseGet(() -> add(new Repeat(v, rows)));
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

    /** @throws IllegalArgumentException naming the value, if it belongs to another graph */
    Value owned(Value v) {
        if (!nodes.contains(v)) {
            throw new IllegalArgumentException("'" + v.name() + "' belongs to another graph");
        }
        return v;
    }

    private DiagonalGaussian owned(DiagonalGaussian g) {
        return g.map(this::owned);
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
