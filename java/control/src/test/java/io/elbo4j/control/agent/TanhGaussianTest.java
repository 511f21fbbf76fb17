package io.elbo4j.control.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Against the density in float64 and the distribution function. */
class TanhGaussianTest {
    private static final int ROWS = 20_000;

    @Test
    void theSampleHasItsDistributionAndItsLogProbability() {
        Graph graph = new Graph();
        Value both = graph.input("both", 4);
        TanhGaussian policy = TanhGaussian.of("policy", both);
        float[] heads = {0.3f, -1.2f, 0.1f, -0.5f};
        float[] values = new float[ROWS * 4];
        for (int i = 0; i < values.length; i++) {
            values[i] = heads[i % 4];
        }
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, graph.parameters(), 1);
                Step step = Step.of(graph, parameters, backend).rows(ROWS).seed(3).want(policy.action(), policy
                        .logProbability(), policy.greedy()).compile()) {
            step.value(both).set(values);
            step.run(0);
            float[] actions = step.value(policy.action()).toArray();
            float[] logs = step.value(policy.logProbability()).toArray();
            float[] greedy = step.value(policy.greedy()).toArray();
            double[][] u = new double[2][ROWS];
            for (int r = 0; r < ROWS; r++) {
                double expected = 0;
                boolean exact = true;
                for (int c = 0; c < 2; c++) {
                    double a = actions[2 * r + c];
                    u[c][r] = Math.log((1 + a) / (1 - a)) / 2;
                    double z = (u[c][r] - heads[c]) / sigma(heads[2 + c]);
                    expected += -z * z / 2 - Math.log(sigma(heads[2 + c])) - Math.log(2 * Math.PI) / 2 - Math.log1p(-a
                            * a);
                    exact &= Math.abs(a) < 0.999; // a float32 near 1 does not tell u
                }
                if (exact) {
                    assertEquals(expected, logs[r], 1e-3, "row " + r);
                }
                assertEquals(Math.tanh(heads[r % 2]), greedy[2 * (r / 2 * 2) + r % 2], 1e-6);
            }
            for (int c = 0; c < 2; c++) {
                double distance = kolmogorov(u[c], heads[c], sigma(heads[2 + c]));
                assertTrue(distance < 1.95 / Math.sqrt(ROWS), "column " + c + ": " + distance); // p = 0.001
            }
        }
    }

    /** Far out the difference 1 - tanh(u)^2 is 0 in float32; the log-probability is not infinite. */
    @Test
    void theLogProbabilityIsFiniteFarOut() {
        Graph graph = new Graph();
        Value both = graph.input("both", 2);
        TanhGaussian policy = TanhGaussian.of("policy", both);
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, graph.parameters(), 1);
                Step step = Step.of(graph, parameters, backend).rows(3).want(policy.action(), policy.logProbability())
                        .compile()) {
            step.value(both).set(40, -100, -40, -100, 5, 100);
            step.run(0);
            float[] logs = step.value(policy.logProbability()).toArray();
            assertEquals(1, step.value(policy.action()).toArray()[0]);
            assertEquals(-1, step.value(policy.action()).toArray()[1]);
            // log N(u) of sigma = exp(-5) and 2 (u - log 2), u within some sigma of 40
            for (int r = 0; r < 2; r++) {
                double least = 5 - Math.log(2 * Math.PI) / 2 - 8 + 2 * (39.9 - Math.log(2));
                assertTrue(logs[r] > least && logs[r] < least + 8.5, "row " + r + ": " + logs[r]);
            }
            assertTrue(Float.isFinite(logs[2]));
        }
    }

    private static double sigma(double head) {
        return Math.exp(-5 + 3.5 * (Math.tanh(head) + 1));
    }

    private static double kolmogorov(double[] sample, double mean, double sigma) {
        double[] sorted = sample.clone();
        Arrays.sort(sorted);
        double largest = 0;
        for (int i = 0; i < sorted.length; i++) {
            double p = normal((sorted[i] - mean) / sigma);
            largest = Math.max(largest, Math.max(Math.abs(p - i / (double) sorted.length), Math.abs(p - (i + 1)
                    / (double) sorted.length)));
        }
        return largest;
    }

    /** The distribution function by its series. */
    private static double normal(double z) {
        double term = z;
        double sum = z;
        for (int k = 1; k < 200; k++) {
            term *= z * z / (2 * k + 1);
            sum += term;
        }
        return 0.5 + sum * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
    }
}
