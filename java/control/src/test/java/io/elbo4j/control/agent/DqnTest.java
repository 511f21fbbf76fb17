package io.elbo4j.control.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.control.environment.CartPole;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Pendulum;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.environment.Space;
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
                randomSteps, every, 1), copyEvery, 0.1, epsilon, epsilonSteps);
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
        for (int[] each : new int[][] {{50, 1}, {0, 2}}) {
            all.add(play(new Dqn.Settings(new Learning(List.of(8), 16, 1e-2, each[0], 0.9, 50, 20, 1, each[1]), 10, 0.1,
                    0.1,
                    40), 1));
        }
        assertEquals(others.length + 2, all.size());
        assertEquals(play(tiny, 1), play(tiny, 1));
        assertTrue(all.add(play(tiny, 2)), "the seed");
    }

    /**
     * A chain of two states whose values are known: from 0 action 1 goes on to 1 for nothing and action 0 ends with 1;
     * from 1 action 0 ends with 4 and action 1 with -1. Without a copy of its own it would not come to 0.5 * 4.
     */
    @Test
    void theValuesAreThoseOfBellmansEquation() {
        Dqn.Settings settings = new Dqn.Settings(new Learning(List.of(), 64, 2e-2, 0, 0.5, 64, 1, 1, 1), 20, 0.1, 0.1,
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

    /** Linearly: half of it after half of the updates, then nothing changes any more. */
    @Test
    void theLearningRateFallsToNothing() {
        Learning learning = new Learning(List.of(8), 16, 1e-2, 30, 0.9, 50, 10, 1, 1);
        assertEquals(1e-2, learning.learningRateAt(0));
        assertEquals(5e-3, learning.learningRateAt(15), 1e-12);
        assertEquals(0, learning.learningRateAt(30));
        assertEquals(0, learning.learningRateAt(1000));
        Environment environment = new CartPole();
        try (Backend backend = new JavaBackend(1); Run run = new Run(new Dqn(new Dqn.Settings(learning, 10, 0.1, 0.1,
                40),
                environment.observations(), environment.actions(), backend, 1), environment)) {
            float[][] weights = new float[3][];
            for (int i = 0; i < 3; i++) {
                while (run.agent().updates() < new int[] {29, 30, 45}[i]) {
                    run.step();
                }
                weights[i] = run.agent().parameters().all().get(0).value().toArray();
            }
            assertFalse(Arrays.equals(weights[0], weights[1]));
            assertArrayEquals(weights[1], weights[2]);
        }
    }

    /** Of the actions that are not the best one, each has epsilon / 3; epsilon falls from 1 to 0.1 in 40 decisions. */
    @Test
    void itExploresWithEpsilon() {
        Space observations = new Space.Discrete(2);
        try (Backend backend = new JavaBackend(1); Dqn dqn = new Dqn(settings(8, 16, 1e-2, 0.9, 50, 20, 1, 10, 0.1, 40),
                observations, new Space.Discrete(3), backend, 1)) {
            int n = 30_000;
            Draws draws = new Draws(5, "test");
            for (double[] each : new double[][] {{0, 1}, {10, 0.775}, {20, 0.55}, {40, 0.1}, {1000, 0.1}}) {
                int[] counts = new int[3];
                for (int i = 0; i < n; i++) {
                    counts[dqn.choose(new float[] {0, 2, 1}, (long) each[0], draws.at(i, 0, 0))]++;
                }
                double share = each[1] / 3;
                for (int other : new int[] {0, 2}) {
                    assertEquals(share, counts[other] / (double) n, 5 * Math.sqrt(share * (1 - share) / n), "decision "
                            + each[0]);
                }
            }
        }
    }

    @Test
    void itBalances() {
        Environment environment = new CartPole();
        Dqn.Settings settings = new Dqn.Settings(new Learning(List.of(64, 64), 64, 1e-3, 0, 0.99, 10_000, 500, 2, 1),
                100, 0.1,
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
