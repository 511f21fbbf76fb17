package io.elbo4j.train.graph;

import io.elbo4j.Backend;
import io.elbo4j.Indices;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.Storage;
import io.elbo4j.train.schedule.Schedule;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What nodes and objectives see of a step that is compiled, and what they have added to it. */
final class StepPlan implements Plan, AutoCloseable {
    /** The noise of a node that has {@code rowsPerRow} rows for each row of the batch. */
    record NodeNoise(Noise noise, long rowsPerRow, boolean fixed) {}

    /** Rows of a worker's part of the batch, and the place for those of all parts. */
    record Gather(Matrix own, Matrix whole) {}

    private record NoiseOf(Node node, String role) {
        String name() {
            return role.isEmpty() ? node.name() : role + " of " + node.name();
        }
    }

    private final StepBuilder of;
    private final @Nullable Indices order;
    private final Buffers buffers;
    private final MeanWeights meanWeights;
    private final Needed needed;
    private final List<Node> nodes;
    private final Set<Node> computed;
    private final Map<Value, Matrix> values = new HashMap<>();
    private final List<Launch> launches = new ArrayList<>();
    private final Map<Launch, Node> owners = new IdentityHashMap<>();
    private final Parts parts = new Parts();
    private final List<Gather> gathers = new ArrayList<>();
    private final Map<Buffers.Key, List<Float>> constants = new HashMap<>();
    private final Map<NoiseOf, NodeNoise> noises = new LinkedHashMap<>();
    private final Map<Term, Matrix> terms = new LinkedHashMap<>();
    private final Set<Storage> kept = new HashSet<>();
    private final List<Matrix> forwardBuffers = new ArrayList<>();
    private boolean forward = true;
    private @Nullable Node node;
    private int forwardLaunches;
    private boolean trains;
    private boolean combines;
    private Weights weights = new Weights(this, null);
    private @Nullable Gradients gradients;
    private @Nullable Matrix bound;
    private long learnedRows;

    /** @param lifetimes null to learn them */
    StepPlan(StepBuilder of, @Nullable Indices order, @Nullable Lifetimes lifetimes) {
        this.of = of;
        this.order = order;
        this.buffers = new Buffers(of.backend, lifetimes);
        this.meanWeights = new MeanWeights(of.backend);
        this.needed = new Needed(of);
        this.nodes = needed.nodes();
        this.computed = Set.copyOf(nodes);
    }

    @Override
    public void close() {
        buffers.close();
        meanWeights.close();
    }

    // for the one that compiles it

    /** What is run, in this order. */
    List<Node> nodes() {
        return nodes;
    }

    /** The node whose turn it is. */
    void at(Node next) {
        node = next;
    }

    void endForward() {
        forward = false;
        forwardLaunches = launches.size();
        buffers.all().values().forEach(b -> forwardBuffers.add(b.matrix()));
    }

    /**
     * From here on the gradients are those of an objective.
     *
     * @param trained parameters that want one
     */
    void begin(Objective objective, Set<Parameter> trained) {
        weights = new Weights(this, objective);
        gradients = new Gradients(this, buffers, of.parameters, nodes, trained, of.given, of.differentiated, launches);
    }

    /** In every run, since it gives the bound. */
    void combine(Objective objective, boolean toTrain) {
        trains = toTrain;
        combines = true;
        objective.combine(terms.keySet().stream().filter(objective::takes).toList(), this);
        trains = false;
        combines = false;
    }

    /** Whether a value has a gradient to pass on: by what was computed from it, or by its own terms. */
    boolean isReached(Value v) {
        return gradients().wants(v) && (gradients.has(v) || v.terms().stream().anyMatch(weights::takes));
    }

    /** Adds launches that a run needs only where one of these trainings is due. */
    void part(List<Training> needing, Runnable add) {
        int begin = launches.size();
        add.run();
        BitSet numbers = new BitSet();
        needing.forEach(training -> numbers.set(of.trainings.indexOf(training)));
        parts.add(begin, launches.size(), numbers);
    }

    Update update(Training training, Set<Parameter> named, Set<Parameter> trained) {
        return new Update(training, of.parameters, gradients, buffers, named, trained);
    }

    /**
     * Learns how long buffers are needed, from the launches of a step that was compiled to plan it.
     *
     * @param all its launches
     */
    Lifetimes lifetimes(List<Launch> all) {
        if (of.keepAll || !of.trainings.isEmpty()) {
            // the backward pass needs them anyway, and a number that is not finite has to be found
            forwardBuffers.forEach(m -> kept.add(m.storage()));
        }
        if (of.keepAll) {
            buffers.all().values().forEach(b -> kept.add(b.matrix().storage()));
        }
        of.wanted.forEach(v -> kept.add(value(v).storage()));
        of.given.forEach(v -> kept.add(value(v).storage()));
        of.differentiated.forEach(v -> kept.add(gradient(v).storage()));
        terms.values().forEach(m -> kept.add(m.storage()));
        if (bound != null) {
            kept.add(bound.storage());
        }
        return new Lifetimes(buffers, all, kept);
    }

    // what the step reads

    List<Launch> launches() {
        return launches;
    }

    /** The buffers that hold after such a run what it computed them for, in the order of their first use. */
    List<Buffers.Buffer> whole(BitSet due) {
        return buffers.whole(launches, run(due));
    }

    /** What matrices were filled with. */
    Map<Buffers.Key, List<Float>> constants() {
        return constants;
    }

    List<Gather> gathers() {
        return gathers;
    }

    /** Those of a run in which these trainings are due, by their numbers. */
    List<Launch> launches(BitSet due) {
        return run(due).stream().mapToObj(launches::get).toList();
    }

    /** The numbers of those of a run in which these trainings are due. */
    BitSet run(BitSet due) {
        return parts.run(due, launches.size());
    }

    /** Those of the forward pass: what the terms are computed by. */
    List<Launch> forwardLaunches() {
        return launches.subList(0, forwardLaunches);
    }

    /** The node whose turn it was; null for a launch of an objective, an optimiser or a sum of totals. */
    @Nullable
    Node owner(Launch launch) {
        return owners.get(launch);
    }

    /** Rows of the longest parameter of which it changes the rows of the batch alone; 0 if there is none. */
    long learnedRows() {
        return learnedRows;
    }

    Map<Term, Matrix> terms() {
        return terms;
    }

    Matrix totals(long count) {
        Matrix totals = buffers.get(of.graph, "totals", "totals of the objective", 1, count);
        kept.add(totals.storage());
        return totals;
    }

    @Nullable
    Matrix boundOrNull() {
        return bound;
    }

    Buffers buffers() {
        return buffers;
    }

    MeanWeights meanWeights() {
        return meanWeights;
    }

    Collection<NodeNoise> noises() {
        return noises.values();
    }

    // what is being compiled

    @Override
    public Backend backend() {
        return of.backend;
    }

    @Override
    public Node node() {
        if (node == null) {
            throw new IllegalStateException("no node is being compiled");
        }
        return node;
    }

    @Override
    public boolean training() {
        return !of.trainings.isEmpty();
    }

    @Override
    public boolean trains(Parameter parameter) {
        return of.trainings.stream().anyMatch(t -> t.parameters().isEmpty() || t.parameters().contains(parameter));
    }

    @Override
    public long batch() {
        return of.rows;
    }

    @Override
    public long wholeRows(Rows rows) {
        return rows.has(Axis.BATCH) ? ofWhole(rows(rows)) : rows(rows);
    }

    /** So many rows are as many for each of the batch. */
    private long ofWhole(long rows) {
        return of.share == null ? rows : rows / of.rows * of.share.batch();
    }

    @Override
    public Matrix whole(Object owner, String role, Matrix own, Rows rows) {
        if (of.share == null || !rows.has(Axis.BATCH)) {
            return own;
        }
        Matrix whole = buffers.get(owner, role, ofWhole(own.rows()), own.columns());
        gathers.add(new Gather(own, whole));
        kept.add(own.storage());
        kept.add(whole.storage());
        return whole;
    }

    @Override
    public long samples() {
        return of.samples;
    }

    @Override
    public long rows(Value value) {
        return rows(value.rows());
    }

    @Override
    public long rows(Rows rows) {
        return rows.count(of::size);
    }

    // buffers

    @Override
    public Matrix buffer(Object owner, String role, long rows, long columns) {
        return buffers.get(owner, role, rows, columns);
    }

    @Override
    public Matrix newBuffer(Object owner, String role, long rows, long columns) {
        String free = role;
        for (int i = 2; buffers.has(owner, free); i++) {
            free = role + " (" + i + ")";
        }
        return buffer(owner, free, rows, columns);
    }

    @Override
    public Matrix ownBuffer(Object owner, String role, long rows, long columns) {
        Matrix own = newBuffer(owner, role, rows, columns);
        kept.add(own.storage());
        return own;
    }

    @Override
    public Matrix constant(Object owner, String role, long rows, long columns, float value) {
        boolean isNew = !buffers.has(owner, role);
        Matrix filled = buffer(owner, role, rows, columns);
        constants.put(new Buffers.Key(owner, role), List.of(value));
        if (isNew && !buffers.planning()) {
            io.elbo4j.operation.Rows.fill(value, filled).run();
        }
        return filled;
    }

    @Override
    public Matrix constant(Object owner, String role, long rows, float[] numbers) {
        boolean isNew = !buffers.has(owner, role);
        Matrix filled = buffer(owner, role, rows, numbers.length / rows);
        constants.put(new Buffers.Key(owner, role), IntStream.range(0, numbers.length).mapToObj(i -> numbers[i])
                .toList());
        if (isNew && !buffers.planning()) {
            filled.set(numbers);
        }
        return filled;
    }

    @Override
    public Matrix value(Value value) {
        if (!values.containsKey(value)) {
            requireComputed(value);
        }
        return place(value);
    }

    /** The matrix of a value, also of one that this step does not compute. */
    Matrix place(Value value) {
        Matrix known = values.get(value);
        if (known == null) {
            // what is given has a place of its own, whatever it would be a view of
            known = of.given.contains(value) ? buffer(value, "", rows(value), value.columns())
                    : of.graph.owned(value).place(this);
            values.put(value, known);
        }
        return known;
    }

    /** A buffer that nothing writes would be read as zeros. */
    private void requireComputed(Value value) {
        boolean byHand = of.given.contains(value) || value instanceof Input && of.source == null;
        if (!byHand && !computed.contains(value)) {
            throw new IllegalArgumentException("'" + value.name() + "' is not computed by this step: say want('" + value
                    .name() + "') before it is compiled; a node names what it reads among its inputs, an objective"
                    + " among its values");
        }
    }

    @Override
    public Matrix parameter(Parameter parameter) {
        return of.parameters.get(parameter).value();
    }

    @Override
    public Noise noise(Node owner, String role, Rows rows) {
        int stream = training() ? Streams.TRAINING
                : of.fromPriors ? Streams.DECODING : Streams.EVALUATION;
        return noises.computeIfAbsent(new NoiseOf(owner, role),
                noiseOf -> new NodeNoise(Streams.named(of.seed, noiseOf.name(), stream), rows.has(Axis.BATCH) ? rows(
                        rows) / of.rows
                        : 0, of.sameData && !rows.has(Axis.SAMPLE))).noise();
    }

    // launches

    @Override
    public void launch(Launch... together) {
        launches.addAll(List.of(together));
        if (!combines) {
            List.of(together).forEach(l -> owners.put(l, node));
        }
        if (gradients != null) {
            gradients.addPending();
        }
    }

    @Override
    public void read(Input input) {
        if (of.source != null) {
            long columns = rows(input) / of.rows * input.columns();
            Indices places = of.source.places() != null ? of.source.places() : order(input);
            launch(io.elbo4j.operation.Rows.gather(of.source.of(input, columns), places,
                    value(input).reshape(of.rows, columns)));
        }
    }

    @Override
    public Indices order(Node node) {
        if (order == null) {
            throw new IllegalArgumentException("'" + node.name() + "' needs the numbers of the data's rows: a step with"
                    + " it must read data");
        }
        return order;
    }

    // terms of the objective

    @Override
    public Optional<Matrix> term(Term term) {
        if (!needed.takes(term)) {
            return Optional.empty();
        }
        return Optional.of(terms.computeIfAbsent(term, t -> buffer(t.owner(), t.role().words(), rows(t.rows()), 1)));
    }

    @Override
    public Optional<Matrix> weight(Term term) {
        return weights.of(term, forward);
    }

    @Override
    public boolean weighedBefore(Term term) {
        return weights.before(term);
    }

    @Override
    public Optional<Matrix> columnWeight(Term term) {
        return weights.ofColumns(term);
    }

    @Override
    public OptionalDouble priorShare() {
        return weights.priorShare();
    }

    @Override
    public void weigh(Term term, Matrix weight) {
        weights.put(term, weight);
    }

    @Override
    public boolean trains() {
        return trains;
    }

    @Override
    public void stopPosteriors(Optional<Matrix> weight) {
        weights.stopPosteriors(weight);
    }

    @Override
    public boolean posteriorsStopped() {
        return weights.posteriorsStopped();
    }

    @Override
    public Optional<Matrix> pathWeight(Value latent) {
        return weights.ofPath(latent);
    }

    @Override
    public Matrix meanWeight(Schedule schedule, Rows rows) {
        long count = rows(rows);
        long mean = wholeRows(new Rows(rows.axes().stream().filter(StepPlan::isMean).toList()));
        return buffers.planning() ? buffers.get(schedule, "weight of " + count + ", 1/" + mean, count, 1)
                : meanWeights.of(schedule, count, mean);
    }

    /** Over the other axes an objective is a sum. */
    private static boolean isMean(Axis axis) {
        return axis == Axis.BATCH || axis == Axis.SAMPLE;
    }

    @Override
    public Matrix bound(Rows rows) {
        bound = buffers.get(of.graph, "bound", "log mean weight", rows(rows), 1);
        return bound;
    }

    // gradients

    private Gradients gradients() {
        if (gradients == null) {
            throw new IllegalStateException("a step that does not train has no gradients");
        }
        return gradients;
    }

    @Override
    public boolean wants(Value value) {
        return gradients != null && gradients.wants(value);
    }

    @Override
    public boolean hasGradient(Value value) {
        return gradients().has(value);
    }

    @Override
    public Matrix gradient(Value own) {
        return gradients().of(own);
    }

    @Override
    public boolean gradientIsGated(Value own) {
        return gradients().isGated(own);
    }

    @Override
    public Matrix gradientOf(Value input, boolean gated) {
        return gradients().target(input, gated);
    }

    @Override
    public void parameterGradients(List<Parameter> parameters, Function<List<Matrix>, Launch> writer) {
        gradients().parameters(parameters, writer);
    }

    @Override
    public void rowGradient(Parameter parameter, Indices rows, Matrix gradient) {
        if (of.share != null) {
            throw new IllegalArgumentException("workers cannot share this step: '" + parameter.name()
                    + "' has a row for each of the data, of which each worker would change others");
        }
        gradients().rows(parameter, rows, gradient);
        learnedRows = Math.max(learnedRows, parameter.rows());
    }
}
