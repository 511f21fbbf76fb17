package io.elbo4j.control.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.objective.Elbo;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageVaeTest {
    private static final int ROWS = 5;
    private static final int N = 2;
    private static final MessageVae.Settings SETTINGS = new MessageVae.Settings(N, List.of(6), List.of(7), 0.5);

    /** Of the product of potential and message, in double: the KL from the message, and what is drawn of it. */
    @Test
    void thePosteriorIsTheProduct() {
        System.out.println("seed 9");
        MessageVae vae = new MessageVae(SETTINGS, 3);
        Graph graph = new Graph();
        MessageVae.Inputs inputs = vae.observe(graph);
        Latent z = graph.all(Latent.class).get(0);
        Graph seeing = new Graph();
        io.elbo4j.train.graph.Value observation = seeing.input("observation", 3);
        MessageVae.Potential potential = vae.potential(observation);
        Draws draws = new Draws(9, "rows");
        float[] seen = new float[3 * ROWS];
        float[] m = new float[N * ROWS];
        float[] p = new float[N * ROWS];
        for (int i = 0; i < seen.length; i++) {
            seen[i] = (float) (2 * draws.normal());
        }
        for (int i = 0; i < m.length; i++) {
            m[i] = (float) draws.normal();
            p[i] = (float) Math.exp(draws.normal());
        }
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, graph.parameters(),
                9); Step step = Step.of(graph, parameters, backend).rows(ROWS).seed(9).evaluate(new Elbo()).want(z)
                        .compile();
                Step eye = Step.of(seeing, parameters, backend).rows(ROWS).want(potential.mean(), potential.precision())
                        .compile()) {
            eye.value(observation).set(seen);
            eye.run(0);
            float[] mean = eye.value(potential.mean()).toArray();
            float[] precision = eye.value(potential.precision()).toArray();
            step.value(inputs.observation()).set(seen);
            step.value(inputs.mean()).set(m);
            step.value(inputs.precision()).set(p);
            double[] sum = new double[m.length];
            double[] squares = new double[m.length];
            int runs = 4000;
            for (int run = 0; run < runs; run++) {
                step.run(run);
                float[] drawn = step.value(z).toArray();
                for (int i = 0; i < drawn.length; i++) {
                    sum[i] += drawn[i];
                    squares[i] += drawn[i] * drawn[i];
                }
            }
            float[] kl = step.term(z.terms().get(0)).orElseThrow().toArray();
            for (int r = 0; r < ROWS; r++) {
                double expected = 0;
                for (int i = r * N; i < (r + 1) * N; i++) {
                    double both = (double) precision[i] + p[i];
                    double at = ((double) precision[i] * mean[i] + (double) p[i] * m[i]) / both;
                    expected += (p[i] / both + p[i] * (at - m[i]) * (at - m[i]) - 1 - Math.log(p[i] / both)) / 2;
                    double error = Math.sqrt(1 / both / runs);
                    assertEquals(at, sum[i] / runs, 5 * error);
                    assertEquals(1 / both, squares[i] / runs - at * at, 10 * (1 + Math.abs(at)) * error);
                }
                assertEquals(expected, kl[r], 1e-5 * (1 + expected));
            }
        }
    }

    @Test
    void settingsHaveBounds() {
        assertEquals("latent must be at most 16, not 17", assertThrows(ArgumentException.class,
                () -> new MessageVae.Settings(17, List.of(), List.of(), 1)).getMessage());
        assertEquals("observationDeviation must be from 1e-15 to 1e15, not 0.0", assertThrows(ArgumentException.class,
                () -> new MessageVae.Settings(2, List.of(), List.of(), 0)).getMessage());
    }
}
