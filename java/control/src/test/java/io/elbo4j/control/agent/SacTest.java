package io.elbo4j.control.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.control.environment.CartPole;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Pendulum;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.environment.StepResult;
import io.elbo4j.control.evaluation.Returns;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.graph.Parameters;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SacTest {
    private static final Sac.Settings TINY = new Sac.Settings(List.of(8), 16, 1e-3, 0.9, 0.01, 50);

    /** Plays and learns; what it ends with. */
    private static int play(Sac.Settings settings, long seed, int steps, int random, boolean truncatedIsTerminal) {
        Environment environment = new Pendulum();
        try (Backend backend = new JavaBackend(1); Sac sac = new Sac(settings, environment.observations(), environment
                .actions(), backend, seed)) {
            learn(sac, environment, seed, steps, random, truncatedIsTerminal);
            return hash(sac.parameters());
        }
    }

    private static void learn(Sac sac, Environment environment, long seed, int steps, int random,
            boolean truncatedIsTerminal) {
        Simulation simulation = new Simulation(environment, 1, seed);
        StepResult result = StepResult.of(simulation);
        simulation.reset(new boolean[] {true}, result.observations());
        float[] action = new float[1];
        for (int t = 0; t < steps; t++) {
            float[] seen = result.observations().clone();
            if (t < random) {
                sac.random(action);
            } else {
                sac.explore(seen, action);
            }
            simulation.step(action, result);
            sac.remember(seen, action, result.rewards()[0], result.terminated()[0] || truncatedIsTerminal && result
                    .truncated()[0], result.observations());
            if (!simulation.anyRunning()) {
                simulation.reset(new boolean[] {true}, result.observations());
            }
            if (t >= random) {
                sac.update();
            }
        }
    }

    private static int hash(Parameters parameters) {
        return parameters.all().stream().mapToInt(s -> Arrays.hashCode(s.value().toArray())).reduce(1, (x, y) -> 31 * x
                + y);
    }

    @Test
    void everySettingHasASay() {
        Set<Integer> all = new HashSet<>();
        Sac.Settings[] settings = {TINY, new Sac.Settings(List.of(9), 16, 1e-3, 0.9, 0.01, 50), new Sac.Settings(List
                .of(8, 8), 16, 1e-3, 0.9, 0.01, 50), new Sac.Settings(List.of(8), 17, 1e-3, 0.9, 0.01, 50),
                new Sac.Settings(List.of(8), 16, 2e-3, 0.9, 0.01, 50), new Sac.Settings(List.of(8), 16, 1e-3, 0.8,
                        0.01, 50), new Sac.Settings(List.of(8), 16, 1e-3, 0.9, 0.02, 50), new Sac.Settings(List.of(8),
                                16, 1e-3, 0.9, 0.01, 40)};
        for (Sac.Settings each : settings) {
            all.add(play(each, 1, 60, 20, false));
        }
        assertEquals(settings.length, all.size());
        assertEquals(play(TINY, 1, 60, 20, false), play(TINY, 1, 60, 20, false));
        assertTrue(all.add(play(TINY, 2, 60, 20, false)), "the seed");
        assertTrue(all.add(play(TINY, 1, 60, 21, false)), "random steps");
    }

    /** Where an episode is stopped there is a value after it; whoever says otherwise learns something else. */
    @Test
    void whatIsTruncatedHasAValueAfterIt() {
        Sac.Settings settings = new Sac.Settings(List.of(8), 16, 1e-3, 0.9, 0.01, 500);
        assertEquals(play(settings, 1, 199, 20, false), play(settings, 1, 199, 20, true));
        assertTrue(play(settings, 1, 260, 20, false) != play(settings, 1, 260, 20, true));
    }

    /**
     * One update by hand: with a discount of 0 both critics' target is the reward alone, whatever follows; with two
     * critics that are one layer its gradient is a line's.
     */
    @Test
    void withoutADiscountTheCriticsRegressTheReward() {
        Sac.Settings settings = new Sac.Settings(List.of(), 64, 1e-2, 0, 0.01, 64);
        try (Backend backend = new JavaBackend(1); Sac sac = new Sac(settings, new Pendulum().observations(),
                new Pendulum().actions(), backend, 1)) {
            for (int i = 0; i < 64; i++) {
                float x = (i % 8 - 3.5f) / 4;
                float a = i / 8 - 3.5f;
                sac.remember(new float[] {x, -x, 2 * x}, new float[] {a / 2}, 3 * x - 0.5f * a + 1, i % 2 == 0,
                        new float[] {9, 9, 9});
            }
            for (int i = 0; i < 4000; i++) {
                sac.update();
            }
            Map<String, float[]> found = new HashMap<>();
            sac.parameters().all().forEach(s -> found.put(s.parameter().name(), s.value().toArray()));
            for (int j = 0; j < 2; j++) {
                float[] w = found.get("critic." + j + ".0.weight");
                assertEquals(3, w[0] - w[1] + 2 * w[2], 0.02);
                assertEquals(-2, w[3], 0.02); // inside, an action is a quarter of a
                assertEquals(1, found.get("critic." + j + ".0.bias")[0], 0.02);
                assertEquals(w[3], found.get("target." + j + ".0.weight")[3], 0.02);
            }
        }
    }

    /** It learns to hold the pendulum: well above what hanging or chance have, -1,220. */
    @Test
    void itSwingsUp() {
        Environment environment = new Pendulum();
        try (Backend backend = new JavaBackend(2);
                Sac sac = new Sac(Sac.Settings.small(), environment.observations(), environment.actions(), backend, 0);
                Sac.GreedyPolicy greedy = sac.greedy(100)) {
            double before = Returns.of(greedy, environment, 100).mean();
            learn(sac, environment, 0, 5000, 100, false);
            Returns after = Returns.of(greedy, environment, 100);
            System.out.printf("sac, pendulum, seed 0, 5,000 steps: %.1f before, %.1f +- %.1f after%n", before, after
                    .mean(),
                    after.standardError());
            assertTrue(before < -900, "before " + before);
            assertTrue(after.mean() > -190, "after " + after.mean());
        }
    }

    @Test
    void badArgumentsAreNamed() {
        refused("actions must be a box with sac, not one of 2", () -> new Sac(TINY, new CartPole().observations(),
                new CartPole().actions(), new JavaBackend(1), 1));
        refused("discount must be at least 0 and below 1, not 1.0", () -> new Sac.Settings(List.of(8), 1, 1, 1, 0.1,
                1));
        refused("widths must be at least 1 each, not [0]", () -> new Sac.Settings(List.of(0), 1, 1, 0, 0.1, 1));
        refused("rate must be above 0 and below 1, not 0.0", () -> new Sac.Settings(List.of(1), 1, 1, 0, 0, 1));
        refused("capacity must be at least 1, not 0", () -> new Sac.Settings(List.of(1), 1, 1, 0, 0.1, 0));
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }
}
