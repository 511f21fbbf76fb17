package io.elbo4j.train.graph;

import io.elbo4j.Backend;
import io.elbo4j.FloatingPoint;
import io.elbo4j.Indices;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Program;
import io.elbo4j.Readback;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Sums;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A graph compiled for a backend and a number of rows: buffers planned and allocated once, launches listed once.
 * Running it allocates nothing. Steps of one training run share {@link Parameters}; close a step to free its buffers.
 *
 * <p>A step is one thread's at a time, from saying its rows to reading its results: a call while another thread is in
 * one is refused, but two threads that call in turns get each other's rows. So give each thread a step of its own.
 * Steps of several threads may share a backend and, unless one of them trains, parameters and data. Any thread may
 * close a step.
 */
public final class Step implements AutoCloseable {
    /** Runs whose totals can be recorded before they are taken. */
    public static final int MOST_RECORDED = 64;

    private final Compilation plan;
    private final long batch;
    private final @Nullable Indices order;
    private final @Nullable Indices ownOrder;
    private final Program program;
    private final List<Optimiser> optimisers;
    private final List<Term> terms;
    private final @Nullable Matrix totals;
    private final @Nullable Readback recorded;
    private final Compilation.NodeNoise[] noises;
    private final Turn turn = new Turn("this step");

    Step(StepBuilder of) {
        this.batch = of.rows;
        Source source = of.source;
        this.ownOrder = source == null || of.order != null ? null : of.backend.indices(Math.toIntExact(batch));
        this.order = of.order != null ? of.order : ownOrder;
        this.optimisers = of.trainings.stream().map(Training::optimiser).distinct().toList();
        this.plan = new Compilation(of, input -> source == null ? null
                : Rows.gather(source.of(input), order, planned(input)));
        plan.compile();
        this.terms = new ArrayList<>(plan.terms().keySet());
        this.totals = terms.isEmpty() ? null : plan.buffer(this, "totals of the objective", 1, terms.size());
        List<Launch> all = plan.launches();
        for (int i = 0; i < terms.size(); i++) {
            Matrix term = plan.terms().get(terms.get(i));
            all.add(Sums.rows(term.reshape(1, term.rows()), totals.columns(i, i + 1)));
        }
        this.program = new Program(of.backend, all);
        this.recorded = totals == null || optimisers.isEmpty() ? null : of.backend.readback(totals, MOST_RECORDED);
        this.noises = plan.noises().toArray(Compilation.NodeNoise[]::new);
    }

    /**
     * A step of a graph, to be described and compiled.
     *
     * @param parameters of the graph, in the backend's memory
     */
    public static StepBuilder of(Graph graph, Parameters parameters, Backend backend) {
        return new StepBuilder(graph, parameters, backend);
    }

    private Matrix planned(Input input) {
        return plan.value(input);
    }

    /** Rows of the data set for the next run: {@code source[from ... from + rows)}. */
    public Step rows(int[] source, int from) {
        if (ownOrder == null) {
            throw new IllegalStateException(order == null
                    ? "this step was compiled without data: set its inputs' values instead"
                    : "this step was compiled with an order of its own: say where in it, with rows(from)");
        }
        turn.begin();
        try {
            ownOrder.set(source, from);
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
            order.position(from);
        } finally {
            turn.end();
        }
        return this;
    }

    /** Runs with the noise of that step; for what trains it is also the number of the step, counted from 0. */
    public void run(long number) {
        run(number, 0);
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
            for (Compilation.NodeNoise n : noises) {
                n.noise().step(n.fixed() ? 0 : number).firstRow(firstRow * n.rowsPerRow());
            }
            plan.meanWeights().at(number);
            for (Optimiser optimiser : optimisers) {
                optimiser.at(number);
            }
            program.run();
        } finally {
            turn.end();
        }
    }

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
            Term term = terms.get(i);
            if (term.role() == role) {
                total += sums[i] * ((double) batch / plan.terms().get(term).rows());
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

    /** The buffer of a value, to set it (an input, a latent variable to decode) or to read it. */
    public Matrix value(Value value) {
        return plan.value(value);
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

    /** The gradient of the loss with respect to a value that the step was told to differentiate. */
    public Matrix gradient(Value value) {
        return plan.gradient(value);
    }

    /** How many kernels and copies a step is on a device, once it is replayed as a graph; 0 before, and on a host. */
    public long nodes() {
        return program.nodes();
    }

    /** How many times the workers meet in a step. */
    public int phases() {
        return program.phases();
    }

    /** A place where a number is not finite: the tensor's name and its row. */
    public record NonFinite(String tensor, long row, float value) {}

    /** The first tensor, in the order of computation, that holds a NaN or an infinity after the last run. */
    public Optional<NonFinite> firstNonFinite() {
        for (Map.Entry<String, Matrix> e : plan.buffers().byName().entrySet()) {
            float[] values = e.getValue().toArray();
            for (int i = 0; i < values.length; i++) {
                if (!Float.isFinite(values[i])) {
                    return Optional.of(new NonFinite(e.getKey(), i / e.getValue().columns(), values[i]));
                }
            }
        }
        return Optional.empty();
    }

    /** Frees its buffers, after the call of another thread; from then on calls are refused. */
    @Override
    public void close() {
        Launch.requireOutside("a step cannot be closed");
        turn.await();
        try {
            program.close();
            plan.meanWeights().close();
            if (recorded != null) {
                recorded.close();
            }
            plan.buffers().close();
            if (ownOrder != null) {
                ownOrder.close();
            }
        } finally {
            turn.end();
        }
    }
}
