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
import io.elbo4j.control.environment.VectorEnvironment;
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
    private static Sac.Settings settings(List<Integer> widths, int batch, double learningRate, double discount,
            double rate, int capacity, int randomSteps) {
        return new Sac.Settings(new Learning(widths, batch, learningRate, 0, discount, capacity, randomSteps, 1, 1),
                rate);
    }

    private static final Sac.Settings TINY = settings(List.of(8), 16, 1e-3, 0.9, 0.01, 50, 20);

    /** Plays and learns; what it ends with. */
    private static int play(Sac.Settings settings, long seed, int steps, boolean truncatedIsTerminal) {
        Environment environment = new Pendulum();
        try (Backend backend = new JavaBackend(1); Sac sac = new Sac(settings, environment.observations(), environment
                .actions(), backend, seed)) {
            VectorEnvironment copy = new Simulation(environment, 1, seed);
            learn(sac, truncatedIsTerminal ? new TimeLimitStudy.CallsTheLimitTerminal(copy) : copy, steps);
            return hash(sac.parameters());
        }
    }

    private static void learn(Sac sac, VectorEnvironment environment, int steps) {
        Interaction interaction = new Interaction(sac, environment);
        while (interaction.steps() < steps) {
            interaction.step();
        }
    }

    private static int hash(Parameters parameters) {
        return parameters.all().stream().mapToInt(s -> Arrays.hashCode(s.value().toArray())).reduce(1, (x, y) -> 31 * x
                + y);
    }

    @Test
    void everySettingHasASay() {
        Set<Integer> all = new HashSet<>();
        Sac.Settings[] settings = {TINY, settings(List.of(9), 16, 1e-3, 0.9, 0.01, 50, 20), settings(List.of(8, 8), 16,
                1e-3, 0.9, 0.01, 50, 20), settings(List.of(8), 17, 1e-3, 0.9, 0.01, 50, 20),
                settings(List.of(8), 16, 2e-3, 0.9, 0.01, 50, 20), settings(List.of(8), 16, 1e-3, 0.8, 0.01, 50, 20),
                settings(List.of(8), 16, 1e-3, 0.9, 0.02, 50, 20), settings(List.of(8), 16, 1e-3, 0.9, 0.01, 40, 20),
                settings(List.of(8), 16, 1e-3, 0.9, 0.01, 50, 21)};
        for (Sac.Settings each : settings) {
            all.add(play(each, 1, 60, false));
        }
        assertEquals(settings.length, all.size());
        assertEquals(play(TINY, 1, 60, false), play(TINY, 1, 60, false));
        assertTrue(all.add(play(TINY, 2, 60, false)), "the seed");
        assertTrue(all.add(play(TINY, 1, 61, false)), "another step");
    }

    /** Where an episode is stopped there is a value after it; whoever says otherwise learns something else. */
    @Test
    void whatIsTruncatedHasAValueAfterIt() {
        Sac.Settings settings = settings(List.of(8), 16, 1e-3, 0.9, 0.01, 500, 20);
        assertEquals(play(settings, 1, 199, false), play(settings, 1, 199, true));
        assertTrue(play(settings, 1, 260, false) != play(settings, 1, 260, true));
    }

    /** An evaluation in between has no say. */
    @Test
    void whoWatchesChangesNothing() {
        Environment environment = new Pendulum();
        try (Backend backend = new JavaBackend(1); Sac sac = new Sac(TINY, environment.observations(), environment
                .actions(), backend, 1)) {
            Interaction interaction = new Interaction(sac, new Simulation(environment, 1, 1));
            while (interaction.steps() < 60) {
                interaction.step();
                if (interaction.steps() % 20 == 0) {
                    try (Agent.GreedyPolicy greedy = sac.greedy(3)) {
                        Returns.of(greedy, environment, 3);
                    }
                }
            }
            assertEquals(play(TINY, 1, 60, false), hash(sac.parameters()));
            assertEquals(40, sac.updates());
        }
    }

    /**
     * One update by hand: with a discount of 0 both critics' target is the reward alone, whatever follows; with two
     * critics that are one layer its gradient is a line's.
     */
    @Test
    void withoutADiscountTheCriticsRegressTheReward() {
        Sac.Settings settings = settings(List.of(), 64, 1e-2, 0, 0.01, 64, 0);
        try (Backend backend = new JavaBackend(1); Sac sac = new Sac(settings, new Pendulum().observations(),
                new Pendulum().actions(), backend, 1)) {
            for (int i = 0; i < 64; i++) {
                float x = (i % 8 - 3.5f) / 4;
                float a = i / 8 - 3.5f;
                sac.remember(new float[] {x, -x, 2 * x}, new float[] {a / 2}, 3 * x - 0.5f * a + 1, i % 2 == 0,
                        new float[] {9, 9, 9});
            }
            sac.explore(new float[3], new float[1]);
            for (int i = 0; i < 4000; i++) {
                sac.learn();
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
                Agent.GreedyPolicy greedy = sac.greedy(100)) {
            double before = Returns.of(greedy, environment, 100).mean();
            learn(sac, new Simulation(environment, 1, 0), 5000);
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
        refused("actions must be in a box with bounds, not one of 2", () -> new Sac(TINY, new CartPole().observations(),
                new CartPole().actions(), new JavaBackend(1), 1));
        refused("discount must be at least 0 and below 1, not 1.0", () -> settings(List.of(8), 1, 1, 1, 0.1, 1, 0));
        refused("widths must be at least 1 each, not [0]", () -> settings(List.of(0), 1, 1, 0, 0.1, 1, 0));
        refused("rate must be above 0 and below 1, not 0.0", () -> settings(List.of(1), 1, 1, 0, 0, 1, 0));
        refused("capacity must be at least 1, not 0", () -> settings(List.of(1), 1, 1, 0, 0.1, 0, 0));
    }

    @Test
    void anInteractionHasOneCopy() {
        Environment environment = new Pendulum();
        try (Backend backend = new JavaBackend(1); Sac sac = new Sac(TINY, environment.observations(), environment
                .actions(), backend, 1)) {
            refused("environment must be one copy, not 2", () -> new Interaction(sac, new Simulation(environment, 2,
                    1)));
        }
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }
}
