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
import io.elbo4j.control.evaluation.Returns;
import io.elbo4j.purejava.JavaBackend;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DqnTest {
    private static Dqn.Settings settings(int width, int batch, double learningRate, double discount, int capacity,
            int randomSteps, int every, int copyEvery, double epsilon, int epsilonSteps) {
        return new Dqn.Settings(new Learning(List.of(width), batch, learningRate, 0, discount, capacity,
                randomSteps, every, 1), copyEvery, epsilon, epsilonSteps);
    }

    private static int play(Dqn.Settings settings, long seed) {
        Environment environment = new CartPole();
        try (Backend backend = new JavaBackend(1); Dqn dqn = new Dqn(settings, environment.observations(), environment
                .actions(), backend, seed)) {
            Interaction interaction = new Interaction(dqn, new Simulation(environment, 1, seed));
            while (interaction.steps() < 80) {
                interaction.step();
            }
            return dqn.parameters().all().stream().mapToInt(s -> Arrays.hashCode(s.value().toArray())).reduce(1, (x,
                    y) -> 31 * x + y);
        }
    }

    @Test
    void everySettingHasASay() {
        Set<Integer> all = new HashSet<>();
        Dqn.Settings tiny = settings(8, 16, 1e-2, 0.9, 50, 20, 1, 10, 0.1, 40);
        Dqn.Settings[] others = {tiny, settings(9, 16, 1e-2, 0.9, 50, 20, 1, 10, 0.1, 40), settings(8, 17, 1e-2, 0.9,
                50, 20, 1, 10, 0.1, 40), settings(8, 16, 2e-2, 0.9, 50, 20, 1, 10, 0.1, 40), settings(8, 16, 1e-2, 0.8,
                        50, 20, 1, 10, 0.1, 40), settings(8, 16, 1e-2, 0.9, 40, 20, 1, 10, 0.1, 40), settings(8, 16,
                                1e-2, 0.9, 50, 21, 1, 10, 0.1, 40), settings(8, 16, 1e-2, 0.9, 50, 20, 2, 10, 0.1, 40),
                settings(8, 16, 1e-2, 0.9, 50, 20, 1, 11, 0.1, 40), settings(8, 16, 1e-2, 0.9, 50, 20, 1, 10, 0.9, 40),
                settings(8, 16, 1e-2, 0.9, 50, 20, 1, 10, 0.1, 70)};
        for (Dqn.Settings each : others) {
            all.add(play(each, 1));
        }
        assertEquals(others.length, all.size());
        assertEquals(play(tiny, 1), play(tiny, 1));
        assertTrue(all.add(play(tiny, 2)), "the seed");
    }

    /**
     * A chain of two states whose values are known: from 0 action 1 goes on to 1 for nothing and action 0 ends with 1;
     * from 1 action 0 ends with 4 and action 1 with -1. Without a copy of its own it would not come to 0.5 * 4.
     */
    @Test
    void theValuesAreThoseOfBellmansEquation() {
        Dqn.Settings settings = new Dqn.Settings(new Learning(List.of(), 64, 2e-2, 0, 0.5, 64, 1, 1, 1), 20, 0.1,
                10);
        try (Backend backend = new JavaBackend(1); Dqn dqn = new Dqn(settings, new CartPole().observations(),
                new CartPole().actions(), backend, 1)) {
            float[] zero = {1, 0, 0, 0};
            float[] one = {0, 1, 0, 0};
            for (int i = 0; i < 16; i++) {
                dqn.remember(zero, new float[] {0}, 1, true, one);
                dqn.remember(zero, new float[] {1}, 0, false, one);
                dqn.remember(one, new float[] {0}, 4, true, zero);
                dqn.remember(one, new float[] {1}, -1, true, zero);
            }
            for (int i = 0; i < 3000; i++) {
                dqn.explore(zero, new float[1]);
                dqn.learn();
            }
            Map<String, float[]> found = new HashMap<>();
            dqn.parameters().all().forEach(s -> found.put(s.parameter().name(), s.value().toArray()));
            float[] w = found.get("q.0.weight");
            float[] b = found.get("q.0.bias");
            assertEquals(1, w[0] + b[0], 0.02);
            assertEquals(2, w[1] + b[1], 0.02);
            assertEquals(4, w[2] + b[0], 0.02);
            assertEquals(-1, w[3] + b[1], 0.02);
            try (Agent.GreedyPolicy greedy = dqn.greedy(2)) {
                float[] actions = new float[2];
                greedy.act(new float[] {1, 0, 0, 0, 0, 1, 0, 0}, actions);
                assertEquals(1, actions[0]);
                assertEquals(0, actions[1]);
            }
        }
    }

    @Test
    void itBalances() {
        Environment environment = new CartPole();
        Dqn.Settings settings = new Dqn.Settings(new Learning(List.of(64, 64), 64, 1e-3, 0, 0.99, 10_000, 500, 2, 1),
                100,
                0.05,
                2000);
        try (Backend backend = new JavaBackend(2);
                Dqn dqn = new Dqn(settings, environment.observations(), environment.actions(), backend, 0);
                Agent.GreedyPolicy greedy = dqn.greedy(50)) {
            Interaction interaction = new Interaction(dqn, new Simulation(environment, 1, 0));
            double before = Returns.of(greedy, environment, 50).mean();
            while (interaction.steps() < 6000) {
                interaction.step();
            }
            double after = Returns.of(greedy, environment, 50).mean();
            System.out.printf("dqn, cart-pole, seed 0, 6,000 steps: %.1f before, %.1f after%n", before, after);
            assertTrue(before < 60, "before " + before);
            assertTrue(after > 110, "after " + after);
        }
    }

    @Test
    void badArgumentsAreNamed() {
        Dqn.Settings tiny = settings(8, 16, 1e-2, 0.9, 50, 20, 1, 10, 0.1, 40);
        assertEquals("actions must be one of several, not 1 numbers from [-2.0] to [2.0]", assertThrows(
                ArgumentException.class, () -> new Dqn(tiny, new Pendulum().observations(), new Pendulum().actions(),
                        new JavaBackend(1), 1)).getMessage());
        assertEquals("epsilon must be from 0 to 1, not 2.0", assertThrows(ArgumentException.class, () -> settings(8, 16,
                1e-2, 0.9, 50, 20, 1, 10, 2, 40)).getMessage());
    }
}
