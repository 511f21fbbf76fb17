package io.elbo4j.control.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.control.dynamics.Trajectories;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Pendulum;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.imitation.ActionChunks;
import io.elbo4j.control.imitation.Demonstrations;
import io.elbo4j.control.imitation.ForkExpert;
import io.elbo4j.control.imitation.GaussianPolicy;
import io.elbo4j.control.imitation.Imitation;
import io.elbo4j.control.imitation.LatentPlans;
import io.elbo4j.control.imitation.ReacherPlay;
import io.elbo4j.control.imitation.Reading;
import io.elbo4j.control.replay.EpisodeReplay;
import io.elbo4j.control.replay.Replay;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.graph.Parameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What draws from one seed for several uses draws from streams that know nothing of each other. */
class StreamsTest {
    private static final int SEEDS = 100;
    private static final int ROWS = 1000;
    private static final Learning LEARNING = new Learning(List.of(4), 4, 1e-3, 0, 0.9, 50, 20, 1, 1);
    private static final Learning AT_ONCE = new Learning(List.of(4), 4, 1e-3, 0, 0.9, 50, 0, 1, 1);

    /** The first number of each use, of a seed. */
    private static Map<String, Double> firstNumbers(long seed, Backend backend) {
        Map<String, Double> first = new LinkedHashMap<>();
        Pendulum pendulum = new Pendulum();
        Simulation simulation = new Simulation(pendulum, 1, seed);
        float[] seen = new float[3];
        simulation.reset(new boolean[] {true}, seen);
        first.put("start of an episode", simulation.state(0)[0]);
        float[] torque = new float[1];
        try (SavableAgent sac = Agents.create(new Sac.Settings(LEARNING, 0.01), pendulum, backend, seed)) {
            sac.explore(seen, torque);
            first.put("exploration", (double) torque[0]);
        }
        try (SavableAgent sac = Agents.create(new Sac.Settings(AT_ONCE, 0.01), pendulum, backend, seed)) {
            sac.explore(seen, torque);
            first.put("acting", (double) torque[0]);
        }
        Demonstrations shown = Demonstrations.of(new ForkExpert(), 1, seed);
        try (Imitation imitation = new Imitation(new GaussianPolicy(false), new Imitation.Settings(List.of(4), 4, 1e-3),
                shown, backend, seed); Imitation.ActingPolicy policy = imitation.policy(1, seed)) {
            float[] action = new float[1];
            policy.act(new float[2], action);
            first.put("an imitated policy", (double) action[0]);
        }
        Demonstrations play = ReacherPlay.of(8, seed);
        first.put("play", (double) play.actions()[0]);
        Imitation.Settings tiny = new Imitation.Settings(List.of(), 4, 1e-3);
        try (ActionChunks chunks = new ActionChunks(new ActionChunks.Settings(2, 1, 0.1, tiny), shown, backend, seed);
                LatentPlans plans = new LatentPlans(new LatentPlans.Settings(2, 2, 1, 0.1, tiny), play, backend, seed);
                Imitation.ActingPolicy styled = chunks.policy(Reading.first(), ActionChunks.Style.OF_CHUNK, 1, seed);
                Imitation.ActingPolicy planned = plans.policy(1, 1, seed)) {
            // nothing but z, and nothing but the action's noise, has a say
            only(chunks.parameters(), "decoder.0.weight", 2);
            only(plans.parameters(), "decoder.0.weight", 6);
            only(plans.parameters(), "prior.0.weight", -1);
            float[] action = new float[2];
            styled.act(new float[2], action);
            first.put("the style of a chunk", (double) action[0]);
            planned.act(new float[6], action);
            first.put("a plan", (double) action[0]);
            first.put("an action of a plan", (double) action[1]);
        }
        int[] rows = new int[1];
        try (Replay replay = new Replay(backend, ROWS, Map.of("x", 1), seed);
                Replay codes = new Replay(backend, ROWS, Map.of("x", 1), Draws.seed(seed, "refit"));
                EpisodeReplay episodes = new EpisodeReplay(backend, ROWS, Map.of("x", 1), seed);
                Matrix uniform = backend.matrix(1, 1)) {
            for (int i = 0; i < ROWS; i++) {
                replay.add(Map.of("x", new float[1]));
                codes.add(Map.of("x", new float[1]));
                episodes.add(Map.of("x", new float[1]));
            }
            replay.sample(0, rows);
            first.put("replay", (double) rows[0]);
            codes.sample(0, rows);
            first.put("replay of a refit", (double) rows[0]);
            episodes.sample(0, 1, rows);
            first.put("windows", (double) rows[0]);
            RandomFill.uniform(new Noise(seed, 0), 0, 1, uniform).run();
            first.put("the engine's noise", (double) uniform.toArray()[0]);
        }
        Trajectories trajectories = Trajectories.ofRandomActions(pendulum, 1, 1, seed);
        first.put("start of a trajectory", Math.atan2(trajectories.observations()[1], trajectories.observations()[0]));
        first.put("its action", (double) trajectories.actions()[0]);
        Trajectories noisy = trajectories.withNoise(1, seed);
        first.put("noise on it", (double) noisy.observations()[0] - trajectories.observations()[0]);
        first.put("an expert", (double) shown.actions()[0]);
        return first;
    }

    /** All weights 0, but in a row the first 100. */
    private static void only(Parameters parameters, String name, int row) {
        Matrix weight = parameters.all().stream().filter(s -> s.parameter().name().equals(name)).findFirst()
                .orElseThrow().value();
        float[] values = new float[(int) (weight.rows() * weight.columns())];
        if (row >= 0) {
            values[row * (int) weight.columns()] = 100;
        }
        weight.set(values);
    }

    /** A shared stream has a correlation of 1, or nearly; of independent ones it is within five standard errors. */
    @Test
    void firstNumbersOfASeedAreIndependent() {
        List<Map<String, Double>> all = new ArrayList<>();
        try (Backend backend = new JavaBackend(1)) {
            for (long seed = 0; seed < SEEDS; seed++) {
                all.add(firstNumbers(seed, backend));
            }
        }
        List<String> uses = List.copyOf(all.get(0).keySet());
        for (int i = 0; i < uses.size(); i++) {
            for (int j = 0; j < i; j++) {
                double r = correlation(all, uses.get(i), uses.get(j));
                assertTrue(Math.abs(r) < 5 / Math.sqrt(SEEDS), uses.get(i) + " and " + uses.get(j) + ": " + r);
            }
        }
    }

    private static double correlation(List<Map<String, Double>> all, String one, String other) {
        return correlation(all.stream().mapToDouble(m -> m.get(one)).toArray(), all.stream().mapToDouble(m -> m.get(
                other)).toArray());
    }

    /** NaN if one of them is a constant. */
    static double correlation(double[] x, double[] y) {
        double[] sums = new double[3];
        double meanX = Arrays.stream(x).average().orElseThrow();
        double meanY = Arrays.stream(y).average().orElseThrow();
        for (int i = 0; i < x.length; i++) {
            sums[0] += (x[i] - meanX) * (x[i] - meanX);
            sums[1] += (y[i] - meanY) * (y[i] - meanY);
            sums[2] += (x[i] - meanX) * (y[i] - meanY);
        }
        return sums[2] / Math.sqrt(sums[0] * sums[1]);
    }

    /** All 64 bits of the seed, each letter, their order and their number have a say. */
    @Test
    void seedsAndNamesMakeSeeds() {
        Set<Long> seeds = new HashSet<>();
        String[] names = {"", "a", "b", "ab", "ba", "aa", "aaa", "environment", "exploration", "\u00e4"};
        for (long seed : new long[] {0, 1, -1, 1L << 31, 1L << 32, 1L << 63, ~0L << 32}) {
            for (String name : names) {
                assertTrue(seeds.add(Draws.seed(seed, name)), seed + " " + name);
                assertEquals(Draws.seed(seed, name), Draws.seed(seed, name));
            }
        }
        assertEquals(5, Draws.seed(5, ""));
        assertNotEquals(new Draws(5, "a").uniform(), new Draws(5, "b").uniform());
        assertEquals(new Draws(5, "a").uniform(), new Draws(Draws.seed(5, "a"), "").uniform());
    }
}
