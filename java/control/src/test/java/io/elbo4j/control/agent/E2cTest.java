package io.elbo4j.control.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.PendulumAngle;
import io.elbo4j.control.environment.Planar;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.environment.TimeLimit;
import io.elbo4j.control.planning.CrossEntropy;
import io.elbo4j.control.world.LocallyLinear;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.graph.Parameters;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class E2cTest {
    private static final Environment PLANAR = new TimeLimit(new Planar(), 7);
    private static final E2c.Settings TINY = new E2c.Settings(new LocallyLinear.Settings(2, List.of(5), List.of(4), List
            .of(6), 0.25, 100), new ModelLearning.Settings(8, 1e-3, 6, 10, 1e-2, 9), 20, 3, new CrossEntropy(6, 2, 2,
                    0.1, 0.3), 3, 2);

    private static E2c live(E2c.Settings settings, Backend backend, long seed, int steps) {
        E2c agent = settings.create(Surroundings.of(PLANAR), backend, seed);
        Interaction interaction = new Interaction(agent, new Simulation(PLANAR, 1, seed));
        while (interaction.steps() < steps) {
            interaction.step();
        }
        return agent;
    }

    private static Map<String, float[]> values(Parameters parameters) {
        Map<String, float[]> all = new HashMap<>();
        parameters.all().forEach(s -> all.put(s.parameter().name(), s.value().toArray()));
        return all;
    }

    private static float[] seen(double x, double y) {
        float[] pixels = new float[Planar.SIDE * Planar.SIDE];
        PLANAR.observe(new double[] {x, y}, pixels);
        return pixels;
    }

    /** Parameters, and what is done then. */
    private static int hash(E2c.Settings settings, long seed) {
        try (Backend backend = new JavaBackend(1); E2c agent = live(settings, backend, seed, 26)) {
            Map<String, Integer> all = new HashMap<>();
            values(agent.parameters()).forEach((k, v) -> all.put(k, Arrays.hashCode(v)));
            for (int x = 4; x < 36; x += 4) {
                all.put("action at " + x, Arrays.hashCode(agent.act(seen(x, 20))));
            }
            return all.hashCode();
        }
    }

    @Test
    void everySettingChangesTheBits() {
        Map<String, Object> others = new LinkedHashMap<>();
        others.put("latent", 3);
        others.put("encoderWidths", List.of(6));
        others.put("decoderWidths", List.of(5));
        others.put("transitionWidths", List.of(7));
        others.put("transitionWeight", 0.5);
        others.put("inverseWeight", 50.0);
        others.put("batch", 9);
        others.put("learningRate", 2e-3);
        others.put("updates", 7);
        others.put("refitBatch", 11);
        others.put("refitLearningRate", 2e-2);
        others.put("refitUpdates", 10);
        others.put("randomSteps", 21);
        others.put("hold", 2);
        others.put("population", 7);
        others.put("elites", 3);
        others.put("iterations", 3);
        others.put("keep", 0.3);
        others.put("deviation", 0.6);
        others.put("horizon", 4);
        others.put("lastWeight", 5.0);
        Set<String> all = new HashSet<>(AgentSettings.values(TINY).keySet());
        all.remove("search");
        assertEquals(all, others.keySet());
        Set<Integer> found = new HashSet<>(Set.of(hash(TINY, 0)));
        others.forEach((name, value) -> assertTrue(found.add(hash(AgentSettings.with(TINY, Map.of(name, value)), 0)),
                name + " changes nothing"));
        assertTrue(found.add(hash(AgentSettings.with(TINY, Map.of("inverseWeight", 0.0)), 0)));
        assertTrue(found.add(hash(TINY, 1)), "the seed changes nothing");
        assertEquals(hash(TINY, 0), hash(TINY, 0));
    }

    /** Not before the last of the random steps is remembered, and never again. */
    @Test
    void theModelIsLearnedOnceAndStays() {
        try (Backend backend = new JavaBackend(1); E2c untrained = live(TINY, backend, 0, 19); E2c trained = live(TINY,
                backend, 0, 20); E2c later = live(TINY, backend, 0, 30)) {
            Map<String, float[]> before = values(untrained.parameters());
            Map<String, float[]> after = values(trained.parameters());
            before.forEach((name, is) -> assertFalse(Arrays.equals(is, after.get(name)), name));
            values(later.parameters()).forEach((name, is) -> assertArrayEquals(is, after.get(name), name));
            assertEquals(0, untrained.updates());
            assertEquals(15, trained.updates());
            assertEquals(15, later.updates());
            assertEquals(new AgentState.Counters(30, 15, 20, 10), later.counters());
        }
        assertFalse(TINY.learnsIn(19));
        assertTrue(TINY.learnsIn(20));
    }

    /** The refit moves the transition alone. */
    @Test
    void theRefitKeepsTheCodes() {
        try (Backend backend = new JavaBackend(1); E2c with = live(TINY, backend, 0, 20); E2c without = live(
                AgentSettings.with(TINY, Map.of("refitUpdates", 0)), backend, 0, 20)) {
            Map<String, float[]> before = values(without.parameters());
            values(with.parameters()).forEach((name, is) -> assertEquals(!name.contains(".transition."), Arrays.equals(
                    is, before.get(name)), name));
            assertEquals(6, without.updates());
        }
    }

    @Test
    void aRandomActionIsHeld() {
        try (Backend backend = new JavaBackend(1); E2c agent = TINY.create(Surroundings.of(PLANAR), backend, 0)) {
            float[][] actions = new float[12][2];
            for (float[] action : actions) {
                agent.explore(seen(20, 20), action);
            }
            for (int t = 0; t < actions.length; t++) {
                assertArrayEquals(actions[t / 3 * 3], actions[t], "step " + t);
                assertTrue(t < 3 || !Arrays.equals(actions[t - 3], actions[t]), "step " + t);
            }
        }
    }

    private static double[] network(Map<String, float[]> of, String name, int layers, double... input) {
        double[] h = input;
        for (int l = 0; l < layers; l++) {
            float[] w = of.get("model." + name + "." + l + ".weight");
            float[] b = of.get("model." + name + "." + l + ".bias");
            double[] y = new double[b.length];
            for (int j = 0; j < y.length; j++) {
                y[j] = b[j];
                for (int i = 0; i < h.length; i++) {
                    y[j] += h[i] * w[i * y.length + j];
                }
                y[j] = l < layers - 1 ? Math.max(0, y[j]) : y[j];
            }
            h = y;
        }
        return h;
    }

    /** The mean of q of what is seen in bytes. */
    private static double[] code(Map<String, float[]> of, float[] seen) {
        double[] x = new double[seen.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = (Math.round(255 * seen[i]) / 255.0 - of.get("model.background")[i]) * of.get(
                    "model.scale")[i];
        }
        return Arrays.copyOf(network(of, "encoder", 2, x), 2);
    }

    /** A z + B u + o, of two dimensions. */
    private static double[] next(Map<String, float[]> of, double[] z, double... u) {
        double[] p = network(of, "transition", 2, z);
        double dot = p[0] * p[2] + p[1] * p[3];
        double along = 0.9 / Math.sqrt(1 + dot * dot) * (p[2] * z[0] + p[3] * z[1]);
        return new double[] {z[0] + p[0] * along + p[4] + p[6] * u[0] + p[8] * u[1], z[1] + p[1] * along + p[5] + p[7]
                * u[0] + p[9] * u[1]};
    }

    private static double squared(double[] a, double[] b) {
        return Math.pow(a[0] - b[0], 2) + Math.pow(a[1] - b[1], 2);
    }

    @Test
    void codesAreMeansOfWhatIsSeen() {
        try (Backend backend = new JavaBackend(1); E2c agent = live(TINY, backend, 0, 20)) {
            Map<String, float[]> of = values(agent.parameters());
            float[] both = Arrays.copyOf(seen(10.3, 20.7), 3200);
            System.arraycopy(seen(33, 5), 0, both, 1600, 1600);
            float[] codes = agent.codes(both);
            assertEquals(4, codes.length);
            for (int r = 0; r < 2; r++) {
                double[] expected = code(of, Arrays.copyOfRange(both, 1600 * r, 1600 * (r + 1)));
                assertEquals(expected[0], codes[2 * r], 1e-5);
                assertEquals(expected[1], codes[2 * r + 1], 1e-5);
            }
            assertEquals("rows must be observations of 1600 numbers, not 1601", assertThrows(ArgumentException.class,
                    () -> agent.codes(new float[1601])).getMessage());
        }
    }

    /** One step, very many plans: the action is the best of a grid of all, by the cost in loops in double. */
    @Test
    void itPlansTowardsTheGoal() {
        E2c.Settings one = AgentSettings.with(TINY, Map.of("horizon", 1, "population", 4000, "elites", 5, "iterations",
                4, "keep", 0.0));
        try (Backend backend = new JavaBackend(1); E2c agent = live(one, backend, 0, 20)) {
            Map<String, float[]> of = values(agent.parameters());
            double[] goal = code(of, seen(36, 36));
            double[] z = code(of, seen(10, 20));
            double best = Double.POSITIVE_INFINITY;
            double worst = 0;
            for (int i = 0; i <= 100; i++) {
                for (int j = 0; j <= 100; j++) {
                    double cost = squared(goal, next(of, z, i / 50.0 - 1, j / 50.0 - 1));
                    best = Math.min(best, cost);
                    worst = Math.max(worst, cost);
                }
            }
            float[] action = agent.act(seen(10, 20));
            double found = squared(goal, next(of, z, action[0] / 2, action[1] / 2));
            assertTrue(found <= best + 0.02 * (worst - best), found + ", best " + best + ", worst " + worst);
        }
    }

    @Test
    void itsMapIsDrawn(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("map.png");
        try (Backend backend = new JavaBackend(1); E2c agent = live(TINY, backend, 0, 20); E2c another = live(
                AgentSettings.with(TINY, Map.of("latent", 3)), backend, 0, 20)) {
            agent.drawLatent(file, PLANAR);
            BufferedImage first = ImageIO.read(file.toFile());
            assertEquals(840, first.getWidth());
            byte[] bytes = Files.readAllBytes(file);
            agent.drawLatent(file, PLANAR);
            assertArrayEquals(bytes, Files.readAllBytes(file));
            another.drawLatent(file, PLANAR);
            assertFalse(Arrays.equals(bytes, Files.readAllBytes(file)));
            assertEquals("environment must be one whose states are places on a plane, not pendulum-angle", assertThrows(
                    ArgumentException.class, () -> agent.drawLatent(file, new PendulumAngle())).getMessage());
        }
        assertEquals("latent must be at least 2 for a map, not 1", assertThrows(ArgumentException.class,
                () -> AgentSettings.with(TINY, Map.of("latent", 1)).checkLatentPicture(PLANAR)).getMessage());
    }

    /** By construction: a line with noise, and a target that has nothing to do with the inputs. */
    @Test
    void theProbeOfTheStudy() {
        SplittableRandom random = new SplittableRandom(3);
        double[][] inputs = new double[4000][2];
        double[] line = new double[4000];
        double[] unrelated = new double[4000];
        for (int r = 0; r < 4000; r++) {
            inputs[r][0] = random.nextGaussian();
            inputs[r][1] = 5 + 2 * random.nextGaussian() + inputs[r][0];
            line[r] = 3 + inputs[r][0] - 2 * inputs[r][1];
            unrelated[r] = random.nextGaussian();
        }
        assertEquals(1, E2cStudy.probe(inputs, line), 1e-9);
        double variance = 1 + 4 * 5 - 4;
        for (int r = 0; r < 4000; r++) {
            line[r] += unrelated[r] * Math.sqrt(variance);
        }
        assertEquals(0.5, E2cStudy.probe(inputs, line), 0.05);
        assertEquals(0, E2cStudy.probe(inputs, unrelated), 0.02);
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }

    @Test
    void whatCannotBeIsRefused() {
        try (Backend backend = new JavaBackend(1)) {
            Space seen = PLANAR.observations();
            Space done = PLANAR.actions();
            refused("goal must be an observation, which some environments show and a file by itself does not, not none",
                    () -> new E2c(TINY, seen, done, Optional.empty(),
                            backend, 0));
            refused("goal must be given, not null", () -> new E2c(TINY, seen, done, null, backend, 0));
            refused("goal must be 1600 numbers, not 3", () -> new E2c(TINY, seen, done, Optional.of(new float[3]),
                    backend, 0));
            refused("actions must be in a box with bounds, not one of 3", () -> new E2c(TINY, seen, new Space.Discrete(
                    3), PLANAR.goal(), backend, 0));
            assertThrows(ArgumentException.class, () -> new E2c(TINY, Space.Box.of(2, 0, Float.POSITIVE_INFINITY), done,
                    Optional.of(new float[2]), backend, 0));
        }
        Map<String, Object> bad = new LinkedHashMap<>();
        bad.put("randomSteps", 0);
        bad.put("hold", 0);
        bad.put("horizon", 0);
        bad.put("batch", 0);
        bad.put("updates", 0);
        bad.put("refitBatch", 0);
        bad.forEach((name, value) -> refused(name + " must be at least 1, not 0", () -> AgentSettings.with(TINY, Map.of(
                name, value))));
        refused("refitUpdates must be at least 0, not -1", () -> AgentSettings.with(TINY, Map.of("refitUpdates", -1)));
        for (double rate : new double[] {0, 2e30, Double.NaN}) {
            refused("learningRate must be from 1e-30 to 1e30, not " + rate, () -> AgentSettings.with(TINY, Map.of(
                    "learningRate", rate)));
            refused("refitLearningRate must be from 1e-30 to 1e30, not " + rate, () -> AgentSettings.with(TINY, Map.of(
                    "refitLearningRate", rate)));
        }
        refused("lastWeight must be from 0 to 1e30, not -1.0", () -> AgentSettings.with(TINY, Map.of("lastWeight",
                -1.0)));
    }

    /** What has diverged is said, with advice. */
    @Test
    void divergenceIsSaid() {
        try (Backend backend = new JavaBackend(1)) {
            String said = assertThrows(io.elbo4j.train.NonFiniteException.class, () -> live(AgentSettings.with(TINY, Map
                    .of("learningRate", 1e30)), backend, 0, 20)).getMessage();
            assertTrue(said.matches("after 6 updates of the model its parameter '\\S+' is \\S+. A smaller learning rate"
                    + " may help"), said);
            said = assertThrows(io.elbo4j.train.NonFiniteException.class, () -> live(AgentSettings.with(TINY, Map.of(
                    "refitLearningRate", 1e30)), backend, 0, 20)).getMessage();
            assertTrue(said.matches("after 9 updates of the transition its parameter '\\S+' is \\S+. A smaller"
                    + " learning rate of the refits may help"), said);
        }
    }
}
