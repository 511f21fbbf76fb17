package io.elbo4j.train.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.exact.Gaussian;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Term.Role;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.schedule.Cosine;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BayesianDenseTest {
    private static final int INPUTS = 3;
    private static final double NOISE = 0.5;
    private static final double DEVIATION = 1.5;

    private static float[] values(Parameters parameters, String name) {
        return parameters.all().stream().filter(s -> s.parameter().name().equals(name)).findFirst().orElseThrow()
                .value().toArray();
    }

    /** Pre-activations of each row as if weights had been drawn: mean and variance of both, and no dependence. */
    @Test
    void aRowHasTheMeanAndTheVarianceOfDrawnWeights() {
        int draws = 20_000;
        Graph g = new Graph();
        Value x = g.input("x", INPUTS);
        Value y = BayesianDense.of("layer", x, 2, Activation.IDENTITY, 10, DEVIATION);
        float[] row = {0.5f, -2, 1};
        try (Backend backend = new JavaBackend(2); Parameters p = new Parameters(backend, g.parameters(), 3);
                Step step = Step.of(g, p, backend).seed(4).samples(draws).want(y).compile()) {
            SplittableRandom random = new SplittableRandom(5);
            p.all().forEach(s -> s.value().set(random(s.value().toArray().length, random)));
            step.value(x).set(row);
            step.run(0);
            float[] drawn = step.value(y).toArray();
            double[] mean = new double[2];
            double[] variance = new double[2];
            for (int u = 0; u < 2; u++) {
                mean[u] = values(p, "layer.mean.bias")[u];
                variance[u] = Math.exp(values(p, "layer.logVariance.bias")[u]);
                for (int i = 0; i < INPUTS; i++) {
                    mean[u] += row[i] * values(p, "layer.mean.weight")[2 * i + u];
                    variance[u] += row[i] * row[i] * Math.exp(values(p, "layer.logVariance.weight")[2 * i + u]);
                }
            }
            double[] sums = new double[5];
            for (int r = 0; r < draws; r++) {
                double a = (drawn[2 * r] - mean[0]) / Math.sqrt(variance[0]);
                double b = (drawn[2 * r + 1] - mean[1]) / Math.sqrt(variance[1]);
                double[] each = {a, b, a * a - 1, b * b - 1, a * b};
                Arrays.setAll(sums, i -> sums[i] + each[i]);
            }
            // standard errors of means of numbers whose variances are 1, 1, 2, 2, 1
            double[] errors = {1, 1, Math.sqrt(2), Math.sqrt(2), 1};
            for (int i = 0; i < sums.length; i++) {
                double z = sums[i] / draws / (errors[i] / Math.sqrt(draws));
                System.out.printf("local reparameterisation, seed 4, statistic %d: off by %.2f standard errors%n", i,
                        z);
                assertTrue(Math.abs(z) < 4, "statistic " + i);
            }
        }
    }

    private static float[] random(int count, SplittableRandom random) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextDouble() * 2 - 1);
        }
        return values;
    }

    private record Regression(Graph graph, Value x, Value y) {
        static Regression of(int rows) {
            Graph g = new Graph();
            Value x = g.input("x", INPUTS);
            Value y = g.input("y", 1);
            Value f = BayesianDense.of("layer", x, 1, Activation.IDENTITY, rows, DEVIATION);
            g.observe("y given x", new DiagonalGaussian(f, ConstantRow.of(g, "noise", 1, (float) (2 * Math.log(
                    NOISE)))), y);
            return new Regression(g, x, y);
        }
    }

    private static double[][] inputs(int rows, SplittableRandom random) {
        double[][] x = new double[rows][INPUTS + 1];
        for (double[] row : x) {
            Arrays.setAll(row, i -> i == INPUTS ? 1 : (float) random.nextGaussian());
        }
        return x;
    }

    /** Bishop 2006, section 3.3; the last weight is the bias. */
    private static double[][] precision(double[][] x) {
        double[][] precision = new double[INPUTS + 1][INPUTS + 1];
        for (int i = 0; i <= INPUTS; i++) {
            precision[i][i] = (i == INPUTS ? 1 : INPUTS) / (DEVIATION * DEVIATION);
            for (int j = 0; j <= INPUTS; j++) {
                for (double[] row : x) {
                    precision[i][j] += row[i] * row[j] / (NOISE * NOISE);
                }
            }
        }
        return precision;
    }

    /** Gauss-Jordan. */
    private static double[] solve(double[][] matrix, double[] right) {
        int n = right.length;
        double[][] a = Arrays.stream(matrix).map(double[]::clone).toArray(double[][]::new);
        double[] b = right.clone();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                if (j != i) {
                    double factor = a[j][i] / a[i][i];
                    for (int k = 0; k < n; k++) {
                        a[j][k] -= factor * a[i][k];
                    }
                    b[j] -= factor * b[i];
                }
            }
        }
        for (int i = 0; i < n; i++) {
            b[i] /= a[i][i];
        }
        return b;
    }

    /**
     * Of a linear model everything is known: the best independent Gaussians have the mean of p(w given the data), and
     * one over the diagonal of its precision as variances (Bishop 2006, section 10.1.2). Batches are a third of the
     * data: were the KL's weight 1 over the batch, or 1, the variances would be others.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theBestOfALinearModelIsTheExactMeanFieldPosterior(long seed) {
        int rows = 30;
        SplittableRandom random = new SplittableRandom(seed);
        double[][] x = inputs(rows, random);
        double[] weights = {0.7, -0.4, 0.2, 0.5};
        float[] y = new float[rows];
        double[] right = new double[INPUTS + 1];
        for (int r = 0; r < rows; r++) {
            double sum = NOISE * random.nextGaussian();
            for (int i = 0; i <= INPUTS; i++) {
                sum += weights[i] * x[r][i];
            }
            y[r] = (float) sum;
            for (int i = 0; i <= INPUTS; i++) {
                right[i] += x[r][i] * y[r] / (NOISE * NOISE);
            }
        }
        double[][] precision = precision(x);
        double[] mean = solve(precision, right);
        Regression model = Regression.of(rows);
        int updates = 6000;
        int batch = rows / 3;
        try (Backend backend = new JavaBackend(1);
                Parameters p = new Parameters(backend, model.graph().parameters(), seed);
                Step step = Step.of(model.graph(), p, backend).rows(batch).samples(32).seed(seed).minimise(new Elbo(),
                        new Adam(new Cosine(0.02, 0, updates))).compile()) {
            for (int t = 0; t < updates; t++) {
                float[] in = new float[batch * INPUTS];
                float[] out = new float[batch];
                for (int r = 0; r < batch; r++) {
                    int from = t % 3 * batch + r;
                    for (int i = 0; i < INPUTS; i++) {
                        in[r * INPUTS + i] = (float) x[from][i];
                    }
                    out[r] = y[from];
                }
                step.value(model.x()).set(in);
                step.value(model.y()).set(out);
                step.run(t);
            }
            for (int i = 0; i <= INPUTS; i++) {
                String part = i == INPUTS ? "bias" : "weight";
                int at = i == INPUTS ? 0 : i;
                double foundMean = values(p, "layer.mean." + part)[at];
                double found = Math.exp(values(p, "layer.logVariance." + part)[at]);
                double deviation = Math.sqrt(1 / precision[i][i]);
                System.out.printf("linear model, seed %d, weight %d: mean off by %.3f deviations, variance %.5f, exact"
                        + " %.5f%n", seed, i, (foundMean - mean[i]) / deviation, found, 1 / precision[i][i]);
                assertEquals(mean[i], foundMean, 0.03 * deviation);
                assertEquals(1, found * precision[i][i], 0.03);
            }
        }
    }

    /** KL(q || p) by another formula, of any batch: each row has its share. */
    @Test
    void theKlOfAllRowsIsThatOfTheWeights() {
        int rows = 30;
        Regression model = Regression.of(rows);
        try (Backend backend = new JavaBackend(1); Parameters p = new Parameters(backend, model.graph().parameters(),
                2)) {
            SplittableRandom random = new SplittableRandom(6);
            p.all().forEach(s -> s.value().set(random(s.value().toArray().length, random)));
            double[] mean = new double[INPUTS + 1];
            double[] logVariance = new double[INPUTS + 1];
            double[] prior = new double[INPUTS + 1];
            for (int i = 0; i <= INPUTS; i++) {
                String part = i == INPUTS ? "bias" : "weight";
                mean[i] = values(p, "layer.mean." + part)[i == INPUTS ? 0 : i];
                logVariance[i] = values(p, "layer.logVariance." + part)[i == INPUTS ? 0 : i];
                prior[i] = 2 * Math.log(DEVIATION) - (i == INPUTS ? 0 : Math.log(INPUTS));
            }
            double kl = Gaussian.diagonal(mean, logVariance).divergence(Gaussian.diagonal(new double[INPUTS + 1],
                    prior));
            for (int batch : new int[] {1, 7, rows}) {
                try (Step step = Step.of(model.graph(), p, backend).rows(batch).evaluate(new Elbo()).compile()) {
                    step.run(0);
                    assertEquals(kl * batch / rows, step.total(Role.KL), 1e-6 * kl);
                }
            }
        }
    }

    @Test
    void whatMakesNoLayerIsRefused() {
        Value x = new Graph().input("x", 2);
        assertEquals("dataRows must be at least 1, not 0", assertThrows(IllegalArgumentException.class,
                () -> BayesianDense.of("l", x, 1, Activation.RELU, 0, 1)).getMessage());
        assertEquals("units must be at least 1, not 0", assertThrows(IllegalArgumentException.class,
                () -> BayesianDense.of("l", x, 0, Activation.RELU, 1, 1)).getMessage());
        assertEquals("deviation must be from 1e-9 to 1e9, not 0.0", assertThrows(IllegalArgumentException.class,
                () -> BayesianDense.of("l", x, 1, Activation.RELU, 1, 0)).getMessage());
    }
}
