package io.elbo4j.train.graph;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Backend;
import io.elbo4j.Indices;
import io.elbo4j.Matrix;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says what a {@link Step} is to do. It computes the terms of its objectives and the values that are wanted, and what
 * these depend on; nothing else runs.
 */
public final class StepBuilder {
    final Graph graph;
    final Parameters parameters;
    final Backend backend;
    final List<Training> trainings = new ArrayList<>();
    final Set<Value> given = new LinkedHashSet<>();
    final Set<Value> wanted = new LinkedHashSet<>();
    final Set<Value> differentiated = new LinkedHashSet<>();
    long rows = 1;
    long samples = 1;
    long members = 1;
    long length = 1;
    long seed;
    @Nullable
    Share share;
    @Nullable
    Exchange exchange;
    @Nullable
    Source source;
    @Nullable
    Indices order;
    @Nullable
    Objective evaluated;
    boolean fromPriors;
    boolean sameData;
    boolean keepAll;

    StepBuilder(Graph graph, Parameters parameters, Backend backend) {
        this.graph = graph;
        this.parameters = parameters;
        this.backend = backend;
    }

    /** Rows of the batch, at least 1; 1 unless said. */
    public StepBuilder rows(long count) {
        require(count >= 1, "rows", "at least 1", count);
        rows = count;
        return this;
    }

    /** Samples of each latent variable for each row of the batch, at least 1; 1 unless said. */
    public StepBuilder samples(long count) {
        require(count >= 1, "samples", "at least 1", count);
        samples = count;
        return this;
    }

    /** Members of an ensemble, at least 1; unless said what the graph has, or 1. */
    public StepBuilder members(long count) {
        members = axis("members", Axis.MEMBER, count);
        return this;
    }

    /** Steps of a sequence, at least 1; unless said what the graph has, or 1. */
    public StepBuilder length(long steps) {
        length = axis("length", Axis.TIME, steps);
        return this;
    }

    private long axis(String argument, Axis axis, long count) {
        require(count >= 1, argument, "at least 1", count);
        long fixed = graph.size(axis).orElse(count);
        require(count == fixed, argument, fixed + ", as the graph's parameters have it", count);
        return count;
    }

    /** How long an axis is. */
    long size(Axis axis) {
        return switch (axis) {
            case BATCH -> rows;
            case SAMPLE -> samples;
            case TIME -> graph.size(axis).orElse(length);
            case MEMBER -> graph.size(axis).orElse(members);
            case COMPONENT -> graph.size(axis).orElse(1);
        };
    }

    /** Of all noise; 0 unless said. */
    public StepBuilder seed(long number) {
        seed = number;
        return this;
    }

    /** Inputs are rows of this data, which {@link Step#rows(int[], int)} chooses; unless said they are set by hand. */
    public StepBuilder read(Source data) {
        source = data;
        order = null;
        return this;
    }

    /** The only input is rows of this matrix. */
    public StepBuilder read(Matrix data) {
        return read(Source.of(graph, data));
    }

    /**
     * Inputs are rows of this data in an order that is set once for many steps, an epoch's; {@link Step#rows(int)} says
     * where in it. The step does not close {@code sharedOrder}.
     */
    public StepBuilder read(Source data, Indices sharedOrder) {
        source = data;
        order = sharedOrder;
        return this;
    }

    /** The only input is rows of this matrix, in that order. */
    public StepBuilder read(Matrix data, Indices sharedOrder) {
        return read(Source.of(graph, data), sharedOrder);
    }

    /**
     * The step of one of several workers, each of which computes a part of every batch, and has all sums over the batch
     * from all of them: parameters and totals are those of one worker to the bit. {@link #rows} are those of the whole
     * batch. As many workers share a batch as the largest power of two that divides its rows and is at most a 32nd of
     * them; the others are idle meanwhile, and where that is 1, each computes the whole batch. They meet in every run.
     * What reads several rows of the batch at once is refused when the step is compiled, and so are parameters with a
     * row for each of the data, launches that run no operation, and arguments that depend on the rows of a part.
     *
     * <p>A value, a term, a bound and a gradient of a value have the worker's own rows.
     */
    public StepBuilder workers(Exchange between) {
        exchange = between;
        return this;
    }

    /** Trains all parameters that the objective depends on. */
    public StepBuilder minimise(Objective objective, Optimiser optimiser) {
        return minimise(Training.of(objective, optimiser));
    }

    /**
     * Trains; may be said several times, for parameters of different names.
     *
     * @throws IllegalArgumentException if it has the optimiser of a training of another period
     */
    public StepBuilder minimise(Training training) {
        for (Training other : trainings) {
            if (other.optimiser().counting() == training.optimiser().counting() && other.every() != training.every()) {
                throw new IllegalArgumentException("trainings '" + other.name() + "' and '" + training.name()
                        + "' share an optimiser, which counts its updates, but the first runs every " + other.every()
                        + " and the second every " + training.every() + " steps: give each one of its own");
            }
        }
        trainings.add(training);
        return this;
    }

    /** Computes an objective and its terms, and trains nothing. */
    public StepBuilder evaluate(Objective objective) {
        evaluated = objective;
        return this;
    }

    /** These values are set by hand: what they are computed from is not run for them. */
    public StepBuilder given(Value... values) {
        for (Value v : values) {
            given.add(graph.owned(v));
        }
        return this;
    }

    /** Latent variables that are not given are drawn from their priors: their posteriors are not run. */
    public StepBuilder fromPriors() {
        fromPriors = true;
        return this;
    }

    /** Computes these values, to be read after a run. */
    public StepBuilder want(Value... values) {
        for (Value v : values) {
            wanted.add(graph.owned(v));
        }
        return this;
    }

    /**
     * A step also computes the gradients of its loss with respect to these inputs, or values that are given:
     * {@link Step#gradient}. The loss of a step that trains nothing is what it evaluates.
     *
     * @throws IllegalArgumentException if one is no input and not {@linkplain #given given} yet, or is observed
     */
    public StepBuilder differentiate(Value... values) {
        for (Value v : values) {
            if (!(graph.owned(v) instanceof Input) && !given.contains(v)) {
                throw new IllegalArgumentException("a step gives gradients with respect to inputs and what is given,"
                        + " which '" + v.name() + "' is not");
            }
            for (Observation o : graph.all(Observation.class)) {
                if (Reachable.nodes(graph, List.of(o.x()), Set.of(), false).contains(v)) {
                    throw new IllegalArgumentException("a step gives no gradient with respect to '" + v.name()
                            + "', which is observed by '" + o.name() + "'");
                }
            }
            differentiated.add(v);
        }
        return this;
    }

    /**
     * What is drawn for the data, not for a latent variable, is the same in all runs, as that of run 0: for estimates
     * whose rounds weigh one x.
     */
    public StepBuilder sameData() {
        sameData = true;
        return this;
    }

    /** No two buffers share memory: after a run all of them hold what was computed. */
    public StepBuilder keepAll() {
        keepAll = true;
        return this;
    }

    /** Another step of the same, which can be changed. */
    StepBuilder copy() {
        StepBuilder copy = new StepBuilder(graph, parameters, backend);
        copy.trainings.addAll(trainings);
        copy.given.addAll(given);
        copy.wanted.addAll(wanted);
        copy.differentiated.addAll(differentiated);
        copy.rows = rows;
        copy.samples = samples;
        copy.members = members;
        copy.length = length;
        copy.seed = seed;
        copy.source = source;
        copy.order = order;
        copy.evaluated = evaluated;
        copy.fromPriors = fromPriors;
        copy.sameData = sameData;
        copy.exchange = exchange;
        copy.share = share;
        copy.keepAll = keepAll;
        return copy;
    }

    /**
     * Plans and allocates.
     *
     * @throws IllegalArgumentException if data does not fit the inputs, parameters are another graph's, or the step
     *     would train a parameter twice
     */
    public Step compile() {
        StepBuilder own = copy();
        if (exchange != null) {
            Share share = Share.of(exchange, rows);
            // what nobody shares each of them computes whole
            own.share = share.parts() == 1 ? null : share;
            own.rows = share.rows();
        }
        return new Step(own);
    }
}
