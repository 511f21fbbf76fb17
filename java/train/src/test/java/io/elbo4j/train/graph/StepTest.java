package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.Mixture;
import io.elbo4j.train.graph.Term.Role;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Binarise;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.DenseOfMembers;
import io.elbo4j.train.layer.Embedding;
import io.elbo4j.train.layer.Gru;
import io.elbo4j.train.layer.GumbelNoise;
import io.elbo4j.train.layer.LayerNorm;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.LearnedRowPer;
import io.elbo4j.train.layer.LearnedRows;
import io.elbo4j.train.layer.LogisticNoise;
import io.elbo4j.train.layer.Loss;
import io.elbo4j.train.layer.NormalNoise;
import io.elbo4j.train.layer.RmsNorm;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Spread;
import io.elbo4j.train.layer.UniformNoise;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.WeightedSum;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.optimiser.Sgd;
import io.elbo4j.train.schedule.Schedule;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StepTest {
    private static final long SEED = 7;
    private static final int ROWS = 200;
    private static final int COLUMNS = 40;

    private static Vae vae(LikelihoodKind likelihood, boolean binarise) {
        return new Vae(new VaeSettings(COLUMNS, List.of(30), 6, Activation.RELU, likelihood, 0.5, binarise));
    }

    private static Vae vae() {
        return vae(LikelihoodKind.BERNOULLI, false);
    }

    private static Adam adam() {
        return new Adam(1e-3);
    }

    private static Matrix data(Backend backend) {
        SplittableRandom random = new SplittableRandom(SEED);
        float[] values = new float[ROWS * COLUMNS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        return backend.matrix(ROWS, COLUMNS).set(values);
    }

    private static int[] inOrder() {
        return IntStream.range(0, ROWS).toArray();
    }

    /** Everything that some steps leave behind. */
    private record After(float[][] values, float[][] firstMoments, double reconstruction, double kl) {
        static After of(Parameters parameters, Step step) {
            return new After(parameters.all().stream().map(s -> s.value().toArray()).toArray(float[][]::new),
                    parameters.all().stream().map(s -> s.slot("firstMoment").toArray()).toArray(float[][]::new),
                    step.total(Role.LOG_LIKELIHOOD), step.total(Role.KL));
        }

        boolean sameBits(After other) {
            return Arrays.deepEquals(values, other.values) && Arrays.deepEquals(firstMoments, other.firstMoments)
                    && reconstruction == other.reconstruction && kl == other.kl;
        }
    }

    private static After train(Vae vae, int threads, int steps, long seed, double clip) {
        try (Backend backend = new JavaBackend(threads); Matrix data = data(backend);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), seed);
                Step step = Step.of(vae.graph(), parameters, backend).rows(64).seed(seed).read(data)
                        .minimise(Training.of(new Elbo(), adam()).withMaximumGradientNorm(clip)).compile()) {
            for (int i = 0; i < steps; i++) {
                step.rows(inOrder(), i * 7).run(i);
            }
            return After.of(parameters, step);
        }
    }

    private static After train(Vae vae, int threads, int steps, long seed) {
        return train(vae, threads, steps, seed, Double.POSITIVE_INFINITY);
    }

    @ParameterizedTest
    @EnumSource(LikelihoodKind.class)
    void workersMeetTwiceInAStep(LikelihoodKind likelihood) {
        Vae vae = vae(likelihood, likelihood == LikelihoodKind.BERNOULLI);
        try (Backend backend = new JavaBackend(1); Matrix data = data(backend);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), SEED);
                Step step = Step.of(vae.graph(), parameters, backend).rows(64).seed(SEED).read(data).minimise(
                        new Elbo(), adam()).compile();
                Step clipped = Step.of(vae.graph(), parameters, backend).rows(64).seed(SEED).read(data).minimise(
                        Training.of(new Elbo(), adam()).withMaximumGradientNorm(1)).compile();
                Step freeBits = Step.of(vae.graph(), parameters, backend).rows(64).seed(SEED).read(data).minimise(
                        new Elbo().withFreeBits(0.1), adam()).compile()) {
            System.out.println("phases of a training step, " + likelihood + ": " + step.phases() + "; with clipping "
                    + clipped.phases() + ", with free bits " + freeBits.phases());
            // the batch's variance has to be known before its gradient
            assertEquals(likelihood == LikelihoodKind.SIGMA_VAE ? 4 : 2, step.phases());
            assertTrue(clipped.phases() <= step.phases() + 3);
            assertTrue(freeBits.phases() <= step.phases() + 2);
        }
    }

    @Test
    void aStepAllocatesNothing() {
        // its two small arrays of totals included
        assertTrue(allocated(Schedule.constant(0.5)) < 200);
        assertTrue(allocated(step -> 0.001 * step) < 200, "a KL weight that grows, as in a warm-up");
    }

    private static long allocated(Schedule klWeight) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Vae vae = vae(LikelihoodKind.BERNOULLI, true);
        Training training = Training.of(new Elbo(klWeight, 0.01), adam()).withMaximumGradientNorm(100);
        try (Backend backend = new JavaBackend(1); Matrix data = data(backend);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), SEED);
                Step step = Step.of(vae.graph(), parameters, backend).rows(64).seed(SEED).read(data).minimise(training)
                        .compile()) {
            int[] order = inOrder();
            double total = 0;
            long before = 0;
            // what compiled code keeps in registers, interpreted code allocates
            int steps = 2000;
            for (int i = -steps; i < steps; i++) {
                if (i == 0) {
                    before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
                }
                step.rows(order, i & 63).run(i + steps);
                total += step.total(Role.LOG_LIKELIHOOD) - step.total(Role.KL);
            }
            long bytes = (threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / steps;
            System.out.println("a step allocates " + bytes + " bytes, KL weight " + klWeight);
            assertTrue(Double.isFinite(total));
            return bytes;
        }
    }

    @Test
    void clippingScalesToTheGlobalNorm() {
        Vae vae = vae();
        After unclipped = train(vae, 1, 1, SEED);
        // after one step the first moment is (1 - beta1) times the gradient that Adam saw
        double norm = norm(unclipped.firstMoments()) / 0.1;
        for (double maximum : new double[] {norm / 3, norm * 0.99}) {
            double clipped = norm(train(vae, 1, 1, SEED, maximum).firstMoments()) / 0.1;
            assertEquals(maximum, clipped, 1e-6 * maximum, "norm " + norm + " clipped to " + maximum);
        }
        assertTrue(unclipped.sameBits(train(vae, 1, 1, SEED, norm * 1.01)));
        assertFalse(unclipped.sameBits(train(vae, 1, 1, SEED, norm * 0.99)));
    }

    /** Kingma and Ba 2015, algorithm 1, in double, from the gradients that each step leaves. */
    @Test
    void parametersFollowAdam() {
        Vae vae = vae();
        try (Backend backend = new JavaBackend(1); Matrix data = data(backend);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), SEED);
                Step step = Step.of(vae.graph(), parameters, backend).rows(64).seed(SEED).read(data).minimise(
                        new Elbo(), adam()).compile()) {
            int n = (int) parameters.count();
            double[] p = flat(parameters, Parameters.State::value);
            double[] m = new double[n];
            double[] v = new double[n];
            for (int t = 1; t <= 5; t++) {
                step.rows(inOrder(), 11 * t).run(t - 1);
                double[] g = flat(parameters, Parameters.State::gradient);
                double[] found = flat(parameters, Parameters.State::value);
                for (int i = 0; i < n; i++) {
                    m[i] = 0.9 * m[i] + 0.1 * g[i];
                    v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
                    p[i] -= 1e-3 * (m[i] / (1 - Math.pow(0.9, t)))
                            / (Math.sqrt(v[i] / (1 - Math.pow(0.999, t))) + 1e-8);
                    // a step is 1e-3 at most here, in float32: relative errors of 1e-4 of it at the very most, t times
                    assertEquals(p[i], found[i], 1e-7 * t, "step " + t + ", number " + i);
                }
            }
        }
    }

    private static double[] flat(Parameters parameters, Function<Parameters.State, Matrix> part) {
        return parameters.all().stream().map(s -> part.apply(s).toArray())
                .flatMapToDouble(a -> IntStream.range(0, a.length).mapToDouble(i -> a[i])).toArray();
    }

    @Test
    void evaluationsNeverDrawTheNoiseOfTraining() {
        Vae vae = vae();
        try (Backend backend = new JavaBackend(1); Matrix data = data(backend);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), SEED);
                Step train = Step.of(vae.graph(), parameters, backend).rows(64).seed(SEED).read(data).minimise(
                        new Elbo(), new Adam(0)).compile();
                Step evaluate = Step.of(vae.graph(), parameters, backend).rows(64).seed(SEED).read(data).evaluate(
                        new Elbo()).want(vae.posterior().mean(), vae.z()).compile()) {
            train.rows(inOrder(), 0).run(3);
            evaluate.rows(inOrder(), 0).run(3);
            assertArrayEquals(train.value(vae.posterior().mean()).toArray(),
                    evaluate.value(vae.posterior().mean()).toArray());
            assertFalse(Arrays.equals(train.value(vae.z()).toArray(), evaluate.value(vae.z()).toArray()));
        }
    }

    private static double norm(float[][] all) {
        double squares = 0;
        for (float[] each : all) {
            for (float x : each) {
                squares += (double) x * x;
            }
        }
        return Math.sqrt(squares);
    }

    @Test
    void dynamicBinarisationDrawsZerosAndOnes() {
        Graph g = new Graph();
        Value x = g.input("x", COLUMNS);
        Value b = Binarise.of("b", x);
        g.observe("o", new Bernoulli(Dense.of("logits", g.latent("z", DiagonalGaussian.of("q", b, 2)), COLUMNS,
                Activation.IDENTITY)), b);
        try (Backend backend = new JavaBackend(1); Matrix data = data(backend);
                Parameters parameters = new Parameters(backend, g.parameters(), SEED);
                Step step = Step.of(g, parameters, backend).rows(ROWS).seed(SEED).read(data).evaluate(new Elbo()).want(
                        b).want(b)
                        .compile()) {
            float[] p = data.toArray();
            double[] ones = new double[p.length];
            int draws = 400;
            float[] previous = new float[p.length];
            for (int draw = 0; draw < draws; draw++) {
                step.rows(inOrder(), 0).run(draw);
                float[] drawn = step.value(b).toArray();
                assertFalse(Arrays.equals(previous, drawn), "draw " + draw + " repeats the one before");
                for (int i = 0; i < drawn.length; i++) {
                    assertTrue(drawn[i] == 0 || drawn[i] == 1, "not a bit: " + drawn[i]);
                    ones[i] += drawn[i];
                }
                previous = drawn;
            }
            double chiSquare = 0;
            for (int i = 0; i < p.length; i++) {
                double variance = draws * (double) p[i] * (1 - p[i]);
                chiSquare += (ones[i] - draws * (double) p[i]) * (ones[i] - draws * (double) p[i]) / variance;
            }
            // 8000 binomials: mean 8000, standard deviation of their chi-square about sqrt(2 * 8000) = 127 (a little
            // more for p near 0 or 1); five of them
            System.out.println("binarisation, seed " + SEED + ": chi-square " + chiSquare + " of " + p.length);
            assertEquals(p.length, chiSquare, 5 * 150);
        }
    }

    @Test
    void aSeedDecidesEverything() {
        Vae vae = vae(LikelihoodKind.BERNOULLI, true);
        After one = train(vae, 1, 20, SEED);
        assertTrue(one.sameBits(train(vae, 1, 20, SEED)));
        assertTrue(one.sameBits(train(vae, 2, 20, SEED)), "2 threads");
        assertTrue(one.sameBits(train(vae, 3, 20, SEED)), "3 threads");
        assertFalse(one.sameBits(train(vae, 1, 20, SEED + 1)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aRowDoesNotDependOnItsBatchOrTheThreads(int threads) {
        Vae vae =
                new Vae(new VaeSettings(COLUMNS, List.of(300), 6, Activation.GELU, LikelihoodKind.BERNOULLI, 1, true));
        Rows all = rows(vae, 1, ROWS);
        Rows some = rows(vae, threads, 37);
        Rows threaded = rows(vae, threads, ROWS);
        assertArrayEquals(all.z(), threaded.z());
        assertArrayEquals(all.kl(), threaded.kl());
        assertArrayEquals(all.logLikelihood(), threaded.logLikelihood());
        assertArrayEquals(Arrays.copyOf(all.z(), some.z().length), some.z());
        assertArrayEquals(Arrays.copyOf(all.kl(), some.kl().length), some.kl());
        assertArrayEquals(Arrays.copyOf(all.logLikelihood(), some.kl().length), some.logLikelihood());
    }

    private record Rows(float[] z, float[] kl, float[] logLikelihood) {}

    private static Rows rows(Vae vae, int threads, int rows) {
        try (Backend backend = new JavaBackend(threads); Matrix data = data(backend);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), SEED);
                Step step = Step.of(vae.graph(), parameters, backend).rows(rows).seed(SEED).read(data).evaluate(
                        new Elbo()).want(vae.z()).compile()) {
            step.rows(inOrder(), 0).run(5);
            float[] kl = step.term(((Latent) vae.z()).kl()).orElseThrow().toArray();
            float[] logLikelihood = step.term(vae.graph().all(Observation.class).get(0).logLikelihood()).orElseThrow()
                    .toArray();
            assertEquals(sum(kl), step.total(Role.KL), 1e-6 * Math.abs(sum(kl)));
            assertEquals(sum(logLikelihood), step.total(Role.LOG_LIKELIHOOD), 1e-6 * Math.abs(sum(logLikelihood)));
            return new Rows(step.value(vae.z()).toArray(), kl, logLikelihood);
        }
    }

    private static double sum(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).sum();
    }

    @Test
    void theKlWeightFollowsItsSchedule() {
        Vae vae = vae();
        double[] weight = {0.25};
        try (Backend backend = new JavaBackend(1); Matrix data = data(backend);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), SEED);
                Step step = Step.of(vae.graph(), parameters, backend).rows(64).seed(SEED).read(data)
                        .minimise(new Elbo(i -> i == 0 ? 1 : weight[0], 0), adam()).compile()) {
            step.rows(inOrder(), 0).run(0);
            assertTrue(train(vae, 1, 1, SEED).sameBits(After.of(parameters, step)), "weight 1");
            step.rows(inOrder(), 7).run(1);
            assertFalse(train(vae, 1, 2, SEED).sameBits(After.of(parameters, step)), "weight 0.25");
            weight[0] = Double.NaN;
            refused("finite, not NaN in step 2", () -> step.run(2));
        }
        for (double wrong : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            refused("klWeight", () -> new Elbo(wrong));
            refused("freeBits", () -> new Elbo().withFreeBits(wrong));
        }
    }

    @Test
    void namesTheFirstTensorThatIsNotFinite() {
        Vae vae = vae();
        try (Backend backend = new JavaBackend(1); Matrix data = data(backend);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), SEED);
                Step step = Step.of(vae.graph(), parameters, backend).rows(64).seed(SEED).read(data).minimise(
                        new Elbo(), adam()).compile()) {
            step.rows(inOrder(), 0).run(0);
            assertTrue(step.firstNonFinite().isEmpty());
            data.rows(23, 24).columns(5, 6).set(Float.NaN);
            step.rows(inOrder(), 3).run(1);
            Step.NonFinite first = step.firstNonFinite().orElseThrow();
            assertEquals("x", first.tensor());
            assertEquals(20, first.row());
            assertEquals(OptionalLong.of(20), first.rowOfBatch());
            assertTrue(Double.isNaN(step.total(Role.LOG_LIKELIHOOD)), "a NaN must reach the objective");
        }
    }

    /** Rows of a tensor are not those of the batch: of components there are none, of samples several each. */
    @Test
    void namesTheRowOfTheBatch() {
        Graph g = new Graph();
        Value x = g.input("x", 2);
        Value z = g.latent("z", DiagonalGaussian.of("q", x, 2));
        Value of = Activate.of(Scale.of(z, 0, -1), Activation.LOG);
        g.observe("o", new Bernoulli(Add.of(of, Activate.of(LearnedRow.of(g, "l", 2, 1), Activation.LOG))), x);
        Value means = Activate.of(LearnedRowPer.constant(g, Axis.COMPONENT, "m", 3, 2, -1), Activation.LOG);
        g.observe("mixed", new Mixture(LearnedRow.of(g, "w", 3, 0), new Bernoulli(means)), x);
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step one = Step.of(g, parameters, backend).rows(2).samples(4).want(of).compile();
                Step other = Step.of(g, parameters, backend).rows(3).minimise(new WeightedSum().with("mixed",
                        Role.LOG_LIKELIHOOD, -1), new Sgd(0)).compile()) {
            one.run(0);
            assertEquals(OptionalLong.of(0), one.firstNonFinite().orElseThrow().rowOfBatch());
            other.run(0);
            assertEquals(OptionalLong.empty(), other.firstNonFinite().orElseThrow().rowOfBatch());
        }
    }

    @Test
    void closedStepsFreeWhatTheyAllocated() {
        Vae vae = vae();
        try (Backend backend = new JavaBackend(1); Matrix data = data(backend);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), SEED)) {
            Step step = Step.of(vae.graph(), parameters, backend).rows(64).seed(SEED).read(data).minimise(new Elbo(),
                    adam()).compile();
            step.rows(inOrder(), 0).run(0);
            Matrix z = step.value(vae.z());
            step.close();
            step.close();
            assertThrows(IllegalStateException.class, z::toArray);
            assertThrows(IllegalStateException.class, () -> step.run(1));
            assertEquals(COLUMNS * 30, parameters.all().get(0).value().toArray().length);
        }
    }

    @Test
    void refusesWhatCannotBeCompiled() {
        Vae vae = vae();
        Vae other = new Vae(new VaeSettings(COLUMNS, List.of(31), 6, Activation.RELU, LikelihoodKind.BERNOULLI, 1,
                false));
        try (Backend backend = new JavaBackend(1); Matrix data = data(backend); Matrix narrow = backend.matrix(9, 3);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), SEED);
                Step byHand = Step.of(vae.graph(), parameters, backend).rows(2).seed(SEED).evaluate(new Elbo()).want(vae
                        .z())
                        .compile()) {
            refused("rows must be at least 1, not 0",
                    () -> Step.of(vae.graph(), parameters, backend).rows(0).seed(SEED).read(data).minimise(new Elbo(),
                            adam()).compile());
            Training twice = Training.of(new Elbo(), adam());
            refused("another training of the step changes 'encoder.0.weight' too", () -> Step.of(vae.graph(),
                    parameters,
                    backend).rows(8).read(data).minimise(twice).minimise(twice.withName("second")).compile());
            refused("the data of input 'x' must be 9 x 40, not 9 x 3", () -> Step.of(vae.graph(), parameters, backend)
                    .rows(8).seed(SEED).read(narrow).evaluate(new Elbo()).compile());
            refused("'encoder.0.weight' of 40 x 31", () -> Step.of(other.graph(), parameters, backend).rows(8).seed(
                    SEED).read(data).evaluate(new Elbo()).compile());
            assertThrows(IllegalStateException.class, () -> byHand.rows(inOrder(), 0));
        }
    }

    @Test
    void graphsRefuseWhatCannotBeRight() {
        Graph g = new Graph();
        Value x = g.input("x", 3);
        Value stranger = new Graph().input("stranger", 3);
        DiagonalGaussian q = DiagonalGaussian.of("q", x, 2);
        Value z = g.latent("z", q);
        refused("'x' is already taken", () -> g.input("x", 2));
        refused("at least 1 column, not 0", () -> g.input("empty", 0));
        refused("another graph", () -> Concatenate.of("c", x, stranger));
        refused("another graph", () -> g.latent("y", new DiagonalGaussian(stranger, stranger)));
        refused("another graph", () -> g.observe("o", new Bernoulli(stranger), x));
        refused("2 columns, 'x' has 3", () -> g.observe("o", new Bernoulli(z), x));
        refused("columns 0 to 3", () -> Slice.of("s", x, 1, 4));
        refused("2 dimensions, its prior 3", () -> g.latent("y", q, new DiagonalGaussian(x, x)));
        refused("binarise 'b': 'z' depends on parameters", () -> Binarise.of("b", z));
        refused("observe 'o': 'z' depends on parameters, but Bernoulli has no gradient", () -> g.observe("o",
                new Bernoulli(Slice.of("x'", x, 0, 2)), z));
        refused("parameter named 'd.weight'", () -> {
            LearnedRow.of(g, "d.weight", 2, 0);
            Dense.of("d", x, 2, Activation.RELU);
        });
    }

    @Test
    void parametersHaveASizeAndBeginWithFiniteNumbers() {
        Graph g = new Graph();
        Value index = g.input("index", 1);
        refused("rows must be at least 1, not 0", () -> Embedding.of("e", index, 0, 3));
        refused("columns must be at least 1, not 0", () -> Embedding.of("e", index, 3, 0));
        refused("count must be at least 1, not -1", () -> LearnedRowPer.of(g, Axis.COMPONENT, "m", -1, 3, 1));
        refused("count must be at least 1, not 0", () -> LearnedRowPer.constant(g, Axis.COMPONENT, "m", 0, 3, 1));
        refused("columns must be at least 1, not 0", () -> LearnedRowPer.constant(g, Axis.COMPONENT, "m", 3, 0, 1));
        refused("dataRows must be at least 1, not 0", () -> LearnedRows.of(g, "rows", 0, 2, 1));
        refused("columns must be at least 1, not 0", () -> LearnedRows.of(g, "rows", 2, 0, 1));
        refused("columns must be at least 1, not 0", () -> LearnedRow.of(g, "row", 0, 1));
        refused("columns must be at least 1, not 0", () -> ConstantRow.of(g, "row", 0, 1));
        refused("columns must be at least 1, not 0", () -> Spread.of(index, 0));
        refused("columns must be at least 1, not 0", () -> GumbelNoise.of(g, "n", index.rows(), 0));
        refused("columns must be at least 1, not 0", () -> LogisticNoise.of(g, "n", index.rows(), 0));
        refused("columns must be at least 1, not 0", () -> NormalNoise.of(g, "n", index.rows(), 0));
        refused("columns must be at least 1, not 0", () -> UniformNoise.of(g, "n", index.rows(), 0));
        refused("columns must be at least 1, not 0", () -> new LayerNorm("n", 0));
        refused("columns must be at least 1, not -2", () -> new RmsNorm("n", -2, 1e-5f));
        refused("inputs must be at least 1, not 0", () -> new Dense("d", 0, 2, Activation.RELU));
        refused("units must be at least 1, not 0", () -> new Dense("d", 2, 0, Activation.RELU));
        refused("units must be at least 1, not 0", () -> Dense.of("d", index, 0, Activation.RELU));
        refused("units must be at least 1, not 0", () -> DenseOfMembers.of("d", 2, index, 0, Activation.RELU));
        refused("inputs must be at least 1, not 0", () -> new Gru("g", 0, 2));
        refused("units must be 1 to 2^31 - 1, not 0", () -> Gru.normalised("g", 2, 0));
        refused("spread must be above 0 and finite, not Infinity", () -> LearnedRowPer.of(g, Axis.COMPONENT, "m", 2, 1,
                Float.POSITIVE_INFINITY));
        refused("spread must be above 0 and finite, not NaN", () -> LearnedRowPer.of(g, Axis.COMPONENT, "m", 2, 1,
                Float.NaN));
        String finite = "initially must be finite, not ";
        refused(finite + "-Infinity", () -> LearnedRowPer.constant(g, Axis.MEMBER, "m", 2, 1,
                Float.NEGATIVE_INFINITY));
        refused(finite + "NaN", () -> LearnedRow.of(g, "row", 2, Float.NaN));
        refused(finite + "NaN", () -> LearnedRows.of(g, "rows", 2, 2, Float.NaN));
        refused("delta must be above 0 and finite, not 0.0", () -> Loss.huber("loss", index, index, 0));
        assertEquals(List.of(index), g.nodes());
        // those that nodes of others make
        String size = "parameter 'p' must have at least 1 row and 1 column, not ";
        refused(size + "0 x 3", () -> Parameter.constant("p", 0, 3, 1));
        refused(size + "1 x -2", () -> Parameter.uniform("p", 1, -2, 1));
        String numbers = "parameter 'p' must begin with finite numbers, not ";
        refused(numbers + "from -Infinity to Infinity", () -> new Parameter("p", 2, 1, Float.POSITIVE_INFINITY, 0));
        refused(numbers + "NaN", () -> Parameter.constant("p", 2, 1, Float.NaN));
        assertEquals(List.of(), g.parameters());
    }

    private static void refused(String words, Runnable wrong) {
        String message = assertThrows(IllegalArgumentException.class, wrong::run).getMessage();
        assertTrue(message.contains(words), "'" + message + "' should contain '" + words + "'");
    }
}
