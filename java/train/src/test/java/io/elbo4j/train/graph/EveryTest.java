package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Storage;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.Categorical;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.Enumerated;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.DenseOfMembers;
import io.elbo4j.train.layer.LayerNorm;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.LearnedRows;
import io.elbo4j.train.layer.Loss;
import io.elbo4j.train.layer.StopGradient;
import io.elbo4j.train.objective.DoublyReparameterised;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.Enumeration;
import io.elbo4j.train.objective.FreeNats;
import io.elbo4j.train.objective.ImportanceWeighted;
import io.elbo4j.train.objective.SampledElbo;
import io.elbo4j.train.objective.ScoreFunction;
import io.elbo4j.train.objective.StickingTheLanding;
import io.elbo4j.train.objective.WeightedSum;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.optimiser.Averaged;
import io.elbo4j.train.optimiser.Sgd;
import io.elbo4j.train.schedule.Schedule;
import io.elbo4j.train.schedule.Staircase;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Trainings of several periods beside steps of the trainings that are due, one for each combination, run by hand on the
 * same parameters: the same bits.
 */
class EveryTest {
    private static final int ROWS = 7;
    private static final int DATA = 11;
    private static final int X = 5;
    private static final long SEED = 29;
    private static final int STEPS = 12;

    /** A graph and its trainings, which are made anew for each step: optimisers count. */
    private record Case(String name, int samples, Graph graph, List<Training> trainings) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Set<Parameter> named(Graph g, String regex) {
        Set<Parameter> found = g.parameters().stream().filter(p -> p.name().matches(regex))
                .collect(Collectors.toSet());
        assertFalse(found.isEmpty(), regex);
        return found;
    }

    private static Training training(Graph g, Objective objective, String regex, long every) {
        return Training.of(objective, new Adam(new Staircase(0.02, 0.8, 2))).withName(regex)
                .withParameters(named(g, regex)).withEvery(every);
    }

    private static Graph vae() {
        Graph g = new Graph();
        Value x = g.input("x", X);
        Value h = Dense.of("encoder", x, 6, Activation.RELU);
        Value z = g.latent("z", DiagonalGaussian.of("q", h, 3));
        g.observe("pixels", new Bernoulli(Dense.of("decoder", z, X, Activation.IDENTITY)), x);
        return g;
    }

    private static Case oneObjective(Objective objective, long weights, long biases) {
        Graph g = vae();
        return new Case("one objective, " + objective + ", every " + weights + " and " + biases, 2, g, List.of(
                training(g, objective, ".*weight", weights).withMaximumGradientNorm(0.1),
                training(g, objective, ".*bias", biases).withMaximumGradient(0.01)));
    }

    private static Case severalObjectives(Objective one, Objective other) {
        Graph g = vae();
        return new Case("several objectives, " + one + " and " + other, 3, g, List.of(training(g, one, "decoder.*", 2),
                training(g, other, "encoder.*", 3).withMaximumGradientNorm(0.1), training(g, one, "q.*", 4)));
    }

    private static Case discrete(Function<Graph, Objective> one, Objective other, boolean enumerated) {
        Graph g = new Graph();
        Value x = g.input("x", X);
        Value logits = Dense.of("q", x, 3, Activation.IDENTITY);
        Value z = g.latent("z", enumerated ? new Enumerated(new Categorical(logits)) : new Categorical(logits));
        g.observe("pixels", new Bernoulli(Dense.of("decoder", z, X, Activation.IDENTITY)), x);
        Objective first = one.apply(g);
        List<Training> all = new ArrayList<>(List.of(training(g, first, "q.*", 2), training(g, other, "decoder.*",
                3)));
        if (g.parameters().stream().anyMatch(p -> p.name().equals("baseline"))) {
            all.add(training(g, first, "baseline", 1));
        }
        return new Case("discrete, " + other, 3, g, all);
    }

    private static Case learnedRows() {
        Graph g = new Graph();
        Value x = g.input("x", X);
        Value mean = LearnedRows.of(g, "q.mean", DATA, X, 0);
        Value logVariance = LearnedRows.of(g, "q.logVariance", DATA, X, 0);
        Value z = g.latent("z", new DiagonalGaussian(mean, logVariance));
        g.observe("o", new DiagonalGaussian(z, ConstantRow.of(g, "v", X, -1)), x);
        return new Case("learned rows", 1, g, List.of(
                Training.of(new Elbo(), new Averaged(new Adam(0.1), 0.9)).withParameters(named(g, "q.mean"))
                        .withMaximumGradientNorm(0.2).withEvery(2),
                training(g, new SampledElbo(), "q.logVariance", 3)));
    }

    private static Case members() {
        Graph g = new Graph();
        Value x = g.input("x", X, Rows.of(Axis.BATCH, Axis.TIME));
        Value z = g.latent("z", DiagonalGaussian.halves(DenseOfMembers.of("q", 3, x, 4, Activation.IDENTITY)));
        g.observe("pixels", new Bernoulli(DenseOfMembers.of("logits", 3, z, X, Activation.TANH)), x);
        return new Case("sequences of an ensemble", 3, g, List.of(training(g, new ImportanceWeighted(), "q.*", 2),
                training(g, new FreeNats(Schedule.constant(0.5), 0.3), "logits.*", 1)));
    }

    /** A critic in every step, its actor, through the critic whose parameters it leaves alone, in every second. */
    private static Case delayedActor() {
        Graph g = new Graph();
        Value x = g.input("x", X);
        Value action = Dense.of("actor", x, 2, Activation.TANH);
        Dense critic = new Dense("critic", 2, 1, Activation.TANH);
        Loss.squaredError("temporal difference", critic.apply(StopGradient.of(action)), g.input("reward", 1));
        Loss.squaredError("regret", critic.apply(action), ConstantRow.of(g, "best", 1, 1));
        return new Case("delayed actor", 1, g, List.of(
                training(g, new WeightedSum().with("temporal difference", Term.Role.LOSS, 1), "critic.*", 1),
                training(g, new WeightedSum().with("regret", Term.Role.LOSS, 1), "actor.*", 2)));
    }

    /** One launch writes the gradients of gamma and beta, of which one may not be due. */
    private static Case normalised(int times, Objective ofGamma, long gamma, Objective ofRest, long rest) {
        Graph g = new Graph();
        Value x = g.input("x", X);
        LayerNorm norm = new LayerNorm("norm", X);
        Value h = x;
        for (int i = 0; i < times; i++) {
            h = norm.apply(Dense.of("encoder." + i, h, X, Activation.TANH));
        }
        Value z = g.latent("z", DiagonalGaussian.of("q", h, 3));
        g.observe("pixels", new Bernoulli(Dense.of("decoder", z, X, Activation.IDENTITY)), x);
        return new Case("layer norm " + times + " times, gamma every " + gamma + " by " + ofGamma + ", the rest every "
                + rest + " by " + ofRest, 2, g, List.of(training(g, ofGamma, ".*gamma", gamma), training(g, ofRest,
                        ".*(beta|weight|bias)", rest).withMaximumGradientNorm(0.1)));
    }

    static Stream<Case> cases() {
        return Stream.of(normalised(1, new Elbo(), 2, new Elbo(), 1), normalised(3, new Elbo(), 2, new Elbo(), 1),
                normalised(1, new Elbo(), 1, new Elbo(), 2), normalised(3, new Elbo(), 1, new Elbo(), 3),
                normalised(3, new Elbo(), 2, new ImportanceWeighted(), 3), oneObjective(new Elbo(0.7).withFreeBits(
                        0.05), 1, 2), oneObjective(new ImportanceWeighted(),
                                2, 3), oneObjective(new DoublyReparameterised(), 3, 2), severalObjectives(new Elbo(),
                                        new ImportanceWeighted()), severalObjectives(new DoublyReparameterised(),
                                                new SampledElbo(0.4)),
                severalObjectives(new ImportanceWeighted(), new StickingTheLanding(new SampledElbo())),
                severalObjectives(new SampledElbo(), new FreeNats(Schedule.constant(1), 0.2)),
                discrete(g -> new ScoreFunction().withBaseline(LearnedRow.of(g, "baseline", 1, 0)),
                        new ScoreFunction().withLeaveOneOut(), false),
                discrete(g -> new Enumeration(), new Enumeration(Schedule.constant(0.5)), true), learnedRows(),
                members(), delayedActor());
    }

    private static float[] values(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i * 29 % 37 / 37f;
        }
        return values;
    }

    /** A step on data in an order that begins elsewhere in each run. */
    private static final class Stepping implements AutoCloseable {
        private final Step step;
        private final List<Matrix> data = new ArrayList<>();

        Stepping(Case of, Parameters parameters, Backend backend, List<Training> trainings) {
            Map<String, Matrix> sources = new HashMap<>();
            for (Input input : of.graph().all(Input.class)) {
                int columns = (int) input.columns() * (input.rows().has(Axis.TIME) ? 4 : 1);
                sources.put(input.name(), backend.matrix(DATA, columns).set(values(DATA * columns)));
            }
            data.addAll(sources.values());
            StepBuilder builder = Step.of(of.graph(), parameters, backend).rows(ROWS).samples(of.samples()).length(4)
                    .seed(SEED).read(new Source(sources));
            trainings.forEach(builder::minimise);
            step = builder.compile();
        }

        void run(int number) {
            int[] order = new int[ROWS];
            for (int i = 0; i < ROWS; i++) {
                order[i] = (i * 3 + number) % DATA;
            }
            step.rows(order, 0).run(number);
        }

        @Override
        public void close() {
            step.close();
            data.forEach(Matrix::close);
        }
    }

    /** What its launches write, to NaN: a run that reads any of what it does not write has no finite result. */
    private static void poison(Step step, Parameters parameters) {
        Set<Storage> written = new HashSet<>();
        step.plan().launches().forEach(launch -> launch.forEachAccess((storage, write) -> {
            if (write) {
                written.add(storage);
            }
        }));
        List<Matrix> all = new ArrayList<>();
        step.plan().buffers().all().values().forEach(b -> all.add(b.matrix()));
        parameters.all().forEach(s -> all.add(s.gradient()));
        for (Matrix m : all) {
            if (written.contains(m.storage())) {
                float[] values = new float[(int) (m.rows() * m.columns())];
                Arrays.fill(values, Float.NaN);
                m.set(values);
            }
        }
    }

    private static Map<String, float[]> state(Parameters parameters) {
        Map<String, float[]> state = new LinkedHashMap<>();
        for (Parameters.State s : parameters.all()) {
            state.put(s.parameter().name(), s.value().toArray());
            s.slots().forEach((slot, m) -> state.put(slot + " of " + s.parameter().name(), m.toArray()));
        }
        return state;
    }

    private static void same(Map<String, float[]> expected, Map<String, float[]> found, String when) {
        assertEquals(expected.keySet(), found.keySet());
        expected.forEach((name, values) -> assertArrayEquals(values, found.get(name), name + ", " + when));
    }

    /** Counts the updates of a training of that period, in steps of which each is one. */
    private record Counting(Optimiser of, long every) implements Optimiser {
        @Override
        public List<String> slots() {
            return of.slots();
        }

        @Override
        public void begin(Parameters.State state) {
            of.begin(state);
        }

        @Override
        public List<Launch> update(Parameters.State state, @Nullable Matrix scale) {
            return of.update(state, scale);
        }

        @Override
        public void at(long step) {
            of.at(step / every);
        }
    }

    private static Training alone(Training t) {
        return new Training(t.name(), t.objective(), t.parameters(), new Counting(t.optimiser(), t.every()), t
                .maximumGradient(), t.maximumGradientNorm(), 1);
    }

    private static List<Map<String, float[]>> byHand(Case of) {
        List<Map<String, float[]>> states = new ArrayList<>();
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, of.graph().parameters(), SEED)) {
            Map<List<Training>, Stepping> steps = new HashMap<>();
            for (int i = 0; i < STEPS; i++) {
                int number = i;
                List<Training> due = of.trainings().stream().filter(t -> number % t.every() == 0).toList();
                if (!due.isEmpty()) {
                    steps.computeIfAbsent(due, d -> new Stepping(of, parameters, backend, d.stream()
                            .map(EveryTest::alone).toList())).run(i);
                }
                states.add(state(parameters));
            }
            steps.values().forEach(Stepping::close);
        }
        return states;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theBitsOfStepsOfWhatIsDue(Case of) {
        List<Map<String, float[]>> expected = byHand(of);
        for (boolean poisoned : new boolean[] {false, true}) {
            try (Backend backend = new JavaBackend(1);
                    Parameters parameters = new Parameters(backend, of.graph().parameters(), SEED);
                    Stepping step = new Stepping(of, parameters, backend, of.trainings())) {
                Map<String, float[]> before = state(parameters);
                for (int i = 0; i < STEPS; i++) {
                    if (poisoned) {
                        poison(step.step, parameters);
                    }
                    step.run(i);
                    Map<String, float[]> now = state(parameters);
                    same(expected.get(i), now, "step " + i + (poisoned ? ", poisoned" : ""));
                    for (Training t : of.trainings()) {
                        for (Parameter p : t.parameters()) {
                            assertEquals(i % t.every() == 0, !Arrays.equals(before.get(p.name()), now.get(p.name())), p
                                    .name() + ", step " + i);
                        }
                    }
                    if (poisoned) {
                        assertTrue(step.step.firstNonFinite().isEmpty(), () -> step.step.firstNonFinite().toString());
                    }
                    before = now;
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void resumesInTheMiddle(Case of) {
        List<Map<String, float[]>> expected = byHand(of);
        for (int middle : new int[] {1, 5, 8}) {
            try (Backend backend = new JavaBackend(1);
                    Parameters parameters = new Parameters(backend, of.graph().parameters(), SEED)) {
                for (int[] part : new int[][] {{0, middle}, {middle, STEPS}}) {
                    try (Stepping step = new Stepping(of, parameters, backend, of.trainings())) {
                        for (int i = part[0]; i < part[1]; i++) {
                            step.run(i);
                        }
                    }
                }
                same(expected.get(STEPS - 1), state(parameters), "resumed in step " + middle);
            }
        }
    }

    /** The paper's Adam in double precision on the loss (p - 2)^2 / 2 of two numbers, from 5. */
    @Test
    void theOptimiserCountsItsUpdates() {
        Graph g = new Graph();
        Value x = g.input("x", 1);
        for (String name : List.of("p", "slow")) {
            g.observe("o of " + name, new DiagonalGaussian(LearnedRow.of(g, name, 1, 5), ConstantRow.of(g, "lv of "
                    + name, 1, 0)), x);
        }
        for (int every : new int[] {2, 3, 5}) {
            try (Backend backend = new JavaBackend(1);
                    Parameters parameters = new Parameters(backend, g.parameters(), 1);
                    Step step = Step.of(g, parameters, backend)
                            .minimise(training(g, new Elbo(), "p", 1))
                            .minimise(training(g, new Elbo(), "slow", every)).compile()) {
                step.value(x).set(2);
                double[] at = {5, 5};
                double[] m = new double[2];
                double[] v = new double[2];
                for (int i = 0; i < STEPS; i++) {
                    step.run(i);
                    for (int p = 0; p < 2; p++) {
                        int period = p == 0 ? 1 : every;
                        if (i % period == 0) {
                            int t = i / period + 1;
                            m[p] = 0.9 * m[p] + 0.1 * (at[p] - 2);
                            v[p] = 0.999 * v[p] + 0.001 * (at[p] - 2) * (at[p] - 2);
                            at[p] -= 0.02 * Math.pow(0.8, (t - 1) / 2) * (m[p] / (1 - Math.pow(0.9, t)))
                                    / (Math.sqrt(v[p] / (1 - Math.pow(0.999, t))) + 1e-8);
                        }
                        assertEquals(at[p], parameters.all().get(p).value().toArray()[0], 2e-6 * at[p], p + ", step "
                                + i);
                    }
                }
                assertNotEquals(at[0], at[1], 1e-3);
            }
        }
    }

    /** Where nothing is due, a run still has the terms and the bound of a step that only evaluates. */
    @Test
    void termsAndBoundsAreOfEveryStep() {
        Case of = oneObjective(new ImportanceWeighted(), 2, 2);
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, of.graph().parameters(), SEED);
                Stepping rare = new Stepping(of, parameters, backend, of.trainings());
                Stepping each = new Stepping(of, parameters, backend, List.of(Training.of(new ImportanceWeighted(),
                        new Sgd(1e-30))))) {
            for (int i = 0; i < 5; i++) {
                each.run(i);
                rare.run(i);
                for (Term.Role role : Term.Role.values()) {
                    assertEquals(each.step.total(role), rare.step.total(role), role + ", step " + i);
                }
                assertArrayEquals(each.step.bound().toArray(), rare.step.bound().toArray());
            }
        }
    }

    /** Nothing due is the forward pass and a sum of each term; one of a group is its backward pass and its updates. */
    @Test
    void aRunLeavesOutWhatIsNotDue() {
        Case of = oneObjective(new Elbo(), 2, 3);
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, of.graph().parameters(), SEED);
                Stepping step = new Stepping(of, parameters, backend, of.trainings())) {
            StepPlan plan = step.step.plan();
            BitSet due = new BitSet();
            assertEquals(plan.forwardLaunches().size() + plan.terms().size(), plan.launches(due).size());
            due.set(0);
            assertEquals(3, updates(plan.launches(due)));
            due.set(1);
            assertEquals(6, updates(plan.launches(due)));
            assertEquals(plan.launches(), plan.launches(due));
        }
    }

    private static long updates(List<Launch> launches) {
        return launches.stream().filter(l -> l.body() instanceof io.elbo4j.operation.Adam.Update).count();
    }

    /** What the last run did not compute is not its fault. */
    @Test
    void aNumberThatIsNotFiniteIsOfTheLastRun() {
        Graph g = new Graph();
        Value x = g.input("x", 1);
        Value p = LearnedRow.of(g, "p", 1, 1);
        Loss.squaredError("fast", p, x);
        Value slow = LearnedRow.of(g, "slow", 1, 1);
        Loss.squaredError("of the slow one", Dense.of("layer", slow, 1, Activation.IDENTITY), x);
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend)
                        .minimise(Training.of(new WeightedSum().with("fast", Term.Role.LOSS, 1), new Sgd(0.1)))
                        .minimise(Training.of(new WeightedSum().with("of the slow one", Term.Role.LOSS, 1), new Sgd(0))
                                .withEvery(2))
                        .compile()) {
            step.value(x).set(Float.POSITIVE_INFINITY);
            step.run(0);
            assertEquals("x", step.firstNonFinite().orElseThrow().tensor());
            parameters.all().forEach(s -> s.value().set(new float[(int) (s.value().rows() * s.value().columns())]));
            step.value(x).set(2);
            step.run(1);
            assertTrue(step.firstNonFinite().isEmpty(), () -> step.firstNonFinite().toString());
            parameters.all().stream().filter(s -> s.parameter().name().equals("slow")).forEach(s -> s.value().set(
                    Float.NaN));
            step.run(3);
            assertFalse(step.firstNonFinite().isEmpty());
        }
    }

    @Test
    void allocatesNothingOnceEachCombinationHasBeenSeen() {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory
                .getThreadMXBean();
        Case of = severalObjectives(new Elbo(), new SampledElbo());
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, of.graph().parameters(), SEED);
                Stepping step = new Stepping(of, parameters, backend, of.trainings())) {
            int[] order = {0, 1, 2, 3, 4, 5, 6};
            long least = Long.MAX_VALUE;
            int number = 0;
            // what compiled code keeps in registers, interpreted code allocates
            for (int repetition = 0; repetition < 200; repetition++) {
                long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
                for (int i = 0; i < STEPS; i++) {
                    step.step.rows(order, 0).run(number++);
                }
                least = Math.min(least, threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before);
            }
            assertTrue(least < 200 * STEPS, least + " bytes in " + STEPS + " steps");
        }
    }

    @Test
    void aPeriodIsAtLeastOneAndOfOneOptimiser() {
        Graph g = vae();
        Training one = training(g, new Elbo(), "decoder.*", 1);
        assertEquals("every must be at least 1, not 0", assertThrows(IllegalArgumentException.class, () -> one
                .withEvery(0)).getMessage());
        Training shares = one.withName("encoder").withParameters(named(g, "encoder.*")).withEvery(2);
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, g.parameters(), SEED)) {
            StepBuilder step = Step.of(g, parameters, backend).minimise(one);
            assertEquals("trainings 'decoder.*' and 'encoder' share an optimiser, which counts its updates, but the"
                    + " first runs every 1 and the second every 2 steps: give each one of its own", assertThrows(
                            IllegalArgumentException.class, () -> step.minimise(shares)).getMessage());
            Training around = new Training("encoder", new Elbo(), named(g, "encoder.*"), new Averaged(one.optimiser(),
                    0.9), Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 2);
            assertThrows(IllegalArgumentException.class, () -> step.minimise(around));
            // one of the same period counts the same updates
            step.minimise(shares.withEvery(1)).compile().close();
        }
    }
}
