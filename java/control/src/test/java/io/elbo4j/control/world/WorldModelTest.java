package io.elbo4j.control.world;

import static io.elbo4j.control.world.Plain.both;
import static io.elbo4j.control.world.Plain.doubles;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.control.world.WorldModel.Path;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.optimiser.Sgd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The model against its formulas in plain loops of doubles. */
class WorldModelTest {
    private static final int ROWS = 3;
    private static final int LENGTH = 4;
    private static final int SEEN = 2;
    private static final int ACTS = 2;
    private static final int UNITS = 5;
    private static final int LATENT = 3;
    private static final double DEVIATION = 0.7;
    private static final double SCALE = 4;
    private static final float[] CENTRE = {0.7f, -1.3f};

    private static WorldModel.Settings settings(Path path, double freeNats) {
        return settings(path, freeNats, false, false);
    }

    private static WorldModel.Settings settings(Path path, double freeNats, boolean mean, boolean centred) {
        return new WorldModel.Settings(path, UNITS, LATENT, List.of(6, 4), List.of(7), List.of(5), DEVIATION, SCALE,
                0.5, freeNats, mean, centred);
    }

    /** A window of each row: observations, actions, rewards, whether anything comes after. */
    private record Windows(float[] observations, float[] actions, float[] rewards, float[] continues) {
        static Windows random(long seed) {
            Random random = new Random(seed);
            float[][] all = {new float[ROWS * LENGTH * SEEN], new float[ROWS * LENGTH * ACTS], new float[ROWS
                    * LENGTH], new float[ROWS * LENGTH]};
            for (float[] each : all) {
                for (int i = 0; i < each.length; i++) {
                    each[i] = (float) random.nextGaussian();
                }
            }
            for (int i = 0; i < all[3].length; i++) {
                all[3][i] = i % LENGTH == LENGTH - 1 && i / LENGTH % 2 == 0 ? 0 : 1;
            }
            return new Windows(all[0], all[1], all[2], all[3]);
        }

        void set(Step step, Graph graph) {
            for (Node node : graph.nodes()) {
                switch (node.name()) {
                    case WorldModel.OBSERVATION -> step.value((Value) node).set(observations);
                    case WorldModel.ACTION -> step.value((Value) node).set(actions);
                    case WorldModel.REWARD -> step.value((Value) node).set(rewards);
                    case WorldModel.CONTINUES -> step.value((Value) node).set(continues);
                    default -> {
                    }
                }
            }
        }
    }

    /** What the model says of windows, of the draws that it made. */
    private static final class Said implements AutoCloseable {
        final Backend backend = new JavaBackend(1);
        final Graph graph = new Graph();
        final WorldModel model;
        final Value states;
        final Parameters parameters;
        final Step step;
        final List<Value> drawn;
        /** Of the second level, if there is one. */
        final List<Value> second;

        Said(WorldModel.Settings settings, Windows windows) {
            model = new WorldModel(settings, SEEN, ACTS);
            states = model.observe(graph, LENGTH, x -> x);
            parameters = new Parameters(backend, graph.parameters(), 5);
            if (settings.centred()) {
                model.centre(parameters, CENTRE);
            }
            drawn = graph.all(Latent.class).stream().filter(z -> z.name().matches("z \\d+")).map(Value.class::cast)
                    .toList();
            second = graph.all(Latent.class).stream().filter(z -> z.name().endsWith("z2 drawn")).map(Value.class::cast)
                    .toList();
            step = Step.of(graph, parameters, backend).rows(ROWS).seed(9).minimise(model.objective(), new Sgd(1e-30))
                    .want(states).want(
                            drawn.toArray(Value[]::new)).compile();
            windows.set(step, graph);
            step.run(2);
        }

        double[] term(String node, Term.Role role) {
            Node owner = graph.nodes().stream().filter(n -> n.name().equals(node)).findFirst().orElseThrow();
            Term term = owner.terms().stream().filter(t -> t.role() == role).findFirst().orElseThrow();
            float[] all = step.term(term).orElseThrow().toArray();
            return doubles(all, 0, all.length);
        }

        @Override
        public void close() {
            step.close();
            parameters.close();
            backend.close();
        }
    }

    private static double[] context(Plain plain, Path path, double[] state, double[] action) {
        if (path == Path.TWO_LEVEL) {
            return both(Arrays.copyOfRange(state, LATENT, state.length), action);
        }
        double[] z = Arrays.copyOfRange(state, state.length - LATENT, state.length);
        double[] input = plain.relu("path.input", both(z, action));
        return path == Path.MARKOV ? input : plain.gru("path.memory", input, Arrays.copyOf(state, UNITS));
    }

    private static double[] embedding(Plain plain, float[] observations, int row, boolean centred) {
        double[] seen = doubles(observations, row * SEEN, SEEN);
        for (int i = 0; centred && i < SEEN; i++) {
            seen[i] -= CENTRE[i];
        }
        return Plain.each(plain.network("encoder", 2, seen), v -> Math.max(v, 0));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void itsTermsAreThoseOfPlainLoops(boolean centred) {
        for (Path path : Path.values()) {
            Windows windows = Windows.random(7);
            try (Said said = new Said(settings(path, 0, false, centred), windows)) {
                Plain plain = new Plain(said.parameters);
                float[] states = said.step.value(said.states).toArray();
                int columns = states.length / (ROWS * LENGTH);
                assertEquals(switch (path) {
                    case MARKOV -> LATENT;
                    case RECURRENT -> UNITS + LATENT;
                    case TWO_LEVEL -> 5 * LATENT;
                }, columns);
                double[] seen = said.term("observation seen", Term.Role.LOG_LIKELIHOOD);
                double[] gained = said.term("reward gained", Term.Role.LOG_LIKELIHOOD);
                double[] goesOn = said.term("continues or ends", Term.Role.LOG_LIKELIHOOD);
                for (int b = 0; b < ROWS; b++) {
                    double[] state = new double[columns];
                    for (int t = 0; t < LENGTH; t++) {
                        int row = b * LENGTH + t;
                        double[] action = t == 0 ? new double[ACTS] : doubles(windows.actions, row * ACTS, ACTS);
                        double[] context = context(plain, path, state, action);
                        double[][] p = Plain.gaussian(plain.network("path.prior", 2, context));
                        double[][] q = Plain.gaussian(plain.network("path.posterior", 2, both(context, embedding(plain,
                                windows.observations, row, centred))));
                        double[] z = doubles(said.step.value(said.drawn.get(t)).toArray(), b * LATENT, LATENT);
                        assertEquals(Plain.kl(q, p), said.term("z " + t, Term.Role.KL)[b], 1e-5, path + " KL " + t);
                        state = switch (path) {
                            case MARKOV -> z;
                            case RECURRENT -> both(context, z);
                            case TWO_LEVEL -> both(z, doubles(said.step.value(said.second.get(t)).toArray(), b * 4
                                    * LATENT, 4 * LATENT));
                        };
                        assertArrayEquals(state, doubles(states, row * columns, columns), 1e-6);

                        double[] mean = plain.network("decoder", 2, state);
                        double expected = 0;
                        for (int i = 0; i < SEEN; i++) {
                            expected += Plain.logNormal(windows.observations[row * SEEN + i], mean[i] + (centred
                                    ? CENTRE[i] : 0), DEVIATION);
                        }
                        assertEquals(expected, seen[row], 1e-5);
                        double r = plain.network("reward", 2, state)[0];
                        assertEquals(t == 0 ? Plain.logNormal(0, 0, 1) : Plain.logNormal(windows.rewards[row] / SCALE,
                                r, 1), gained[row], 1e-5, "the reward of the action before, not of a window's first");
                        double logit = plain.network("continues", 2, state)[0];
                        assertEquals(-Math.log1p(Math.exp(windows.continues[row] == 1 ? -logit : logit)), goesOn[row],
                                1e-5);
                    }
                }
            }
        }
    }

    /** Draws of q have its mean and deviation, and those of different steps nothing to do with each other. */
    @Test
    void drawsAreThoseOfThePosterior() {
        int rows = 20_000;
        WorldModel model = new WorldModel(settings(Path.RECURRENT, 0), SEEN, ACTS);
        Graph graph = new Graph();
        model.observe(graph, 2, x -> x);
        List<Latent> drawn = graph.all(Latent.class);
        System.out.println("seed 11");
        try (Backend backend = new JavaBackend(2); Parameters parameters = new Parameters(backend, graph.parameters(),
                5); Step step = Step.of(graph, parameters, backend).rows(rows).seed(11).want(drawn.get(0), drawn.get(1))
                        .compile()) {
            for (Node node : graph.nodes()) {
                if (List.of(WorldModel.OBSERVATION, WorldModel.ACTION).contains(node.name())) {
                    float[] zeros = new float[(int) step.value((Value) node).columns() * rows];
                    step.value((Value) node).set(zeros);
                }
            }
            step.run(0);
            Plain plain = new Plain(parameters);
            double[] context = context(plain, Path.RECURRENT, new double[UNITS + LATENT], new double[ACTS]);
            double[][] q = Plain.gaussian(plain.network("path.posterior", 2, both(context, embedding(plain,
                    new float[SEEN], 0, false))));
            float[] z = step.value(drawn.get(0)).toArray();
            float[] after = step.value(drawn.get(1)).toArray();
            for (int i = 0; i < LATENT; i++) {
                double sum = 0;
                double squares = 0;
                double product = 0;
                double sumAfter = 0;
                double squaresAfter = 0;
                for (int r = 0; r < rows; r++) {
                    double e = (z[r * LATENT + i] - q[0][i]) / q[1][i];
                    sum += e;
                    squares += e * e;
                    double next = after[r * LATENT + (i + 1) % LATENT];
                    product += e * next;
                    sumAfter += next;
                    squaresAfter += next * next;
                }
                assertEquals(0, sum / rows, 4 / Math.sqrt(rows));
                assertEquals(1, squares / rows, 4 * Math.sqrt(2.0 / rows));
                // what comes after sees z through small networks: it is nearly alone
                double deviation = Math.sqrt(squaresAfter / rows - Math.pow(sumAfter / rows, 2));
                assertTrue(Math.abs((product - sum * sumAfter / rows) / rows / deviation) < 0.5);
            }
        }
    }

    /** Of two levels, the second is drawn given the first. */
    @Test
    void theSecondLevelIsDrawnGivenTheFirst() {
        int rows = 20_000;
        int columns = 4 * LATENT;
        WorldModel model = new WorldModel(settings(Path.TWO_LEVEL, 0), SEEN, ACTS);
        Graph graph = new Graph();
        model.observe(graph, 2, x -> x);
        List<Value> drawn = graph.all(Latent.class).stream().filter(z -> z.name().equals("z 0") || z.name().equals(
                "s 0.z2 drawn")).map(Value.class::cast).toList();
        System.out.println("seed 12");
        try (Backend backend = new JavaBackend(2); Parameters parameters = new Parameters(backend, graph.parameters(),
                5); Step step = Step.of(graph, parameters, backend).rows(rows).seed(12).want(drawn.toArray(
                        Value[]::new)).compile()) {
            for (Node node : graph.nodes()) {
                if (List.of(WorldModel.OBSERVATION, WorldModel.ACTION).contains(node.name())) {
                    step.value((Value) node).set(new float[(int) step.value((Value) node).columns() * rows]);
                }
            }
            step.run(0);
            Plain plain = new Plain(parameters);
            float[] first = step.value(drawn.get(0)).toArray();
            float[] second = step.value(drawn.get(1)).toArray();
            double sum = 0;
            double squares = 0;
            for (int r = 0; r < rows; r++) {
                double[][] p = Plain.gaussian(plain.network("path.second", 2, both(doubles(first, r * LATENT, LATENT),
                        new double[columns + ACTS])));
                for (int i = 0; i < columns; i++) {
                    double e = (second[r * columns + i] - p[0][i]) / p[1][i];
                    sum += e;
                    squares += e * e;
                }
            }
            int count = rows * columns;
            assertEquals(0, sum / count, 4 / Math.sqrt(count));
            assertEquals(1, squares / count, 4 * Math.sqrt(2.0 / count));
        }
    }

    /** With a share of 1/2, the gradient is that of the log-likelihoods and half of the KLs; of all, if asked. */
    @ParameterizedTest
    @ValueSource(doubles = {1, 2})
    void itsGradientIsThatOfFiniteDifferences(double klWeight) {
        for (Path path : Path.values()) {
            Windows windows = Windows.random(23);
            WorldModel model = new WorldModel(weighted(path, klWeight), SEEN, ACTS);
            Graph graph = new Graph();
            model.observe(graph, LENGTH, x -> x);
            try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, graph
                    .parameters(), 5); Step learning = Step.of(graph, parameters, backend).rows(ROWS).seed(9).minimise(
                            model.objective(), new Sgd(1e-30)).compile(); Step asking = Step.of(graph, parameters,
                                    backend).rows(ROWS).seed(9).minimise(model.objective(), new Sgd(1e-30)).compile()) {
                windows.set(learning, graph);
                windows.set(asking, graph);
                learning.run(2);
                // before others are asked for, whose steps write them, too
                List<float[]> gradients = parameters.all().stream().map(s -> s.gradient().toArray()).toList();
                for (int i = 0; i < gradients.size(); i++) {
                    Parameters.State each = new ArrayList<>(parameters.all()).get(i);
                    float[] values = each.value().toArray();
                    int at = values.length / 2;
                    double gradient = gradients.get(i)[at];
                    double h = 3e-3;
                    double[] loss = new double[2];
                    for (int side = 0; side < 2; side++) {
                        float[] moved = values.clone();
                        moved[at] += (float) (side == 0 ? h : -h);
                        each.value().set(moved);
                        asking.run(2);
                        for (Node node : graph.nodes()) {
                            for (Term term : node.terms()) {
                                double weight = term.role() == Term.Role.KL ? klWeight / 2 : -1;
                                if (asking.term(term).isPresent()) {
                                    for (float t : asking.term(term).get().toArray()) {
                                        loss[side] += weight * t / ROWS;
                                    }
                                }
                            }
                        }
                    }
                    each.value().set(values);
                    double expected = (loss[0] - loss[1]) / (2 * h);
                    assertEquals(expected, gradient, 5e-4 * Math.max(1, Math.abs(expected)), path + " " + each
                            .parameter().name());
                }
            }
        }
    }

    private static WorldModel.Settings weighted(Path path, double klWeight) {
        return new WorldModel.Settings(path, UNITS, LATENT, List.of(6, 4), List.of(7), List.of(5), DEVIATION, SCALE,
                0.5, klWeight, 0, false, false);
    }

    /** The KL of each step of episodes that are seen: states are means, those of what is seen. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theKlOfAStepIsThatOfPlainLoops(boolean centred) {
        for (Path path : Path.values()) {
            Windows windows = Windows.random(7);
            WorldModel model = new WorldModel(settings(path, 0, false, centred), SEEN, ACTS);
            Graph graph = new Graph();
            model.observe(graph, LENGTH, x -> x);
            try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, graph
                    .parameters(), 5); OpenLoop open = new OpenLoop(model, parameters, ROWS, backend)) {
                if (centred) {
                    model.centre(parameters, CENTRE);
                }
                Plain plain = new Plain(parameters);
                double[][] states = new double[ROWS][model.space().columns()];
                float[] seen = new float[ROWS * SEEN];
                float[] done = new float[ROWS * ACTS];
                assertArrayEquals(new double[ROWS], open.kl(), "nothing is seen yet");
                for (int t = 0; t < LENGTH; t++) {
                    for (int b = 0; b < ROWS; b++) {
                        int row = b * LENGTH + t;
                        System.arraycopy(windows.observations, row * SEEN, seen, b * SEEN, SEEN);
                        System.arraycopy(windows.actions, row * ACTS, done, b * ACTS, ACTS);
                    }
                    if (t > 0) {
                        open.did(done);
                    }
                    open.see(seen);
                    double[] kl = open.kl();
                    for (int b = 0; b < ROWS; b++) {
                        double[] action = t == 0 ? new double[ACTS] : doubles(done, b * ACTS, ACTS);
                        double[] context = context(plain, path, states[b], action);
                        double[][] p = Plain.gaussian(plain.network("path.prior", 2, context));
                        double[][] q = Plain.gaussian(plain.network("path.posterior", 2, both(context, embedding(plain,
                                seen, b, centred))));
                        double expected = Plain.kl(q, p);
                        assertEquals(expected, kl[b], 1e-5 * Math.max(1, expected), path + " KL " + t);
                        states[b] = switch (path) {
                            case MARKOV -> q[0];
                            case RECURRENT -> both(context, q[0]);
                            case TWO_LEVEL -> both(q[0], Arrays.copyOf(plain.network("path.second", 2, both(q[0],
                                    context)), 4 * LATENT));
                        };
                    }
                }
                open.expect(done);
                assertArrayEquals(new double[ROWS], open.kl(), "nothing is seen");
            }
        }
    }

    /** Free is each step of each window by itself. */
    @Test
    void freeNatsAreOfEachStep() {
        Windows windows = Windows.random(8);
        try (Said said = new Said(settings(Path.RECURRENT, 0), windows)) {
            double least = Double.POSITIVE_INFINITY;
            double most = 0;
            for (int t = 0; t < LENGTH; t++) {
                for (double kl : said.term("z " + t, Term.Role.KL)) {
                    least = Math.min(least, kl);
                    most = Math.max(most, kl);
                }
            }
            float[] all = priorGradient(0, windows);
            float[] none = priorGradient(most * 1.01, windows);
            float[] same = priorGradient(least * 0.99, windows);
            float[] some = priorGradient((least + most) / 2, windows);
            assertArrayEquals(all, same);
            assertArrayEquals(new float[none.length], none, "all are free");
            assertTrue(!Arrays.equals(all, some) && !Arrays.equals(none, some));
        }
    }

    /** Or of their mean: then all are free, or none is. */
    @Test
    void freeNatsAreOfTheMean() {
        Windows windows = Windows.random(8);
        double mean = 0;
        try (Said said = new Said(settings(Path.RECURRENT, 0), windows)) {
            for (int t = 0; t < LENGTH; t++) {
                mean += Arrays.stream(said.term("z " + t, Term.Role.KL)).sum() / (LENGTH * ROWS);
            }
        }
        float[] all = priorGradient(0, windows);
        assertArrayEquals(all, priorGradient(mean * 0.99, true, windows));
        assertArrayEquals(new float[all.length], priorGradient(mean * 1.01, true, windows));
        assertTrue(!Arrays.equals(all, priorGradient(mean * 0.99, windows)), "some steps alone are free");
    }

    private static float[] priorGradient(double freeNats, Windows windows) {
        return priorGradient(freeNats, false, windows);
    }

    private static float[] priorGradient(double freeNats, boolean ofMean, Windows windows) {
        WorldModel model = new WorldModel(settings(Path.RECURRENT, freeNats, ofMean, false), SEEN, ACTS);
        Graph graph = new Graph();
        model.observe(graph, LENGTH, x -> x);
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, graph.parameters(),
                5); Step step = Step.of(graph, parameters, backend).rows(ROWS).seed(9).minimise(model.objective(),
                        new Sgd(1e-30)).compile()) {
            windows.set(step, graph);
            step.run(2);
            return parameters.all().stream().filter(s -> s.parameter().name().equals("path.prior.1.weight")).findFirst()
                    .orElseThrow().gradient().toArray();
        }
    }

    @Test
    void everySettingCounts() {
        Windows windows = Windows.random(8);
        WorldModel.Settings usual = settings(Path.RECURRENT, 0);
        List<WorldModel.Settings> others = List.of(settings(Path.MARKOV, 0), settings(Path.RECURRENT, 0.53), settings(
                Path.RECURRENT, 100, true, false),
                new WorldModel.Settings(Path.RECURRENT, UNITS, LATENT, List.of(6, 4), List.of(7), List.of(5),
                        DEVIATION, SCALE, 0.6, 0, false, false),
                new WorldModel.Settings(Path.RECURRENT, UNITS, LATENT, List.of(6, 4), List.of(7), List.of(5),
                        DEVIATION, 5, 0.5, 0, false, false),
                new WorldModel.Settings(Path.RECURRENT, UNITS, LATENT, List.of(6, 4), List.of(7), List.of(5), 0.8,
                        SCALE, 0.5, 0, false, false));
        List<Integer> expected = learned(usual, windows);
        assertEquals(expected, learned(usual, windows));
        for (WorldModel.Settings other : others) {
            assertNotEquals(expected, learned(other, windows), other.toString());
        }
    }

    private static List<Integer> learned(WorldModel.Settings settings, Windows windows) {
        WorldModel model = new WorldModel(settings, SEEN, ACTS);
        Graph graph = new Graph();
        model.observe(graph, LENGTH, x -> x);
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, graph.parameters(),
                5); Step step = Step.of(graph, parameters, backend).rows(ROWS).seed(9).minimise(model.objective(),
                        new Sgd(0.1)).compile()) {
            windows.set(step, graph);
            step.run(2);
            return parameters.all().stream().map(s -> Arrays.hashCode(s.value().toArray())).toList();
        }
    }

    @Test
    void wrongSettingsAreNamed() {
        try (Said said = new Said(settings(Path.MARKOV, 0), Windows.random(8)); Said centred = new Said(settings(
                Path.MARKOV, 0, false, true), Windows.random(8))) {
            refused("mean must be of observations that are centred, not of others", () -> said.model.centre(
                    said.parameters, CENTRE));
            refused("mean must be 2 numbers, not 1", () -> centred.model.centre(centred.parameters, new float[1]));
        }
        refused("units must be at least 1, not 0", () -> new WorldModel.Settings(Path.MARKOV, 0, 1, List.of(1), List
                .of(), List.of(), 1, 1, 0.5, 0, false, false));
        refused("encoder must be at least one layer, not none", () -> new WorldModel.Settings(Path.MARKOV, 1, 1, List
                .of(), List.of(), List.of(), 1, 1, 0.5, 0, false, false));
        refused("klShare must be from 0 to 1, not 1.5", () -> new WorldModel.Settings(Path.MARKOV, 1, 1, List.of(1),
                List.of(), List.of(), 1, 1, 1.5, 0, false, false));
        refused("length must be from 2 to 1000, not 1", () -> new WorldModel(settings(Path.MARKOV, 0), 1, 1).observe(
                new Graph(), 1, x -> x));
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }
}
