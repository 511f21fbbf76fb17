package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.PriorDiscrepancy;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.NormalNoise;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.Penalised;
import io.elbo4j.train.optimiser.Adam;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against plain loops, closed forms of Gaussians, and {@link FiniteDifferences}. */
class PriorDiscrepancyTest {
    private static final int X = 5;
    private static final int Z = 3;

    private final Graph g = new Graph();
    private final Value x = g.input("x", X);

    private static double kernel(double[] a, double[] b) {
        double square = 0;
        for (int d = 0; d < a.length; d++) {
            square += (a[d] - b[d]) * (a[d] - b[d]);
        }
        return Math.exp(-square / (2 * a.length));
    }

    private static double expected(double[][] z, double[][] p, int row) {
        double sum = 0;
        for (int j = 0; j < z.length; j++) {
            double within = j == row ? 0 : kernel(z[row], z[j]) + kernel(p[row], p[j]);
            sum += within / Math.max(1, z.length - 1) - 2 * kernel(z[row], p[j]) / z.length;
        }
        return sum;
    }

    private static Value draws(Graph graph) {
        return graph.all(NormalNoise.class).get(0);
    }

    @ParameterizedTest
    @CsvSource({"7, 1", "7, 3", "100, 1", "1, 1", "1, 4"})
    void agreesWithPlainLoops(int rows, int samples) {
        Latent z = (Latent) g.latent("z", DiagonalGaussian.of("q", x, Z));
        PriorDiscrepancy term = PriorDiscrepancy.of(z);
        Value value = term.inputs().get(0);
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 5);
                Step step = Step.of(g, parameters, backend).rows(rows).samples(samples).seed(8).want(z).want(value)
                        .want(draws(g)).compile()) {
            float[] data = new float[rows * X];
            for (int i = 0; i < data.length; i++) {
                data[i] = i * 7 % 11 / 2f - 2;
            }
            step.value(x).set(data);
            step.run(0);
            double[][] of = Doubles.of(step.value(z));
            double[][] p = Doubles.of(step.value(draws(g)));
            double[][] found = Doubles.of(step.value(value));
            for (int r = 0; r < rows * samples; r++) {
                assertEquals(expected(of, p, r), found[r][0], 2e-6, "row " + r);
            }
        }
    }

    /** The mean of 200 runs of 50 rows; the closed form is the integral of the kernel over N(mean, 2 I). */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 2})
    void isUnbiasedAndNearZeroForThePrior(double mean) {
        Latent z = (Latent) g.latent("z", new DiagonalGaussian(ConstantRow.of(g, "mean", Z, (float) mean), ConstantRow
                .of(g, "log-variance", Z, 0)));
        Value value = PriorDiscrepancy.of(z).inputs().get(0);
        long seed = 12;
        double[] runs = new double[200];
        try (Backend backend = new JavaBackend(1); Parameters none = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, none, backend).rows(50).seed(seed).want(value).compile()) {
            for (int i = 0; i < runs.length; i++) {
                step.run(i);
                runs[i] = DoubleStream.of(flat(Doubles.of(step.value(value)))).average().orElseThrow();
            }
        }
        double average = DoubleStream.of(runs).average().orElseThrow();
        double error = Math.sqrt(DoubleStream.of(runs).map(r -> (r - average) * (r - average)).sum() / runs.length
                / runs.length);
        double exact = 2 * Math.pow(1 + 2.0 / Z, -Z / 2.0) * (1 - Math.exp(-Z * mean * mean / (2 * (Z + 2))));
        System.out.printf("discrepancy, mean %s, seed %d: %.5f, exact %.5f, standard error %.5f%n", mean, seed, average,
                exact, error);
        assertTrue(error < 0.01 && Math.abs(average - exact) < 4 * error, average + ", exact " + exact + ", error "
                + error);
    }

    private static double[] flat(double[][] rows) {
        return List.of(rows).stream().mapToDouble(row -> row[0]).toArray();
    }

    @Test
    void theGradientAgreesWithFiniteDifferences() {
        Latent z = (Latent) g.latent("z", DiagonalGaussian.of("q", Dense.of("encoder", x, 4, Activation.TANH), Z));
        g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
        Term term = PriorDiscrepancy.of(z).term();
        for (int samples : new int[] {1, 7}) {
            FiniteDifferences.check("discrepancy, K = " + samples, g, s -> s.rows(7).samples(samples).minimise(
                    new Penalised(new Elbo(0.5), term, 10), new Adam(0)), (in, step) -> {
                        double loss = 0;
                        for (Term t : step.plan().terms().keySet()) {
                            double weight = switch (t.role()) {
                                case LOG_LIKELIHOOD -> -1;
                                case KL -> 0.5;
                                default -> 10;
                            };
                            io.elbo4j.Matrix value = step.plan().terms().get(t);
                            for (long r = 0; r < value.rows(); r++) {
                                loss += weight / value.rows() * in.get(value, r, 0);
                            }
                        }
                        return loss;
                    });
        }
    }

    @Test
    void otherPriorsAreRefused() {
        Latent z = (Latent) g.latent("z", DiagonalGaussian.of("q", x, 2), new DiagonalGaussian(LearnedRow.of(g, "m", 2,
                0), LearnedRow.of(g, "v", 2, 0)));
        assertEquals("the discrepancy of 'z' and its prior needs a StandardNormal and rows of BATCH x SAMPLE, not a"
                + " DiagonalGaussian and rows of BATCH x SAMPLE", assertThrows(IllegalArgumentException.class,
                        () -> PriorDiscrepancy.of(z)).getMessage());
    }
}
