package io.elbo4j.control.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.control.environment.CartPole;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.GridSoft;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.purejava.JavaBackend;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SoftQTest {
    private static final double DISCOUNT = 0.9;

    /** The fixed point Q = r + discount E[alpha log sum exp(Q / alpha)], nothing after the goal. */
    private static double[][] exact(double alpha) {
        double[][] q = new double[GridSoft.CELLS][GridSoft.ACTIONS];
        for (int sweep = 0; sweep < 500; sweep++) {
            double[] v = new double[GridSoft.CELLS];
            for (int s = 0; s < GridSoft.GOAL; s++) {
                double sum = 0;
                for (double each : q[s]) {
                    sum += Math.exp(each / alpha);
                }
                v[s] = alpha * Math.log(sum);
            }
            for (int s = 0; s < GridSoft.CELLS; s++) {
                for (int a = 0; a < GridSoft.ACTIONS; a++) {
                    double ahead = 0;
                    for (int next = 0; next < GridSoft.CELLS; next++) {
                        ahead += GridSoft.transitions(s, a)[next] * v[next];
                    }
                    q[s][a] = GridSoft.reward(s) + DISCOUNT * ahead;
                }
            }
        }
        return q;
    }

    /** On the slippery grid, from its own experience, it comes to the exact soft values. */
    @Test
    void theValuesAreThoseOfTheGrid() {
        for (double alpha : new double[] {0.3, 1}) {
            Environment grid = new GridSoft();
            Learning learning = new Learning(List.of(), 256, 5e-3, 0, DISCOUNT, 60_000, 20_000, 4, 1);
            try (Backend backend = new JavaBackend(1); SoftQ agent = new SoftQ(new SoftQ.Settings(learning, 20, 0.1,
                    alpha),
                    grid
                            .observations(), grid.actions(), backend, 3)) {
                Interaction interaction = new Interaction(agent, new Simulation(grid, 1, 3));
                while (interaction.steps() < 60_000) {
                    interaction.step();
                }
                Map<String, float[]> found = new HashMap<>();
                agent.parameters().all().forEach(s -> found.put(s.parameter().name(), s.value().toArray()));
                double[][] expected = exact(alpha);
                double worst = 0;
                double mean = 0;
                for (int s = 0; s < GridSoft.GOAL; s++) {
                    for (int a = 0; a < GridSoft.ACTIONS; a++) {
                        double q = found.get("q.0.weight")[s * GridSoft.ACTIONS + a] + found.get("q.0.bias")[a];
                        worst = Math.max(worst, Math.abs(q - expected[s][a]));
                        mean += Math.abs(q - expected[s][a]) / GridSoft.GOAL / GridSoft.ACTIONS;
                    }
                }
                System.out.printf("soft q, alpha %.1f: off by %.3f on average, %.3f at most%n", alpha, mean, worst);
                assertTrue(mean < 0.05, "mean " + mean);
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
                Draws draws = new Draws(4);
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
        assertNotEquals(exact(0.3)[0][0], exact(1)[0][0]);
        Learning learning = new Learning(List.of(), 1, 1e-3, 0, 0.5, 1, 1, 1, 1);
        assertEquals("temperature must be above 0, and not too small for float32, not 0.0", assertThrows(
                ArgumentException.class, () -> new SoftQ.Settings(learning, 1, 0.1, 0)).getMessage());
    }
}
