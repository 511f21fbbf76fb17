package io.elbo4j.train.graph;

import io.elbo4j.AdamStep;
import io.elbo4j.Backend;
import io.elbo4j.FloatingPoint;
import io.elbo4j.Indices;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Program;
import io.elbo4j.Readback;
import io.elbo4j.operation.Adam;
import io.elbo4j.operation.Clip;
import io.elbo4j.operation.LogMeanExp;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Sums;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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

    private final Graph graph;
    private final Plan plan;
    private final long batch;
    private final @Nullable Indices order;
    private final @Nullable Indices ownOrder;
    private final Program program;
    private final @Nullable AdamStep adam;
    private final List<Node> terms;
    private final @Nullable Matrix totals;
    private final @Nullable Readback recorded;
    private final Plan.NodeNoise[] noises;
    private final Program klGradients;
    private final Turn turn = new Turn("this step");
    private double klWeight = Double.NaN;

    private Step(Graph graph, Parameters parameters, Backend backend, long batch, StepSettings settings,
            @Nullable Source data, @Nullable Indices sharedOrder, @Nullable AdamStep adam, Set<Value> given) {
        if (batch < 1) {
            throw new IllegalArgumentException("a step needs at least 1 row, not " + batch);
        }
        boolean train = settings.mode() == StepSettings.Mode.TRAIN;
        if (train != (adam != null)) {
            throw new IllegalArgumentException("a training step, and no other, needs an AdamStep: the mode is "
                    + settings.mode());
        }
        this.graph = graph;
        this.batch = batch;
        this.adam = adam;
        this.ownOrder = data == null || sharedOrder != null ? null : backend.indices(Math.toIntExact(batch));
        this.order = sharedOrder != null ? sharedOrder : ownOrder;
        this.plan = new Plan(backend, parameters, settings, batch, input -> data == null ? null
                : Rows.gather(data.of(input), order, planned(input)));
        if (settings.mode() == StepSettings.Mode.DECODE) {
            Decoding.forward(graph, given, plan);
        } else {
            graph.nodes().forEach(node -> node.forward(plan));
        }
        if (settings.means()) {
            for (Observation o : graph.observations()) {
                o.likelihood().mean(plan, mean(o));
            }
        }
        this.terms = new ArrayList<>(plan.terms().keySet());
        this.totals = terms.isEmpty() ? null : plan.buffer("totals of the objective", 1, terms.size());
        List<Launch> all = plan.launches();
        if (train) {
            for (int i = graph.nodes().size() - 1; i >= 0; i--) {
                Node node = graph.nodes().get(i);
                if (!(node instanceof Value v) || v.differentiable()) {
                    node.backward(plan);
                }
            }
            update(parameters, settings, all);
        }
        if (settings.mode() == StepSettings.Mode.IMPORTANCE) {
            weigh(settings, all);
        }
        for (int i = 0; i < terms.size(); i++) {
            Matrix term = plan.terms().get(terms.get(i));
            all.add(Sums.rows(term.reshape(1, term.rows()), totals.columns(i, i + 1)));
        }
        this.program = new Program(backend, all);
        this.recorded = train ? backend.readback(totals, MOST_RECORDED) : null;
        this.noises = plan.noises().toArray(Plan.NodeNoise[]::new);
        this.klGradients = Program.notReplayed(backend, train ? terms.stream().filter(Latent.class::isInstance)
                .map(latent -> weigh(plan.klGradient(plan.terms().get(latent).rows()))).toList() : List.of());
        if (train) {
            klWeight(1);
        }
    }

    /** Compiles a training step whose inputs are set by hand. */
    public static Step train(Graph graph, Parameters parameters, Backend backend, long rows, StepSettings settings,
            AdamStep adam) {
        return new Step(graph, parameters, backend, rows, settings, null, null, adam, Set.of());
    }

    /** Compiles a training step whose inputs are rows of {@code data}. */
    public static Step train(Graph graph, Parameters parameters, Backend backend, long rows, StepSettings settings,
            Source data, AdamStep adam) {
        return new Step(graph, parameters, backend, rows, settings, data, null, adam, Set.of());
    }

    /** Compiles a training step whose only input is rows of {@code data}. */
    public static Step train(Graph graph, Parameters parameters, Backend backend, long rows, StepSettings settings,
            Matrix data, AdamStep adam) {
        return train(graph, parameters, backend, rows, settings, Source.of(graph, data), adam);
    }

    /**
     * Compiles a training step that takes its rows of {@code data} in an order that is set once for many steps, an
     * epoch's; {@link #rows(int)} says where in it. The step does not close {@code order}.
     */
    public static Step train(Graph graph, Parameters parameters, Backend backend, long rows, StepSettings settings,
            Source data, Indices order, AdamStep adam) {
        return new Step(graph, parameters, backend, rows, settings, data, order, adam, Set.of());
    }

    /** The same for a graph with one input. */
    public static Step train(Graph graph, Parameters parameters, Backend backend, long rows, StepSettings settings,
            Matrix data, Indices order, AdamStep adam) {
        return train(graph, parameters, backend, rows, settings, Source.of(graph, data), order, adam);
    }

    /**
     * Compiles a step from given values, set by hand, to the means of the observations. It runs what these need and
     * nothing else; a latent variable that they need and that is not given is drawn from its prior, once a row. Inputs
     * that they need are set by hand too.
     *
     * @throws IllegalArgumentException if a given value belongs to another graph
     */
    public static Step decode(Graph graph, Parameters parameters, Backend backend, long rows, long seed,
            Value... given) {
        return new Step(graph, parameters, backend, rows, StepSettings.decode(seed), null, null, null,
                Arrays.stream(given).map(graph::owned).collect(Collectors.toSet()));
    }

    /**
     * Compiles a step that changes no parameter and whose inputs are set by hand; if it decodes, all latent variables
     * are given.
     */
    public static Step compile(Graph graph, Parameters parameters, Backend backend, long rows, StepSettings settings) {
        return new Step(graph, parameters, backend, rows, settings, null, null, null, Set.copyOf(graph.latents()));
    }

    /** Compiles a step that changes no parameter and whose inputs are rows of {@code data}. */
    public static Step compile(Graph graph, Parameters parameters, Backend backend, long rows, StepSettings settings,
            Source data) {
        return new Step(graph, parameters, backend, rows, settings, data, null, null, Set.copyOf(graph.latents()));
    }

    /** Compiles a step that changes no parameter and whose only input is rows of {@code data}. */
    public static Step compile(Graph graph, Parameters parameters, Backend backend, long rows, StepSettings settings,
            Matrix data) {
        return compile(graph, parameters, backend, rows, settings, Source.of(graph, data));
    }

    private Matrix planned(Input input) {
        return plan.value(input);
    }

    /** Gradients of the parameters and Adam; without clipping Adam follows each gradient while it is in the cache. */
    private void update(Parameters parameters, StepSettings settings, List<Launch> all) {
        boolean clip = settings.maximumGradientNorm() < Double.POSITIVE_INFINITY;
        Matrix scale = clip ? clip(parameters.all(), settings, all) : null;
        for (Parameters.State s : parameters.all()) {
            if (!clip) {
                all.addAll(plan.gradientLaunches(s.parameter()));
            }
            all.add(Adam.update(s.value(), s.gradient(), s.firstMoment(), s.secondMoment(), adam, scale));
        }
    }

    /** Gradients and the scale of their global norm; sums over rows come last, so that workers meet less often. */
    private Matrix clip(List<Parameters.State> states, StepSettings settings, List<Launch> all) {
        Matrix squares = plan.buffer("squares of the gradients", 1, states.size());
        List<Launch> sums = new ArrayList<>();
        for (int i = 0; i < states.size(); i++) {
            Parameter parameter = states.get(i).parameter();
            Matrix gradient = states.get(i).gradient();
            Matrix sum = squares.columns(i, i + 1);
            all.addAll(plan.gradientLaunches(parameter));
            if (gradient.rows() == 1) {
                sums.add(Sums.rowsOfSquares(gradient, sum));
            } else {
                Matrix rows = plan.buffer("squares of the gradient of " + parameter.name(), gradient.rows(), 1);
                all.add(Sums.rowsOfSquares(gradient, rows));
                sums.add(Sums.rows(rows.reshape(1, rows.rows()), sum));
            }
        }
        Matrix scale = plan.buffer("scale of the gradients", 1, 1);
        all.addAll(sums);
        all.add(Clip.scale(squares, (float) settings.maximumGradientNorm(), scale));
        return scale;
    }

    /** Each element of a gradient becomes the weight of the KL, which is read when the launch runs. */
    private Launch weigh(Matrix gradient) {
        return Launch.of("weight of the KL", gradient.backend(), gradient.rows()).writes(gradient)
                .body((begin, end) -> new Rows.Fill((float) (klWeight / gradient.rows()), gradient).run(begin, end));
    }

    private void weigh(StepSettings settings, List<Launch> all) {
        Matrix sum = plan.buffer("log weights", batch * settings.samples(), 1);
        boolean first = true;
        for (Matrix part : plan.logWeights().values()) {
            // a term that does not depend on the samples counts for each of them
            boolean shared = part.rows() == 1;
            Matrix term = shared ? part.repeatRow(sum.rows()) : part;
            for (Matrix target : shared ? List.of(sum) : Repeat.each(sum, part.rows())) {
                all.add(first ? Rows.copy(term, target) : Rows.add(term, target));
            }
            first = false;
        }
        all.add(LogMeanExp.forward(sum.reshape(batch, settings.samples()), plan.buffer("log mean weight", batch, 1)));
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

    /** Weight of every KL in the objective of a training step; 1 before it is set. */
    public Step klWeight(double weight) {
        if (!(weight >= 0) || Double.isInfinite(weight)) {
            throw new IllegalArgumentException("klWeight must be a finite number of at least 0, not " + weight);
        }
        FloatingPoint.requireNearest();
        turn.begin();
        try {
            if (weight != klWeight) {
                weigh(weight);
            }
        } finally {
            turn.end();
        }
        return this;
    }

    /** Unlike a write it waits for nothing, and unlike a launch of its own it allocates nothing. */
    private void weigh(double weight) {
        double before = klWeight;
        klWeight = weight;
        try {
            klGradients.run();
        } catch (RuntimeException | Error e) {
            klWeight = before;
            throw e;
        }
    }

    /** Runs with the noise of that step; a training step is also Adam's step {@code number + 1}. */
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
            for (Plan.NodeNoise n : noises) {
                n.noise().step(n.fixed() ? 0 : number).firstRow(firstRow * n.rowsPerRow());
            }
            if (adam != null) {
                adam.at(number + 1);
            }
            program.run();
        } finally {
            turn.end();
        }
    }

    public long batch() {
        return batch;
    }

    /** Log-likelihood summed over the observations and the rows of the last run, in nats. */
    public double reconstructionTotal() {
        return total(Observation.class);
    }

    /** KL summed over the latent variables and the rows of the last run, in nats, without any weight. */
    public double klTotal() {
        return total(Latent.class);
    }

    private double total(Class<? extends Node> kind) {
        turn.begin();
        try {
            return total(kind, totals.toArray());
        } finally {
            turn.end();
        }
    }

    private double total(Class<? extends Node> kind, float[] sums) {
        double total = 0;
        for (int i = 0; i < sums.length; i++) {
            if (kind.isInstance(terms.get(i))) {
                total += sums[i] * ((double) batch / plan.terms().get(terms.get(i)).rows());
            }
        }
        return total;
    }

    /** The totals of a run. */
    public record Totals(double reconstruction, double kl) {}

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
                taken.add(new Totals(total(Observation.class, sums), total(Latent.class, sums)));
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

    /** The KL of each dimension of a latent variable, summed over the rows of the last evaluation, in nats. */
    public Matrix klPerDimension(Latent latent) {
        return plan.klPerDimension(latent);
    }

    /** The KL of each row of a latent variable, or the log-likelihood of each row of an observation, in nats. */
    Matrix term(Node node) {
        return plan.terms().get(node);
    }

    /** The mean of what is observed, where the settings asked for means. */
    public Matrix mean(Observation observation) {
        Value location = observation.likelihood().location();
        return plan.buffer("mean of " + observation.name(), plan.rows(location), location.columns());
    }

    /** log (1/K) sum_k p(x, z_k) / q(z_k | x) of each row, for an importance step of K samples. */
    public Matrix logMeanWeight() {
        return plan.buffer("log mean weight", batch, 1);
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
        for (Map.Entry<Plan.Key, Matrix> e : plan.buffers().entrySet()) {
            float[] values = e.getValue().toArray();
            for (int i = 0; i < values.length; i++) {
                if (!Float.isFinite(values[i])) {
                    return Optional.of(new NonFinite(e.getKey().name(), i / e.getValue().columns(), values[i]));
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
            klGradients.close();
            if (recorded != null) {
                recorded.close();
            }
            plan.buffers().values().forEach(Matrix::close);
            if (ownOrder != null) {
                ownOrder.close();
            }
        } finally {
            turn.end();
        }
    }
}
