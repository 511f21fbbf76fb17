package io.elbo4j.control.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.control.environment.CartPole;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.GridSoft;
import io.elbo4j.purejava.JavaBackend;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SoftQTest {
    /** On the slippery grid, from its own experience, it comes to the exact soft values. */
    @Test
    void theValuesAreThoseOfTheGrid() {
        for (double alpha : new double[] {0.3, 1}) {
            try (Backend backend = new JavaBackend(1)) {
                SoftQStudy found = SoftQStudy.of(alpha, backend, 3);
                System.out.printf("soft q, alpha %.1f: off by %.3f on average, %.3f at most%n", alpha, found.mean(),
                        found.worst());
                assertTrue(found.mean() < 0.05, "mean " + found.mean());
            }
        }
    }

    /** Actions are drawn from softmax(Q / alpha). */
    @Test
    void itActsByItsSoftmax() {
        Learning learning = new Learning(List.of(), 1, 1e-3, 0, 0.5, 1, 1, 1, 1);
        for (double alpha : new double[] {0.5, 2}) {
            try (Backend backend = new JavaBackend(1); SoftQ agent = new SoftQ(new SoftQ.Settings(learning, 1, 0.1,
                    alpha),
                    new CartPole().observations(), new GridSoft().actions(), backend, 1)) {
                float[] q = {1, 0, -1, 2, 0.5f};
                double sum = 0;
                for (float each : q) {
                    sum += Math.exp(each / alpha);
                }
                int[] counts = new int[5];
                Draws draws = new Draws(4, "test");
                for (int i = 0; i < 50_000; i++) {
                    counts[agent.choose(q, i, draws.at(0, 0, i))]++;
                }
                for (int a = 0; a < 5; a++) {
                    double p = Math.exp(q[a] / alpha) / sum;
                    assertEquals(p, counts[a] / 50_000.0, 5 * Math.sqrt(p * (1 - p) / 50_000));
                }
            }
        }
    }

    @Test
    void theTemperatureHasASay() {
        Learning learning = new Learning(List.of(), 8, 1e-3, 0, 0.5, 100, 10, 1, 1);
        Set<List<Integer>> learned = new HashSet<>();
        for (double temperature : new double[] {0.3, 1}) {
            try (Backend backend = new JavaBackend(1); Run run = new Run(Agents.create(new SoftQ.Settings(learning, 10,
                    0.1, temperature), new GridSoft(), backend, 1), new GridSoft())) {
                while (run.agent().updates() < 5) {
                    run.step();
                }
                learned.add(run.agent().parameters().all().stream().map(s -> Arrays.hashCode(s.value().toArray()))
                        .toList());
            }
        }
        assertEquals(2, learned.size());
        assertEquals("temperature must be from 1e-30 to 1e30, not 0.0", assertThrows(
                ArgumentException.class, () -> new SoftQ.Settings(learning, 1, 0.1, 0)).getMessage());
    }
}
