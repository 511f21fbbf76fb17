package io.elbo4j.train.graph;

import io.elbo4j.Backend;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.Rows;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** A step being compiled: hands nodes their buffers, collects their launches, and keeps the books of the gradients. */
public final class Plan {
    /** Columns [begin, end) of a gradient buffer that hold a gradient already. */
    private record Written(long begin, long end) {}

    /**
     * The noise of a node that has {@code rowsPerRow} rows for each row of the batch. What is drawn for the data, not
     * for a latent variable, stays the same over the rounds of an importance-weighted estimate: they weigh one x.
     */
    record NodeNoise(Noise noise, long rowsPerRow, boolean fixed) {}

    /** A node may have any name, also one that looks like that of an auxiliary buffer. */
    record Key(boolean ofNode, String name) {}

    private record Pending(Matrix scratch, Matrix target) {}

    private final Backend backend;
    private final Parameters parameters;
    private final StepSettings settings;
    private final long batch;
    private final Map<Key, Matrix> buffers = new LinkedHashMap<>();
    private final Map<Value, Matrix> values = new HashMap<>();
    private final Map<Value, List<Written>> written = new HashMap<>();
    private final Set<Value> ungated = new HashSet<>();
    private final List<Pending> pending = new ArrayList<>();
    private final List<Launch> launches = new ArrayList<>();
    private final Map<Parameter, List<Launch>> parameterGradients = new LinkedHashMap<>();
    private final Map<Integer, NodeNoise> noises = new LinkedHashMap<>();
    private final Map<Node, Matrix> terms = new LinkedHashMap<>();
    private final Map<Node, Matrix> logWeights = new LinkedHashMap<>();
    private final Function<Input, Launch> gather;

    Plan(Backend backend, Parameters parameters, StepSettings settings, long batch, Function<Input, Launch> gather) {
        this.backend = backend;
        this.parameters = parameters;
        this.settings = settings;
        this.batch = batch;
        this.gather = gather;
    }

    // what is being compiled

    public boolean training() {
        return settings.mode() == StepSettings.Mode.TRAIN;
    }

    boolean importanceWeighted() {
        return settings.mode() == StepSettings.Mode.IMPORTANCE;
    }

    double freeBits() {
        return training() ? settings.freeBits() : 0;
    }

    boolean wantsKlPerDimension() {
        return freeBits() > 0 || settings.mode() == StepSettings.Mode.EVALUATE;
    }

    public long batch() {
        return batch;
    }

    /** How many rows a value has here. */
    public long rows(Value value) {
        return value.rows().count(this::size);
    }

    private long size(Axis axis) {
        return switch (axis) {
            case BATCH -> batch;
            case SAMPLE -> settings.samples();
            case MEMBER, TIME -> throw new IllegalArgumentException("a step has no size of the axis " + axis + " yet");
        };
    }

    // buffers

    /** The auxiliary buffer of that name, zeroed when new. */
    Matrix buffer(String name, long rows, long columns) {
        return buffer(new Key(false, name), rows, columns);
    }

    /** The buffer of a node's value. */
    Matrix ownBuffer(Node node, long rows, long columns) {
        return buffer(new Key(true, node.name()), rows, columns);
    }

    private Matrix buffer(Key key, long rows, long columns) {
        return buffers.computeIfAbsent(key, k -> backend.matrix(rows, columns)).requireShape(key.name(), rows, columns);
    }

    /** All buffers, in the order of their first use. */
    Map<Key, Matrix> buffers() {
        return buffers;
    }

    public Matrix value(Value value) {
        Matrix known = values.get(value);
        if (known == null) {
            known = value.place(this);
            values.put(value, known);
        }
        return known;
    }

    Matrix parameter(Parameter parameter) {
        return parameters.get(parameter).value();
    }

    Noise noise(int stream, Value drawn) {
        int offset = switch (settings.mode()) {
            case TRAIN -> 0;
            case EVALUATE, IMPORTANCE -> Streams.EVALUATION;
            case DECODE -> Streams.DECODING;
        };
        return noises.computeIfAbsent(stream, s -> new NodeNoise(new Noise(settings.seed(), s + offset),
                rows(drawn) / batch, importanceWeighted() && !drawn.rows().has(Axis.SAMPLE))).noise();
    }

    // launches

    public void launch(Launch launch) {
        launch(List.of(launch));
    }

    /** Launches that together write what {@link #target} gave. */
    void launch(List<Launch> together) {
        launches.addAll(together);
        for (Pending p : pending) {
            launches.add(Rows.add(p.scratch(), p.target()));
        }
        pending.clear();
    }

    void gatherInput(Input input) {
        Launch launch = gather.apply(input);
        if (launch != null) {
            launch(launch);
        }
    }

    /** Adds a launch for a parameter's gradient, after everything that goes row by row: so workers meet only once. */
    void parameterGradient(Parameter parameter, Function<Matrix, Launch> writer) {
        Matrix gradient = parameters.get(parameter).gradient();
        List<Launch> before = parameterGradients.computeIfAbsent(parameter, p -> new ArrayList<>());
        if (before.isEmpty()) {
            before.add(writer.apply(gradient));
        } else {
            Matrix scratch = buffer("another gradient of " + parameter.name(), parameter.rows(), parameter.columns());
            before.add(writer.apply(scratch));
            before.add(Rows.add(scratch, gradient));
        }
    }

    List<Launch> launches() {
        return launches;
    }

    /** What computes the gradient of a parameter; empty if nothing depends on it. */
    List<Launch> gradientLaunches(Parameter parameter) {
        return parameterGradients.getOrDefault(parameter, List.of());
    }

    Collection<NodeNoise> noises() {
        return noises.values();
    }

    // terms of the objective

    Matrix klTerm(Latent latent, long rows) {
        Matrix kl = buffer("KL of " + latent.name(), rows, 1);
        terms.put(latent, kl);
        return kl;
    }

    Matrix logLikelihoodTerm(Observation observation, long rows) {
        Matrix term = buffer("log-likelihood of " + observation.name(), rows, 1);
        terms.put(observation, term);
        logWeights.put(observation, term);
        return term;
    }

    Matrix logWeightTerm(Latent latent) {
        Matrix term = buffer("log p / q of " + latent.name(), rows(latent), 1);
        logWeights.put(latent, term);
        return term;
    }

    /** Per-row KL of each latent and log-likelihood of each observation. */
    Map<Node, Matrix> terms() {
        return terms;
    }

    /** Per-sample terms of log p(x, z) - log q(z | x). */
    Map<Node, Matrix> logWeights() {
        return logWeights;
    }

    Matrix klPerDimension(Latent latent) {
        return buffer("KL per dimension of " + latent.name(), 1, latent.columns());
    }

    Matrix columnWeight(Latent latent) {
        return buffer("free bits gate of " + latent.name(), 1, latent.columns());
    }

    /** Gradient of the loss with respect to a log-likelihood of {@code rows} rows: -1 / rows in every row. */
    public Matrix logLikelihoodGradient(long rows) {
        String name = "gradient of each of " + rows + " log-likelihoods";
        boolean isNew = !buffers.containsKey(new Key(false, name));
        Matrix gradient = buffer(name, rows, 1);
        if (isNew) {
            Rows.fill((float) (-1.0 / rows), gradient).run();
        }
        return gradient;
    }

    /** Gradient of the loss with respect to a KL of {@code rows} rows: set to klWeight / rows before every step. */
    Matrix klGradient(long rows) {
        return buffer("gradient of each of " + rows + " KLs", rows, 1);
    }

    // gradients of values

    private Matrix root(Value value) {
        Value root = value.root(this);
        return buffer("gradient of value " + root.name(), rows(root), root.columns());
    }

    boolean hasGradient(Value value) {
        return written.containsKey(value.root(this));
    }

    /** The complete gradient with respect to a value: what no consumer wrote is zero. */
    Matrix gradient(Value value) {
        completeGaps(value.root(this), 0, value.root(this).columns());
        long begin = value.rootColumn(this);
        return root(value).columns(begin, begin + value.columns());
    }

    boolean gradientIsGated(Value value) {
        return !ungated.contains(value.root(this));
    }

    /**
     * Where the next launch writes a gradient with respect to {@code value}, all of it. If others wrote there before,
     * it is a scratch buffer that is added after that launch.
     *
     * @param gated whether the launch passes only where a ReLU's output is above 0
     */
    Matrix target(Value value, boolean gated) {
        if (!gated) {
            ungated.add(value.root(this));
        }
        long begin = value.rootColumn(this);
        long end = begin + value.columns();
        Matrix target = root(value).columns(begin, end);
        List<Written> before = written.computeIfAbsent(value.root(this), v -> new ArrayList<>());
        if (before.stream().noneMatch(w -> w.begin() < end && begin < w.end())) {
            before.add(new Written(begin, end));
            return target;
        }
        completeGaps(value.root(this), begin, end);
        // numbered, because one launch may write several gradients of one value
        Matrix scratch = buffer("another gradient of " + value.name() + " (" + buffers.size() + ")", rows(value),
                value.columns());
        pending.add(new Pending(scratch, target));
        return scratch;
    }

    private void completeGaps(Value root, long begin, long end) {
        List<Written> before = written.computeIfAbsent(root, v -> new ArrayList<>());
        List<Written> sorted = before.stream().sorted((a, b) -> Long.compare(a.begin(), b.begin())).toList();
        long at = begin;
        for (Written w : sorted) {
            fillGap(root, before, at, Math.min(w.begin(), end));
            at = Math.max(at, w.end());
        }
        fillGap(root, before, at, end);
    }

    private void fillGap(Value root, List<Written> before, long begin, long end) {
        if (begin < end) {
            launches.add(Rows.fill(0, root(root).columns(begin, end)));
            before.add(new Written(begin, end));
        }
    }
}
