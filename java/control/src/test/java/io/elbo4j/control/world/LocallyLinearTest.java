package io.elbo4j.control.world;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.optimiser.Adam;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** The losses of a tiny model and their gradients, against the equations in plain loops in double. */
class LocallyLinearTest {
    private static final long SEED = 6;
    private static final int ROWS = 3;
    private static final int SEEN = 5;
    private static final int N = 2;
    private static final int M = 2;
    private static final double WEIGHT = 0.25;
    private static final double INVERSE = 7;

    /** Parameters by name, in double; of the noise of z what the engine has drawn. */
    private record World(Map<String, double[]> of, double[][] x, double[][] u, double[][] next, double[][] noise) {
        /** Dense layers with ReLU between them. */
        double[] network(String name, int layers, double... input) {
            double[] h = input;
            for (int l = 0; l < layers; l++) {
                double[] w = of.get("m." + name + "." + l + ".weight");
                double[] b = of.get("m." + name + "." + l + ".bias");
                double[] y = b.clone();
                for (int j = 0; j < y.length; j++) {
                    for (int i = 0; i < h.length; i++) {
                        y[j] += h[i] * w[i * y.length + j];
                    }
                    y[j] = l < layers - 1 ? Math.max(0, y[j]) : y[j];
                }
                h = y;
            }
            return h;
        }

        /** Mean, then log-variance. */
        double[] q(double... x) {
            double[] normal = new double[SEEN];
            for (int i = 0; i < SEEN; i++) {
                normal[i] = (x[i] - of.get("m.background")[i]) * of.get("m.scale")[i];
            }
            double[] both = network("encoder", 2, normal);
            for (int i = N; i < 2 * N; i++) {
                both[i] = 8 * Math.tanh((both[i] + 4) / 8) - 4;
            }
            return both;
        }

        double logLikelihood(double[] z, double[] x) {
            double[] logits = network("decoder", 2, z);
            double sum = 0;
            for (int i = 0; i < SEEN; i++) {
                double p = 1 / (1 + Math.exp(-logits[i]));
                sum += x[i] * Math.log(p) + (1 - x[i]) * Math.log(1 - p);
            }
            return sum;
        }

        /** A, then o + B u, of the code that they are linear around. */
        double[][] around(double[] z, double[] u) {
            double[] parts = network("transition", 2, z);
            double dot = parts[0] * parts[2] + parts[1] * parts[3];
            double[][] local = new double[3][N];
            for (int i = 0; i < N; i++) {
                for (int j = 0; j < N; j++) {
                    local[i][j] = (i == j ? 1 : 0) + 0.9 * parts[i] / Math.sqrt(1 + dot * dot) * parts[N + j];
                }
                local[2][i] = parts[2 * N + i];
                for (int j = 0; j < M; j++) {
                    local[2][i] += parts[3 * N + j * N + i] * u[j];
                }
            }
            return local;
        }

        double[] moved(double[][] local, double... z) {
            return new double[] {local[0][0] * z[0] + local[0][1] * z[1] + local[2][0], local[1][0] * z[0]
                    + local[1][1] * z[1] + local[2][1]};
        }

        double kl(double[] before, double[][] local, double[] after) {
            double[] mean = moved(local, before[0], before[1]);
            double[] s = {Math.exp(before[2]), Math.exp(before[3])};
            double a = local[0][0] * local[0][0] * s[0] + local[0][1] * local[0][1] * s[1];
            double d = local[1][0] * local[1][0] * s[0] + local[1][1] * local[1][1] * s[1];
            double b = local[0][0] * local[1][0] * s[0] + local[0][1] * local[1][1] * s[1];
            double trace = a / Math.exp(after[2]) + d / Math.exp(after[3]);
            double distance = Math.pow(mean[0] - after[0], 2) / Math.exp(after[2]) + Math.pow(mean[1] - after[1], 2)
                    / Math.exp(after[3]);
            return 0.5 * (trace + distance - N + after[2] + after[3] - Math.log(a * d - b * b));
        }

        double loss(double inverseWeight) {
            double sum = 0;
            for (int r = 0; r < ROWS; r++) {
                double[] q = q(x[r]);
                double[] after = q(next[r]);
                double[] z = new double[N];
                for (int i = 0; i < N; i++) {
                    z[i] = q[i] + Math.exp(q[N + i] / 2) * noise[r][i];
                    sum += 0.5 * (q[i] * q[i] + Math.exp(q[N + i]) - q[N + i] - 1);
                }
                double[][] local = around(z, u[r]);
                sum -= logLikelihood(z, x[r]) + logLikelihood(moved(local, z), next[r]);
                sum += WEIGHT * kl(q, local, after);
                if (inverseWeight > 0) {
                    double[] w = of.get("m.inverse.weight");
                    for (int j = 0; j < M; j++) {
                        double read = of.get("m.inverse.bias")[j] + (after[0] - q[0]) * w[j] + (after[1] - q[1]) * w[M
                                + j];
                        sum += inverseWeight * Math.pow(u[r][j] - read, 2);
                    }
                }
            }
            return sum / ROWS;
        }

        double refitLoss() {
            double sum = 0;
            for (int r = 0; r < ROWS; r++) {
                double[] now = {x[r][0], x[r][1]};
                double[] after = moved(around(now, u[r]), now);
                sum += Math.pow(after[0] - next[r][0], 2) + Math.pow(after[1] - next[r][1], 2);
            }
            return sum / ROWS;
        }
    }

    private final SplittableRandom random = new SplittableRandom(SEED);

    private static LocallyLinear.Settings settings(double inverseWeight) {
        return new LocallyLinear.Settings(N, List.of(4), List.of(3), List.of(6), WEIGHT, inverseWeight);
    }

    private double[][] numbers(int columns, double from, double to) {
        double[][] all = new double[ROWS][columns];
        for (double[] row : all) {
            for (int i = 0; i < columns; i++) {
                row[i] = (float) random.nextDouble(from, to);
            }
        }
        return all;
    }

    private static float[] flat(double[][] rows) {
        float[] all = new float[rows.length * rows[0].length];
        for (int i = 0; i < all.length; i++) {
            all[i] = (float) rows[i / rows[0].length][i % rows[0].length];
        }
        return all;
    }

    private static Map<String, double[]> values(Parameters parameters) {
        Map<String, double[]> all = new LinkedHashMap<>();
        parameters.all().forEach(s -> {
            float[] v = s.value().toArray();
            double[] d = new double[v.length];
            for (int i = 0; i < d.length; i++) {
                d[i] = v[i];
            }
            all.put(s.parameter().name(), d);
        });
        return all;
    }

    /** Central differences of the loops, of each number of each parameter that is trained. */
    private static void compare(Parameters parameters, Map<String, double[]> of, Set<String> trained, World world,
            ToDoubleFunction<World> loss) {
        int compared = 0;
        for (Parameters.State s : parameters.all()) {
            if (trained.stream().noneMatch(s.parameter().name()::startsWith)) {
                continue;
            }
            float[] gradient = s.gradient().toArray();
            double[] value = of.get(s.parameter().name());
            for (int i = 0; i < value.length; i++) {
                double was = value[i];
                double h = 1e-6;
                value[i] = was + h;
                double above = loss.applyAsDouble(world);
                value[i] = was - h;
                double below = loss.applyAsDouble(world);
                value[i] = was;
                double expected = (above - below) / (2 * h);
                assertEquals(expected, gradient[i], 2e-4 * (1 + Math.abs(expected)), s.parameter().name() + " " + i
                        + ", seed " + SEED);
                compared += Math.abs(expected) > 1e-3 ? 1 : 0;
            }
        }
        assertTrue(compared > 20, compared + " gradients that are not 0");
    }

    private void check(double inverseWeight) {
        Graph g = new Graph();
        LocallyLinear model = new LocallyLinear(g, "m", SEEN, M, settings(inverseWeight));
        Value x = g.input("x", SEEN);
        Value u = g.input("u", M);
        Value next = g.input("next", SEEN);
        model.observe(x, u, next);
        Latent z = g.all(Latent.class).get(0);
        double[][] seen = numbers(SEEN, 0, 1);
        double[][] done = numbers(M, -1, 1);
        double[][] after = numbers(SEEN, 0, 1);
        try (Backend backend = new JavaBackend(1); Parameters p = new Parameters(backend, g.parameters(), SEED);
                Step step = Step.of(g, p, backend).rows(ROWS).seed(SEED).minimise(Training.of(model.objective(),
                        new Adam(1e-30)).withParameters(model.trained())).want(z).compile()) {
            model.begin(p, numbers(SEEN, 0, 1)[0], 0.4);
            Map<String, double[]> of = values(p);
            assertEquals(inverseWeight > 0, of.containsKey("m.inverse.weight"));
            step.value(x).set(flat(seen));
            step.value(u).set(flat(done));
            step.value(next).set(flat(after));
            step.run(0);
            float[] drawn = step.value(z).toArray();
            World without = new World(of, seen, done, after, new double[ROWS][N]);
            double[][] noise = new double[ROWS][N];
            for (int r = 0; r < ROWS; r++) {
                double[] q = without.q(seen[r]);
                for (int i = 0; i < N; i++) {
                    noise[r][i] = (drawn[r * N + i] - q[i]) / Math.exp(q[N + i] / 2);
                }
            }
            World world = new World(of, seen, done, after, noise);
            double found = 0;
            for (io.elbo4j.train.graph.Node node : g.nodes()) {
                for (io.elbo4j.train.graph.Term term : node.terms()) {
                    double weight = switch (node.name()) {
                        case "reconstruction", "prediction" -> -1;
                        case "z" -> term.role() == io.elbo4j.train.graph.Term.Role.KL ? 1 : 0;
                        case "transition" -> WEIGHT;
                        default -> inverseWeight;
                    };
                    if (weight != 0) {
                        for (float each : step.term(term).orElseThrow().toArray()) {
                            found += weight * each / ROWS;
                        }
                    }
                }
            }
            assertEquals(world.loss(inverseWeight), found, 1e-5 * Math.abs(found), "seed " + SEED);
            compare(p, of, Set.of("m.encoder.", "m.decoder.", "m.transition.", "m.inverse.weight", "m.inverse.bias"),
                    world, w -> w.loss(inverseWeight));
        }
    }

    @Test
    void theLossAndItsGradientAreThoseOfTheEquations() {
        check(INVERSE);
    }

    @Test
    void withoutTheInverseModelItIsThePublishedLoss() {
        check(0);
    }

    @Test
    void theRefitTrainsTheTransitionAlone() {
        Graph g = new Graph();
        LocallyLinear model = new LocallyLinear(g, "m", SEEN, M, settings(INVERSE));
        model.observe(g.input("x", SEEN), g.input("seen action", M), g.input("next", SEEN));
        Value z = g.input("code", N);
        Value u = g.input("u", M);
        Value next = g.input("code after", N);
        model.refit(z, u, next);
        double[][] now = numbers(N, -2, 2);
        double[][] done = numbers(M, -1, 1);
        double[][] after = numbers(N, -2, 2);
        try (Backend backend = new JavaBackend(1); Parameters p = new Parameters(backend, g.parameters(), SEED);
                Step step = Step.of(g, p, backend).rows(ROWS).minimise(Training.of(model.refitObjective(), new Adam(
                        1e-2)).withParameters(model.ofTransition())).compile()) {
            Map<String, double[]> before = values(p);
            step.value(z).set(flat(now));
            step.value(u).set(flat(done));
            step.value(next).set(flat(after));
            step.run(0);
            World world = new World(before, now, done, after, null);
            compare(p, before, Set.of("m.transition."), world, World::refitLoss);
            values(p).forEach((name, is) -> assertEquals(!name.startsWith("m.transition."), java.util.Arrays.equals(is,
                    before.get(name)), name));
        }
    }

    /** The bias of the decoder is the logit of the picture, and all else stays. */
    @Test
    void theDecoderBeginsWithTheBackground() {
        Graph g = new Graph();
        LocallyLinear model = new LocallyLinear(g, "m", 3, M, settings(INVERSE));
        model.observe(g.input("x", 3), g.input("u", M), g.input("next", 3));
        try (Backend backend = new JavaBackend(1); Parameters p = new Parameters(backend, g.parameters(), SEED)) {
            Map<String, double[]> before = values(p);
            model.begin(p, new double[] {0.25, 0, 1}, 0.5);
            values(p).forEach((name, is) -> {
                if (name.equals("m.decoder.1.bias")) {
                    assertEquals(Math.log(0.25 / 0.75), is[0], 1e-6);
                    assertEquals(Math.log(0.001 / 0.999), is[1], 1e-6);
                    assertEquals(-is[1], is[2], 1e-6);
                } else if (name.equals("m.background")) {
                    assertArrayEquals(new double[] {0.25, 0, 1}, is);
                } else if (name.equals("m.scale")) {
                    assertArrayEquals(new double[] {2, 2, 2}, is);
                } else {
                    assertTrue(java.util.Arrays.equals(is, before.get(name)), name);
                }
            });
            assertEquals("background must be 3 numbers, not 2", assertThrows(ArgumentException.class, () -> model.begin(
                    p, new double[2], 1)).getMessage());
            assertEquals("deviation must be above 0, not 0.0", assertThrows(ArgumentException.class, () -> model.begin(
                    p, new double[3], 0)).getMessage());
        }
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }

    @Test
    void whatCannotBeIsRefused() {
        refused("latent must be at least 1, not 0", () -> new LocallyLinear.Settings(0, List.of(), List.of(), List.of(),
                1, 1));
        refused("encoderWidths must be at least 1 each, not [3, 0]", () -> new LocallyLinear.Settings(1, List.of(3, 0),
                List.of(), List.of(), 1, 1));
        refused("decoderWidths must be given, not null", () -> new LocallyLinear.Settings(1, List.of(), null, List
                .of(), 1, 1));
        refused("transitionWidths must be at least 1 each, not [0]", () -> new LocallyLinear.Settings(1, List.of(), List
                .of(), List.of(0), 1, 1));
        for (double bad : new double[] {-1, 2e30, Double.NaN}) {
            refused("transitionWeight must be from 0 to 1e30, not " + bad, () -> new LocallyLinear.Settings(1, List
                    .of(), List.of(), List.of(), bad, 1));
            refused("inverseWeight must be from 0 to 1e30, not " + bad, () -> new LocallyLinear.Settings(1, List.of(),
                    List.of(), List.of(), 1, bad));
        }
        Graph g = new Graph();
        LocallyLinear published = new LocallyLinear(g, "m", 3, 1, settings(0));
        published.observe(g.input("x", 3), g.input("u", 1), g.input("next", 3));
        assertFalse(g.parameters().stream().anyMatch(p -> p.name().contains("inverse")));
    }
}
