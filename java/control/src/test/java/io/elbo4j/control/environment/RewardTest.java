package io.elbo4j.control.environment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What planners are given is what a step has, but for rounding; and what they draw and scale with. */
class RewardTest {
    @Test
    void isThatOfAStep() {
        int tried = 0;
        for (Environment environment : Environments.all()) {
            if (environment.reward().isEmpty()) {
                continue;
            }
            int seen = environment.observations().columns();
            int acts = environment.actions().columns();
            Graph g = new Graph();
            Value s = g.input("s", seen);
            Value a = g.input("a", acts);
            Value n = g.input("n", seen);
            Value reward = environment.reward().orElseThrow().of(s, a, n);
            Draws draws = new Draws(4);
            try (Backend backend = new JavaBackend(1); Parameters none = new Parameters(backend, g.parameters(), 0);
                    Step step = Step.of(g, none, backend).want(reward).compile()) {
                double[] state = new double[environment.stateSize()];
                float[] before = new float[seen];
                float[] after = new float[seen];
                float[] action = new float[acts];
                environment.start(state, draws.at(0, 0, 0));
                for (int t = 1; t < 100; t++) {
                    environment.observe(state, before);
                    environment.actions().sample(draws.at(0, 0, t), action);
                    double expected = environment.step(state, action, draws);
                    environment.observe(state, after);
                    step.value(n).set(after);
                    step.value(a).set(action);
                    step.run(t);
                    assertEquals(expected, step.value(reward).toArray()[0], 2e-6, environment.name() + ", step " + t);
                }
            }
            tried++;
        }
        assertTrue(tried > 0);
    }

    @Test
    void drawsOfTheBootstrapArePoisson() {
        int[] counts = new int[12];
        Draws draws = new Draws(9);
        int n = 200_000;
        IntStream.range(0, n).forEach(i -> counts[Math.min(11, draws.at(i, 1, 2).poisson())]++);
        double probability = Math.exp(-1);
        for (int k = 0; k < 8; k++) {
            double deviation = Math.sqrt(n * probability * (1 - probability));
            assertEquals(n * probability, counts[k], 5 * deviation, k + " of " + n);
            probability /= k + 1;
        }
    }

    @Test
    void aBoxHasAScaleOfItsOwn() {
        Space.Box box = new Space.Box(new float[] {-2, 1}, new float[] {2, 5});
        float[] element = new float[2];
        box.unscale(new float[] {9, -1, 0.5f}, 1, element);
        assertEquals(-2, element[0]);
        assertEquals(4, element[1]);
        float[] scaled = new float[2];
        box.scale(element, scaled);
        assertEquals(-1, scaled[0]);
        assertEquals(0.5f, scaled[1]);
    }
}
