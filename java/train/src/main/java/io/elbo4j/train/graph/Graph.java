package io.elbo4j.train.graph;

import static io.elbo4j.ArgumentException.requireGiven;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A latent-variable model as a static graph of values. Two operations matter: {@link #latent} draws a latent variable
 * and {@link #observe} says what is seen; both give terms to an {@link Objective}, in nats per row of the batch,
 * nothing being averaged over dimensions (Kingma and Welling 2014, equation 3). Everything else is a node, a file each,
 * that anybody may write and {@link #add}.
 *
 * <pre>{@code
 * Graph g = new Graph();
 * Value x = g.input("x", 784);
 * Value h = Dense.of("encoder", x, 400, Activation.RELU);
 * Value z = g.latent("z", DiagonalGaussian.of("posterior", h, 20));
 * Value d = Dense.of("decoder", z, 400, Activation.RELU);
 * g.observe("reconstruction", new Bernoulli(Dense.of("logits", d, 784, Activation.IDENTITY)), x);
 * }</pre>
 *
 * The {@link Rows rows} of an operation have the axes of all of its inputs. Where an input has fewer, its rows are
 * repeated, and its gradient is the sum of theirs.
 *
 * <p>Build it once, then say what a {@link Step} of it does, for a backend and a number of rows.
 */
public final class Graph {
    private record Repeated(Value value, Rows rows) {}

    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<Repeated, Value> repeated = new HashMap<>();
    private final Map<Axis, Node> sized = new EnumMap<>(Axis.class);

    /** An empty graph. */
    public Graph() {}

    /**
     * Adds a node that was made of values of this graph.
     *
     * @return the node
     * @throws IllegalArgumentException if its name is taken, or that of one of its parameters by another one, if it has
     *     an input of another graph, or an axis another length
     */
    public <N extends Node> N add(N node) {
        requireFree(requireGiven("node", node).name());
        node.inputs().forEach(this::owned);
        for (Parameter p : node.parameters()) {
            Parameter known = parameters.get(p.name());
            if (known != null && known != p) {
                throw new IllegalArgumentException("this graph already has a parameter named '" + p.name() + "'");
            }
        }
        node.sizes().forEach((axis, size) -> {
            Node other = sized.get(axis);
            if (other != null && !other.sizes().get(axis).equals(size)) {
                throw new IllegalArgumentException("'" + node.name() + "' has " + size + " of the axis " + axis + ", '"
                        + other.name() + "' has " + other.sizes().get(axis));
            }
        });
        return allOrNothing(() -> {
            node.sizes().keySet().forEach(axis -> sized.putIfAbsent(axis, node));
            node.parameters().forEach(p -> parameters.put(p.name(), p));
            nodes.put(node.name(), node);
            if (node instanceof Value v) {
                v.addedTo(this);
            }
            node.added(this);
            return node;
        });
    }

    /** Where nodes are refused that others go with, none of them stays. */
    private <T> T allOrNothing(Supplier<T> adds) {
        int before = nodes.size();
        try {
            return adds.get();
        } catch (RuntimeException | Error e) {
            List<Node> kept = nodes().subList(0, before);
            nodes.values().retainAll(new HashSet<>(kept));
            parameters.values().retainAll(kept.stream().flatMap(n -> n.parameters().stream()).toList());
            repeated.values().retainAll(new HashSet<>(kept));
            sized.values().retainAll(new HashSet<>(kept));
            throw e;
        }
    }

    /** Data: one row of {@code columns} numbers per row of the batch. */
    public Value input(String name, long columns) {
        return input(name, columns, Rows.BATCH);
    }

    /**
     * Data with several rows of {@code columns} numbers per row of the batch: for BATCH x TIME a sequence, whose T
     * steps lie one after the other in a row of the data, T x columns numbers.
     *
     * @param rows with the axis BATCH
     */
    public Value input(String name, long columns, Rows rows) {
        return input(name, columns, rows, Support.REAL);
    }

    /**
     * Data that may be no other: what takes a data set, as a trainer, refuses one that is.
     *
     * @param rows with the axis BATCH
     * @param support what a row of the data may be
     */
    public Value input(String name, long columns, Rows rows, Support support) {
        return add(new Input(name, columns, rows, support));
    }

    /** How long an axis is, if a node fixes it. */
    public OptionalLong size(Axis axis) {
        Node by = sized.get(axis);
        return by == null ? OptionalLong.empty() : OptionalLong.of(by.sizes().get(axis));
    }

    /** z ~ q, under the prior that is the usual one for it: of a Gaussian N(0, I). */
    public Value latent(String name, Posterior q) {
        return latent(name, q, null);
    }

    /**
     * z ~ q, under a prior; null is the usual one for q. q and the prior may have different rows. Where any of them has
     * samples, as what depends on another latent variable, z has one for each of these; else K for each row of the
     * batch.
     *
     * @throws IllegalArgumentException if the two cannot be compared: they draw other things or have not equally many
     *     columns, or one has the components of a mixture that is missing. Then the graph is as it was
     */
    public Value latent(String name, Posterior q, @Nullable Distribution prior) {
        requireFree(requireGiven("name", name));
        requireGiven("q", q);
        String what = "latent '" + name + "'";
        Rows ofQ = rows(what, q);
        Rows rows = Latent.rowsOfParameters(prior == null ? ofQ : ofQ.union(rows(what, prior)));
        if (prior != null) {
            Latent.requireColumns(name, q, prior);
        }
        return allOrNothing(() -> add(q.with(v -> repeat(v, rows)).latent(name, prior == null ? null
                : prior.with(v -> repeat(v, rows)))));
    }

    /** Those of a distribution of this graph, without components. */
    private Rows rows(String what, Distribution of) {
        of.parameters().forEach(this::owned);
        if (of.rows().has(Axis.COMPONENT)) {
            throw new IllegalArgumentException(what + ": a " + of.getClass().getSimpleName() + " has rows of " + of
                    .rows() + ": the components are those of a Mixture, which sums them out");
        }
        return of.rows();
    }

    /**
     * log p(x) under a distribution whose parameters are values: a number for each row that any of them has.
     *
     * @throws IllegalArgumentException if x depends on parameters and the distribution has no gradient with respect to
     *     it, or p has the components of a mixture that is missing
     */
    public Observation observe(String name, Distribution p, Value x) {
        requireFree(requireGiven("name", name));
        requireGiven("p", p);
        requireGiven("x", x);
        Rows ofP = rows("observe '" + name + "'", p);
        if (owned(x).differentiable() && !p.differentiatesX()) {
            throw new IllegalArgumentException("observe '" + name + "': '" + x.name() + "' depends on parameters, but "
                    + p.getClass().getSimpleName() + " has no gradient with respect to what is observed");
        }
        Rows rows = ofP.union(x.rows());
        // kernels take a row of x for several rows side by side, but give a gradient for each row alone
        Value observed = x.differentiable() || !x.rows().lead(rows) ? repeat(x, rows) : x;
        return allOrNothing(() -> add(new Observation(name, p.observed(v -> repeat(v, rows)).at(observed), observed,
                rows)));
    }

    /**
     * A value as an operation of those rows needs it; what several need is repeated once. The components of a mixture
     * stay, for each of the rows: only the mixture sums them out.
     */
    public Value repeat(Value v, Rows wanted) {
        Rows rows = v.rows().has(Axis.COMPONENT) ? wanted.union(Rows.of(Axis.COMPONENT)) : wanted;
        if (owned(v).rows().equals(rows)) {
            return v;
        }
        Repeated key = new Repeated(v, rows);
        Value known = repeated.get(key);
        if (known == null) {
            // axes that do not lie beside each other are added one after the other
            Rows next = Repeat.next(v, rows);
            known = next.equals(rows) ? add(new Repeat(v, rows)) : repeat(repeat(v, next), rows);
            repeated.put(key, known);
        }
        return known;
    }

    /** That name, or if it is taken the name and a number: for layers that are applied several times. */
    public String freeName(String name) {
        String free = name;
        for (int i = 2; nodes.containsKey(free); i++) {
            free = name + "#" + i;
        }
        return free;
    }

    private void requireFree(String name) {
        if (nodes.containsKey(name)) {
            throw new IllegalArgumentException("the name '" + name + "' is already taken in this graph");
        }
    }

    /** @throws IllegalArgumentException naming the value, if it belongs to another graph, or to none */
    Value owned(Value v) {
        if (v.graph() != this) {
            throw new IllegalArgumentException("'" + v.name() + "' belongs to another graph");
        }
        return v;
    }

    public List<Parameter> parameters() {
        return List.copyOf(parameters.values());
    }

    /** All nodes, in the order in which they run. */
    public List<Node> nodes() {
        return List.copyOf(nodes.values());
    }

    /** The nodes of a kind, such as {@link Input}, {@link Latent} or {@link Observation}. */
    public <N extends Node> List<N> all(Class<N> kind) {
        return nodes.values().stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
