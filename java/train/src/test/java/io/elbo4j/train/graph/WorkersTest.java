package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.Sums;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.PenaltySettings;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.DataKinds;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.KlPerDimension;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.DenseOfMembers;
import io.elbo4j.train.layer.Gru;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.ModelKind;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.model.Settings;
import io.elbo4j.train.objective.Capacity;
import io.elbo4j.train.objective.DoublyReparameterised;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.FreeNats;
import io.elbo4j.train.objective.ImportanceWeighted;
import io.elbo4j.train.objective.MeanFreeNats;
import io.elbo4j.train.objective.SampledElbo;
import io.elbo4j.train.objective.StickingTheLanding;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.schedule.Schedule;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Steps of 2, 4 and 8 workers beside the step of one: parameters, what optimisers keep, and totals, to the bit. */
class WorkersTest {
    private static final int DATA = 300;
    private static final long SEED = 41;
    private static final int STEPS = 3;
    /** Cut into 2, 2, 4, 8, 8 and 1 chunks; shared by 2, 1, 4, 8, 4 and 1 workers at most. */
    private static final int[] BATCHES = {64, 99, 132, 256, 260, 37};

    private static Map<String, float[]> data(Graph graph, int length) {
        SplittableRandom random = new SplittableRandom(SEED);
        Map<String, float[]> all = new LinkedHashMap<>();
        for (Input input : graph.all(Input.class)) {
            float[] values = new float[(int) (DATA * input.columns() * (input.rows().has(Axis.TIME) ? length : 1))];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextDouble();
            }
            all.put(input.name(), values);
        }
        return all;
    }

    /** Parameters, slots, totals of each step: of a worker, or of the only one. */
    private static Map<String, float[]> train(Case of, int batch, Exchange exchange) {
        Graph graph = of.graph();
        int length = (int) graph.size(Axis.TIME).orElse(3);
        Map<String, float[]> result = new LinkedHashMap<>();
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, graph.parameters(), SEED)) {
            Map<String, Matrix> matrices = new HashMap<>();
            data(graph, length).forEach((name, values) -> matrices.put(name, backend.matrix(DATA, values.length / DATA)
                    .set(values)));
            StepBuilder builder = of.training().apply(Step.of(graph, parameters, backend)).rows(batch).seed(SEED)
                    .read(new Source(matrices));
            int[] order = order();
            try (Step step = (exchange == null ? builder : builder.workers(exchange)).compile()) {
                for (int i = 0; i < STEPS; i++) {
                    step.rows(order, i).run(i, 7);
                    float[] totals = new float[Term.Role.values().length];
                    for (Term.Role role : Term.Role.values()) {
                        totals[role.ordinal()] = (float) step.total(role);
                    }
                    result.put("totals " + i, totals);
                }
            }
            for (Parameters.State s : parameters.all()) {
                result.put(s.parameter().name(), s.value().toArray());
                s.slots().forEach((slot, m) -> result.put(s.parameter().name() + " " + slot, m.toArray()));
            }
            matrices.values().forEach(Matrix::close);
        }
        return result;
    }

    private static int[] order() {
        List<Integer> rows = new ArrayList<>(IntStream.range(0, DATA).boxed().toList());
        Collections.shuffle(rows, new Random(SEED));
        return rows.stream().mapToInt(i -> i).toArray();
    }

    private static void assertSame(String name, Map<String, float[]> expected, Map<String, float[]> found) {
        assertEquals(expected.keySet(), found.keySet(), name);
        expected.forEach((of, values) -> assertArrayEquals(bits(values), bits(found.get(of)), name + ", " + of));
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToIntBits(values[i]);
        }
        return bits;
    }

    /** A graph and how it is trained, made anew for each worker: optimisers count. */
    private record Case(Graph graph, UnaryOperator<StepBuilder> training) {}

    private static void check(String name, Supplier<Case> made) {
        for (int batch : BATCHES) {
            Map<String, float[]> one = train(made.get(), batch, null);
            for (int workers : new int[] {1, 2, 4, 8}) {
                String what = name + ", batch " + batch + ", workers " + workers + ", seed " + SEED;
                LocalExchange.run(workers, exchange -> train(made.get(), batch, exchange)).forEach(
                        found -> assertSame(what, one, found));
            }
        }
    }

    private static Graph vae() {
        Graph g = new Graph();
        Value x = g.input("x", 5);
        Value h = Dense.of("encoder", x, 6, Activation.RELU);
        Value z = g.latent("z", DiagonalGaussian.of("q", h, 3));
        g.observe("pixels", new Bernoulli(Dense.of("decoder", z, 5, Activation.IDENTITY)), x);
        return g;
    }

    @Test
    void objectives() {
        List<Objective> all = List.of(new Elbo(0.7), new Elbo(1).withFreeBits(0.02), new Elbo(1).withFreeBits(0.02, 0),
                new SampledElbo(Schedule.constant(1)), new ImportanceWeighted(), new DoublyReparameterised(),
                new StickingTheLanding(new SampledElbo(Schedule.constant(1))), new FreeNats(Schedule.constant(1), 0.1),
                new MeanFreeNats(Schedule.constant(1), 0.1), new Capacity(Schedule.constant(1), Schedule.constant(
                        0.1)));
        for (Objective objective : all) {
            for (int samples : new int[] {1, 5}) {
                check(objective + ", K = " + samples, () -> new Case(vae(), s -> s.samples(samples).minimise(Training
                        .of(objective, new Adam(0.01)).withMaximumGradientNorm(0.5))));
            }
        }
    }

    /** Small, and different from each other. */
    private static final Map<String, Object> SIZES = Map.of("hidden", List.of(4, 3), "latent", 2, "latents",
            List.of(3, 2), "components", 3, "channels", List.of(2), "units", 3, "width", 4, "pseudoInputs", 3,
            "flowUnits", 3);

    private static <S extends Record> Model small(ModelKind<S> kind, Map<String, Object> asked) {
        S usual = kind.defaults(new DataShape(DataKinds.NPY, DATA, 4, 6, 1, Map.of(Images.X, 24, Images.LABEL,
                3)));
        Map<String, Object> changed = new HashMap<>(asked);
        for (RecordComponent c : Settings.options(kind.settings())) {
            if (SIZES.containsKey(c.getName())) {
                changed.put(c.getName(), SIZES.get(c.getName()));
            }
        }
        return kind.create(Settings.with(usual, changed));
    }

    /** What has a row of parameters for each of the data, or members. */
    private static final Set<String> ALONE = Set.of("local-inference");

    @Test
    void models() {
        Set<String> alone = new TreeSet<>();
        for (ModelKind<?> kind : Models.all()) {
            try {
                for (int samples : new int[] {1, 3}) {
                    check(kind.name() + ", K = " + samples, () -> {
                        Model model = small(kind, Map.of());
                        return new Case(model.graph(), s -> s.samples(samples).minimise(Training.of(model.objective(
                                Schedule.constant(1), 0), new Adam(0.01))));
                    });
                }
            } catch (IllegalArgumentException refused) {
                assertTrue(refused.getMessage().startsWith("workers cannot share this step: "), refused.getMessage());
                System.out.println(kind.name() + ": " + refused.getMessage());
                alone.add(kind.name());
            }
        }
        assertEquals(ALONE, alone);
    }

    @Test
    void whatReadsSeveralRowsIsRefused() {
        Model vae = small(Models.named("vae"), Map.of());
        for (PenaltySettings penalty : List.of(new PenaltySettings(3, 0, 0), new PenaltySettings(1, 10, 0))) {
            Objective objective = TrainingSettings.of(64, SEED).withPenalty(penalty).objective(vae, 1);
            String message = assertThrows(IllegalArgumentException.class, () -> LocalExchange.run(2, exchange -> train(
                    new Case(vae.graph(), s -> s.minimise(Training.of(objective, new Adam(0.01)))), 64, exchange)))
                    .getMessage();
            assertTrue(message.startsWith("workers cannot share this step: "), message);
            assertTrue(message.endsWith(" reads several rows of the batch at once"), message);
            System.out.println(message);
        }
    }

    @Test
    void recurrence() {
        for (boolean normalised : new boolean[] {false, true}) {
            check("recurrent, normalised " + normalised, () -> {
                Graph g = new Graph();
                Value x = g.input("x", 3, Rows.of(Axis.BATCH, Axis.TIME));
                Value h = (normalised ? Gru.normalised("encoder", 3, 4) : new Gru("encoder", 3, 4)).apply(x);
                Value z = g.latent("z", DiagonalGaussian.of("q", h, 2));
                g.observe("o", new Bernoulli(Dense.of("logits", z, 3, Activation.IDENTITY)), x);
                return new Case(g, s -> s.length(3).minimise(new Elbo(1), new Adam(0.01)));
            });
        }
    }

    @Test
    void members() {
        check("members", () -> {
            Graph g = new Graph();
            Value x = g.input("x", 5);
            Value z = g.latent("z", DiagonalGaussian.halves(DenseOfMembers.of("q", 3, x, 4, Activation.IDENTITY)));
            g.observe("o", new Bernoulli(DenseOfMembers.of("logits", 3, z, 5, Activation.TANH)), x);
            return new Case(g, s -> s.samples(2).minimise(new Elbo(1), new Adam(0.01)));
        });
    }

    /** Batches that nobody shares: who has nothing to tell hears all the same that another one has ended. */
    @Test
    void workersMeetInEveryStep() {
        for (int batch : new int[] {37, 99}) {
            LocalExchange.run(2, exchange -> {
                train(new Case(vae(), s -> s.minimise(new Elbo(1), new Adam(0.01))), batch, exchange);
                assertEquals(STEPS, exchange.meetings());
                return 0;
            });
        }
    }

    /** A step with one sum over the batch for each of its parameters meets once. */
    @Test
    void workersMeetOncePerStep() {
        for (Objective objective : List.of(new Elbo(1), new Elbo(1).withFreeBits(0.02))) {
            LocalExchange.run(2, exchange -> {
                train(new Case(vae(), s -> s.minimise(objective, new Adam(0.01))), 64, exchange);
                assertEquals(((Elbo) objective).freeBits() == 0 ? STEPS : 2 * STEPS, exchange.meetings());
                return 0;
            });
        }
    }

    /** What no launch of the step reads: the KL of each dimension, and a gradient that is asked for. */
    @Test
    void whatIsReadAfterwardsIsOfTheWholeBatch() {
        Graph g = vae();
        Latent z = g.all(Latent.class).get(0);
        Value kl = KlPerDimension.of(z);
        float[] one = klOf(g, kl, null);
        for (int workers : new int[] {2, 4}) {
            LocalExchange.run(workers, exchange -> klOf(g, kl, exchange)).forEach(found -> assertArrayEquals(bits(one),
                    bits(found), workers + " workers"));
        }
    }

    private static float[] klOf(Graph graph, Value kl, Exchange exchange) {
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, graph.parameters(), SEED);
                Matrix x = backend.matrix(DATA, 5).set(data(graph, 1).get("x"))) {
            StepBuilder builder = Step.of(graph, parameters, backend).rows(256).seed(SEED).read(x).want(kl);
            try (Step step = (exchange == null ? builder : builder.workers(exchange)).compile()) {
                step.rows(order(), 3).run(0);
                return step.value(kl).toArray();
            }
        }
    }

    private static void assertRefused(String launch, Function<Value, Value> made) {
        Graph g = new Graph();
        Value found = g.add(made.apply(g.input("x", 5)));
        String message = assertThrows(IllegalArgumentException.class, () -> LocalExchange.run(2, exchange -> {
            try (Backend backend = new JavaBackend(1);
                    Parameters parameters = new Parameters(backend, g.parameters(), SEED);
                    Matrix data = backend.matrix(DATA, 5)) {
                Step.of(g, parameters, backend).rows(64).read(data).want(found).workers(exchange).compile().close();
                return 0;
            }
        })).getMessage();
        assertTrue(message.startsWith("workers cannot share this step: " + launch), message);
    }

    @Test
    void rowsThatMeetAreRefused() {
        assertRefused("Rows.copy", FirstRow::new);
        assertRefused("Arithmetic.add", OtherHalf::new);
        assertRefused("Sums.rows", Total::new);
        assertRefused("own body", x -> new Other(x, "a launch of one's own"));
        assertRefused("a constant, share of other, depends on the number of rows", x -> new Other(x, "a constant"));
    }

    /** Each row and the one half a batch later: by items that are rows, too. */
    private static final class OtherHalf extends Value {
        private final Value x;

        OtherHalf(Value x) {
            super("halves", x.columns(), Rows.BATCH, List.of(x), List.of());
            this.x = x;
        }

        @Override
        protected void forward(Plan plan) {
            long half = plan.batch() / 2;
            Matrix all = plan.value(x);
            Matrix sum = plan.value(this);
            plan.launch(io.elbo4j.operation.Rows.fill(0, sum));
            plan.launch(Arithmetic.add(all.rows(0, half), all.rows(half, 2 * half), sum.rows(0, half)));
        }
    }

    /** What divides by the rows of its part, in two ways that no argument of an operation shows. */
    private static final class Other extends Value {
        private final Value x;
        private final String how;

        Other(Value x, String how) {
            super("other", x.columns(), Rows.BATCH, List.of(x), List.of());
            this.x = x;
            this.how = how;
        }

        @Override
        protected void forward(Plan plan) {
            Matrix from = plan.value(x);
            Matrix to = plan.value(this);
            if (how.equals("a constant")) {
                Matrix share = plan.constant(this, "share", 1, x.columns(), 1f / plan.batch());
                plan.launch(Arithmetic.multiply(from, share.repeatRow(plan.batch()), to));
            } else {
                float share = 1f / plan.batch();
                plan.launch(io.elbo4j.Launch.of("own body", plan.backend(), plan.batch()).reads(from).writes(to).body((
                        begin, end) -> {
                    float[] values = from.toArray();
                    for (int i = 0; i < values.length; i++) {
                        values[i] *= share;
                    }
                    to.set(values);
                }));
            }
        }
    }

    /** One number of all rows. */
    private static final class Total extends Value {
        private final Value x;

        Total(Value x) {
            super("total", 1, Rows.SHARED, List.of(x), List.of());
            this.x = x;
        }

        @Override
        protected void forward(Plan plan) {
            Matrix all = plan.value(x);
            plan.launch(Sums.rows(all.reshape(1, all.rows() * all.columns()), plan.value(this)));
        }
    }

    /** The first row of a batch, by a launch over it alone. */
    private static final class FirstRow extends Value {
        private final Value x;

        FirstRow(Value x) {
            super("first", x.columns(), Rows.SHARED, List.of(x), List.of());
            this.x = x;
        }

        @Override
        protected void forward(Plan plan) {
            plan.launch(io.elbo4j.operation.Rows.copy(plan.value(x).rows(0, 1), plan.value(this)));
        }
    }
}
