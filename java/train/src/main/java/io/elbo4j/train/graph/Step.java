package io.elbo4j.train.graph;

import io.elbo4j.Backend;
import io.elbo4j.FloatingPoint;
import io.elbo4j.Indices;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Readback;
import io.elbo4j.operation.Sums;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A graph compiled for a backend and a number of rows: buffers planned and allocated once, launches listed once.
 * Running it allocates nothing, but where {@linkplain Training#withEvery trainings} are due together for the first
 * time. Steps of one training run share {@link Parameters}; close a step to free its buffers.
 *
 * <p>A step is one thread's at a time, from saying its rows to reading its results: a call while another thread is in
 * one is refused, but two threads that call in turns get each other's rows. So give each thread a step of its own.
 * Steps of several threads may share a backend and, unless one of them trains, parameters and data. Any thread may
 * close a step.
 */
public final class Step implements AutoCloseable {
    private static final float[] NOTHING = {};

    /** Runs whose totals can be recorded before they are taken. */
    public static final int MOST_RECORDED = 64;

    private final StepBuilder of;
    private final StepPlan plan;
    private final long peak;
    private final long batch;
    private final @Nullable Indices order;
    private final @Nullable Indices ownOrder;
    private final Training[] trainings;
    /** One of each optimiser's. */
    private final Training[] optimised;
    /** For each set of trainings that were due together so far. */
    private final Map<BitSet, Segments> programs = new HashMap<>();
    private final Segments ofAll;
    private final @Nullable Partials partials;
    /** The numbers of the trainings that the last run was one of. */
    private final BitSet due = new BitSet();
    private final Term[] terms;
    /** What each row of a term counts in a sum over the rows of the batch. */
    private final double[] perSample;
    private final @Nullable Matrix totals;
    private final @Nullable Readback recorded;
    private final StepPlan.NodeNoise[] noises;
    private final @Nullable Distinct distinct;
    private final Turn turn = new Turn("this step");
    private long number;
    private long firstRow;

    Step(StepBuilder of) {
        this.of = of;
        this.batch = of.share == null ? of.rows : of.share.batch();
        this.ownOrder = of.source == null || of.order != null ? null : of.backend.indices(Math.toIntExact(of.rows));
        this.order = of.order != null ? of.order : ownOrder;
        this.trainings = of.trainings.toArray(Training[]::new);
        Map<Optimiser, Training> byOptimiser = new IdentityHashMap<>();
        this.optimised = of.trainings.stream().filter(t -> byOptimiser.put(t.optimiser(), t) == null)
                .toArray(Training[]::new);
        due.set(0, trainings.length);
        StepPlan compiled = null;
        try {
            StepPlan planned = new StepPlan(of, order, null);
            new Compilation(of, planned).compile();
            sum(planned);
            Lifetimes lifetimes = planned.lifetimes(planned.launches());
            this.peak = lifetimes.peak();
            this.partials = of.share == null ? null : partials(planned);
            compiled = new StepPlan(of, order, lifetimes);
            new Compilation(of, compiled).compile();
            this.totals = sum(compiled);
            if (partials != null) {
                partials.setChunks(compiled.launches());
            }
            this.ofAll = segments(compiled);
            programs.put((BitSet) due.clone(), ofAll);
            this.recorded = totals == null || trainings.length == 0 ? null
                    : of.backend.readback(totals, MOST_RECORDED);
        } catch (RuntimeException | Error e) {
            if (compiled != null) {
                compiled.close();
            }
            if (ownOrder != null) {
                ownOrder.close();
            }
            throw e;
        }
        this.plan = compiled;
        this.terms = plan.terms().keySet().toArray(Term[]::new);
        this.perSample = plan.terms().keySet().stream().mapToDouble(this::perSample).toArray();
        long learned = trainings.length == 0 ? 0 : plan.learnedRows();
        this.distinct = learned == 0 ? null : new Distinct(Math.toIntExact(learned));
        this.noises = plan.noises().toArray(StepPlan.NodeNoise[]::new);
    }

    /** What of a worker's step are sums over its part of the batch. */
    private Partials partials(StepPlan planned) {
        StepBuilder longer = of.copy();
        longer.rows++;
        Indices some = order == null ? null : of.backend.indices(Math.toIntExact(longer.rows));
        try {
            StepPlan other = new StepPlan(longer, some, null);
            new Compilation(longer, other).compile();
            sum(other);
            return new Partials(of.share, planned, other);
        } finally {
            if (some != null) {
                some.close();
            }
        }
    }

    /** Of a run in which those are due that are. */
    private Segments segments(StepPlan compiled) {
        return partials != null ? partials.segments(compiled, compiled.run(due))
                : Segments.of(of.backend, compiled.launches(due));
    }

    private double perSample(Term term) {
        return (double) (term.rows().has(Axis.BATCH) ? 1 : batch) / (term.rows().has(Axis.SAMPLE) ? of.samples : 1);
    }

    /** Adds the launches that sum the terms; their totals, or null if there are no terms. */
    private static @Nullable Matrix sum(StepPlan plan) {
        List<Matrix> all = new ArrayList<>();
        plan.terms().forEach((term, own) -> all.add(plan.whole(term, "all rows", own, term.rows())));
        if (all.isEmpty()) {
            return null;
        }
        Matrix totals = plan.totals(all.size());
        for (int i = 0; i < all.size(); i++) {
            plan.launch(Sums.rows(all.get(i).reshape(1, all.get(i).rows()), totals.columns(i, i + 1)));
        }
        return totals;
    }

    /**
     * A step of a graph, to be described and compiled.
     *
     * @param parameters of the graph, in the backend's memory
     */
    public static StepBuilder of(Graph graph, Parameters parameters, Backend backend) {
        return new StepBuilder(graph, parameters, backend);
    }

    /**
     * Rows of the data set for the next run: {@code source[from ... from + rows)}.
     *
     * @throws IllegalArgumentException if a row is there twice, of which the step changes a learned row
     */
    public Step rows(int[] source, int from) {
        if (ownOrder == null) {
            throw new IllegalStateException(order == null
                    ? "this step was compiled without data: set its inputs' values instead"
                    : "this step was compiled with an order of its own: say where in it, with rows(from)");
        }
        turn.begin();
        try {
            if (distinct != null) {
                distinct.require(source, from, ownOrder.count());
            }
            ownOrder.set(source, from + firstOwn());
        } finally {
            turn.end();
        }
        return this;
    }

    /** Rows of the data set for the next run: the {@code batch()} from {@code from} on in the order compiled with. */
    public Step rows(int from) {
        if (order == null || ownOrder != null) {
            throw new IllegalStateException("this step was compiled without an order of rows: give them instead");
        }
        turn.begin();
        try {
            order.position(from + firstOwn());
        } finally {
            turn.end();
        }
        return this;
    }

    /** The first row of the batch that this step computes. */
    private int firstOwn() {
        return of.share == null ? 0 : Math.toIntExact(of.share.first());
    }

    /**
     * Runs with the noise of that step; for what trains it is also the number of the step, counted from 0, which says
     * what of it is due: {@link Training#withEvery}.
     */
    public void run(long number) {
        run(number, 0);
    }

    /** Whether anything in it is drawn. */
    public boolean isRandom() {
        return noises.length > 0;
    }

    /**
     * Runs on rows that are rows {@code firstRow} and following of a larger whole: they have the noise that they would
     * have there.
     */
    public void run(long number, long firstRow) {
        // losses are summed in Java, on all backends
        FloatingPoint.requireNearest();
        turn.begin();
        try {
            this.number = number;
            this.firstRow = firstRow;
            for (StepPlan.NodeNoise n : noises) {
                n.noise().step(n.fixed() ? 0 : number).firstRow((firstRow + firstOwn()) * n.rowsPerRow());
            }
            plan.meanWeights().at(number);
            for (Training training : optimised) {
                if (number % training.every() == 0) {
                    training.optimiser().at(number / training.every());
                }
            }
            for (int i = 0; i < trainings.length; i++) {
                due.set(i, number % trainings[i].every() == 0);
            }
            Segments all = programOfDue();
            all.run();
            if (of.exchange != null && !all.meets()) {
                // who has nothing to tell must hear all the same that another one has ended
                of.exchange.sum(NOTHING);
            }
        } finally {
            turn.end();
        }
    }

    private Segments programOfDue() {
        Segments known = programs.get(due);
        if (known == null) {
            known = segments(plan);
            programs.put((BitSet) due.clone(), known);
        }
        return known;
    }

    /** Rows of the batch: of all workers together. */
    public long batch() {
        return batch;
    }

    /** The terms of a role summed over their owners and the rows of the last run, in nats, without any weight. */
    public double total(Term.Role role) {
        turn.begin();
        try {
            return totals == null ? 0 : total(role, totals.toArray());
        } finally {
            turn.end();
        }
    }

    /** 0 where there is no term of that role. */
    private double total(Term.Role role, float[] sums) {
        double total = 0;
        for (int i = 0; i < sums.length; i++) {
            if (terms[i].role() == role) {
                total += sums[i] * perSample[i];
            }
        }
        return total;
    }

    /** The totals of a run. */
    public final class Totals {
        private final float[] sums;

        private Totals(float[] sums) {
            this.sums = sums;
        }

        /** As {@link Step#total}. */
        public double get(Term.Role role) {
            return total(role, sums);
        }

        /** The KL, or where the objective takes log ratios of the samples instead, minus these. */
        public double kl() {
            boolean closed = Arrays.stream(terms).anyMatch(term -> term.role() == Term.Role.KL);
            return closed ? get(Term.Role.KL) : -get(Term.Role.LOG_RATIO);
        }

        public boolean isFinite() {
            return Arrays.stream(Term.Role.values()).allMatch(role -> Double.isFinite(get(role)));
        }
    }

    /** Keeps the totals of the last run for {@link #takeTotals}, without waiting for them. */
    public Step record() {
        turn.begin();
        try {
            recorded.record();
        } finally {
            turn.end();
        }
        return this;
    }

    /** The totals of the runs recorded since the last call, in order: waits for these runs. */
    public List<Totals> takeTotals() {
        turn.begin();
        try {
            List<Totals> taken = new ArrayList<>();
            for (float[] sums : recorded.take()) {
                taken.add(new Totals(sums));
            }
            return taken;
        } finally {
            turn.end();
        }
    }

    /**
     * The matrix of a value: to set it, if it is given or an input without data, or to read it, if the step was told to
     * want it or trains.
     *
     * @throws IllegalStateException if its memory holds something else after a run
     */
    public Matrix value(Value value) {
        Matrix matrix = plan.place(value);
        if (plan.buffers().isTemporary(matrix.storage())) {
            throw new IllegalStateException("'" + value.name() + "' is not kept by this step: say want('" + value.name()
                    + "') before it is compiled");
        }
        return matrix;
    }

    /**
     * Shows the launches of the forward pass in their order, and the node that each belongs to: for what makes
     * something else of them.
     */
    public void forEachLaunch(BiConsumer<Node, Launch> consumer) {
        plan.forwardLaunches().forEach(launch -> consumer.accept(plan.owner(launch), launch));
    }

    /** What was compiled: for tests, which compute it in another way. */
    StepPlan plan() {
        return plan;
    }

    /** Bytes of the buffers that the step has, and of those that it needs at one time at most. */
    public record Memory(long allocated, long needed) {}

    public Memory memory() {
        return new Memory(plan.buffers().elements() * Float.BYTES, peak * Float.BYTES);
    }

    /** A term of the last run, a number for each of its rows, in nats; empty if the step does not compute it. */
    public Optional<Matrix> term(Term term) {
        return Optional.ofNullable(plan.terms().get(term));
    }

    /**
     * What the objective came to in the last run, a number for each row of the batch, in nats.
     *
     * @throws IllegalStateException if the objective is a sum of its terms
     */
    public Matrix bound() {
        if (plan.boundOrNull() == null) {
            throw new IllegalStateException("the objective of this step is a sum of its terms: read their totals");
        }
        return plan.boundOrNull();
    }

    /**
     * The gradient of the loss with respect to a value that the step was told to differentiate; with several objectives
     * that of the last one that was trained.
     */
    public Matrix gradient(Value value) {
        if (!of.differentiated.contains(value)) {
            throw new IllegalArgumentException("this step was not told to differentiate '" + value.name() + "'");
        }
        return plan.gradient(value);
    }

    /**
     * How many kernels and copies a step in which all trainings run is on a device, once it is replayed as a graph; 0
     * before, and on a host.
     */
    public long nodes() {
        return ofAll.nodes();
    }

    /** How many times the workers meet in a step in which all trainings run. */
    public int phases() {
        return ofAll.phases();
    }

    /**
     * A place where a number is not finite.
     *
     * @param tensor its name
     * @param row of the tensor
     * @param rowOfBatch to which that belongs; empty where the tensor has no rows of the batch
     * @param value the number
     */
    public record NonFinite(String tensor, long row, OptionalLong rowOfBatch, float value) {}

    /**
     * The first tensor, in the order of computation, that held a NaN or an infinity in the last run; of what a training
     * step computed on its way back, what is still there. A step that does not train is run again for it, with all of
     * its tensors kept.
     */
    public Optional<NonFinite> firstNonFinite() {
        if (trainings.length > 0 || of.keepAll) {
            return firstNonFinite(plan.whole(due));
        }
        StepBuilder keeping = of.copy();
        keeping.keepAll = true;
        keeping.order = order;
        try (Step again = new Step(keeping)) {
            for (Value v : of.graph.all(Value.class)) {
                if (of.given.contains(v) || v instanceof Input && of.source == null) {
                    io.elbo4j.operation.Rows.copy(plan.value(v), again.plan.value(v)).run();
                }
            }
            again.run(number, firstRow);
            return firstNonFinite(again.plan.whole(again.due));
        }
    }

    private Optional<NonFinite> firstNonFinite(List<Buffers.Buffer> buffers) {
        for (Buffers.Buffer b : buffers) {
            float[] values = b.matrix().toArray();
            for (int i = 0; i < values.length; i++) {
                if (!Float.isFinite(values[i])) {
                    long row = i / b.matrix().columns();
                    return Optional.of(new NonFinite(b.name(), row, rowOfBatch(b, row), values[i]));
                }
            }
        }
        return Optional.empty();
    }

    private OptionalLong rowOfBatch(Buffers.Buffer buffer, long row) {
        long rows = buffer.matrix().rows();
        return rows(buffer.key()).has(Axis.BATCH) && rows % of.rows == 0 ? OptionalLong.of(firstOwn() + row / (rows
                / of.rows)) : OptionalLong.empty();
    }

    /** What a value, its gradient, or a term has rows for; of other buffers it is not known. */
    private static Rows rows(Buffers.Key key) {
        if (key.owner() instanceof Value v && (key.role().isEmpty() || key.role().equals("gradient"))) {
            return v.rows();
        }
        return key.owner() instanceof Node node ? node.terms().stream().filter(term -> term.role().words().equals(key
                .role())).map(Term::rows).findFirst().orElse(Rows.SHARED) : Rows.SHARED;
    }

    /** Frees its buffers, after the call of another thread; from then on calls are refused. */
    @Override
    public void close() {
        Launch.requireOutside("a step cannot be closed");
        turn.await();
        try {
            programs.values().forEach(Segments::close);
            if (recorded != null) {
                recorded.close();
            }
            plan.close();
            if (ownOrder != null) {
                ownOrder.close();
            }
        } finally {
            turn.end();
        }
    }
}
