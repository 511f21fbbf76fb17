package io.elbo4j.train.exact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.Evaluator;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.LinearGaussian;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FactorAnalysisTest {
    private static final long SEED = 5;
    private static final int LATENT = 2;
    private static final int COLUMNS = 4;

    private final Random random = new Random(SEED);
    private final FactorAnalysis some = new FactorAnalysis(matrix(LATENT, COLUMNS), row(COLUMNS), new double[] {0.3,
            0.7, 1.1, 0.2});

    private double[] row(int n) {
        return random.doubles(n, -1.5, 1.5).toArray();
    }

    private double[][] matrix(int rows, int columns) {
        double[][] m = new double[rows][];
        for (int i = 0; i < rows; i++) {
            m[i] = row(columns);
        }
        return m;
    }

    /** Data of the model itself. */
    private double[][] drawn(FactorAnalysis p, int rows) {
        double[][] data = new double[rows][COLUMNS];
        for (double[] x : data) {
            double[] z = {random.nextGaussian(), random.nextGaussian()};
            for (int d = 0; d < COLUMNS; d++) {
                x[d] = p.mean()[d] + z[0] * p.weight()[0][d] + z[1] * p.weight()[1][d] + Math.sqrt(p.variance()[d])
                        * random.nextGaussian();
            }
        }
        return data;
    }

    /** log p(x, z) by its definition. */
    private double joint(double[] x, double z0, double z1) {
        double sum = -Math.log(2 * Math.PI) - (z0 * z0 + z1 * z1) / 2;
        for (int d = 0; d < COLUMNS; d++) {
            double r = x[d] - some.mean()[d] - z0 * some.weight()[0][d] - z1 * some.weight()[1][d];
            sum -= (Math.log(2 * Math.PI * some.variance()[d]) + r * r / some.variance()[d]) / 2;
        }
        return sum;
    }

    /** The trapezoidal rule over z, which is exact to rounding for what decays so. */
    @Test
    void theMarginalAndThePosteriorAreTheIntegralsThatDefineThem() {
        double[] x = row(COLUMNS);
        double step = 0.05;
        double p = 0;
        double[] first = new double[2];
        double[][] second = new double[2][2];
        for (double z0 = -8; z0 <= 8; z0 += step) {
            for (double z1 = -8; z1 <= 8; z1 += step) {
                double weight = Math.exp(joint(x, z0, z1)) * step * step;
                double[] z = {z0, z1};
                p += weight;
                for (int i = 0; i < 2; i++) {
                    first[i] += weight * z[i];
                    for (int j = 0; j < 2; j++) {
                        second[i][j] += weight * z[i] * z[j];
                    }
                }
            }
        }
        assertEquals(Math.log(p), some.logMarginal(x), 1e-9);
        Gaussian posterior = some.posterior(x);
        for (int i = 0; i < 2; i++) {
            assertEquals(first[i] / p, posterior.mean()[i], 1e-9);
            for (int j = 0; j < 2; j++) {
                assertEquals(second[i][j] / p - first[i] * first[j] / p / p, posterior.covariance()[i][j], 1e-9);
            }
        }
    }

    /** For any q: log p(x) = ELBO + KL(q || p(z given x)). */
    @Test
    void whatTheBoundMissesIsTheDivergenceFromThePosterior() {
        for (int i = 0; i < 20; i++) {
            double[] x = row(COLUMNS);
            double a = 0.2 + random.nextDouble();
            double b = 0.2 + random.nextDouble();
            double c = (random.nextDouble() - 0.5) * Math.sqrt(a * b);
            Gaussian q = new Gaussian(row(LATENT), new double[][] {{a, c}, {c, b}});
            double missed = q.divergence(some.posterior(x));
            assertTrue(missed > 1e-3);
            assertEquals(some.logMarginal(x), some.elbo(x, q) + missed, 1e-11 * Math.abs(some.elbo(x, q)));
            assertEquals(some.logMarginal(x), some.elbo(x, some.posterior(x)), 1e-12 * Math.abs(some.logMarginal(x)));
        }
    }

    /** E under q of log p(x, z) by the trapezoidal rule; of q = p(z given x) it is log p(x) less the entropy of q. */
    @Test
    void theExpectedLogLikelihoodIsTheIntegralThatDefinesIt() {
        double[] x = row(COLUMNS);
        Gaussian q = new Gaussian(new double[] {0.4, -0.7}, new double[][] {{0.5, 0.2}, {0.2, 0.3}});
        double determinant = 0.5 * 0.3 - 0.2 * 0.2;
        double step = 0.05;
        double sum = 0;
        for (double a = -6; a <= 6; a += step) {
            for (double b = -6; b <= 6; b += step) {
                double density = Math.exp(-(0.3 * a * a - 0.4 * a * b + 0.5 * b * b) / (2 * determinant)) / (2 * Math.PI
                        * Math.sqrt(determinant));
                sum += density * joint(x, 0.4 + a, b - 0.7) * step * step;
            }
        }
        assertEquals(sum, some.expectedLogLikelihood(x, q), 1e-9 * Math.abs(sum));
        Gaussian p = some.posterior(x);
        assertEquals(some.logMarginal(x), some.expectedLogLikelihood(x, p) + p.entropy(), 1e-12 * Math.abs(some
                .logMarginal(x)));
    }

    @Test
    void divergencesAndEntropiesOfOneDimensionAreTheKnownOnes() {
        Gaussian q = Gaussian.diagonal(new double[] {1}, new double[] {Math.log(4)});
        Gaussian p = Gaussian.diagonal(new double[] {-1}, new double[] {Math.log(9)});
        assertEquals(Math.log(3 / 2.0) + (4 + 4) / 18.0 - 0.5, q.divergence(p), 1e-15);
        assertEquals(0, q.divergence(q), 1e-15);
        assertEquals(0.5 * Math.log(2 * Math.PI * Math.E * 4), q.entropy(), 1e-15);
    }

    @Test
    void aStepUpIsTheRateTimesTheGradient() {
        double[][] data = drawn(some, 7);
        double rate = 1e-3;
        FactorAnalysis next = some.ascend(data, rate);
        for (int d = 0; d < COLUMNS; d++) {
            int at = d;
            assertEquals(derivative(data, h -> some.mean()[at] += h), (next.mean()[d] - some.mean()[d]) / rate, 1e-7);
            for (int i = 0; i < LATENT; i++) {
                double[] row = some.weight()[i];
                assertEquals(derivative(data, h -> row[at] += h), (next.weight()[i][d] - row[d]) / rate, 1e-7);
            }
            assertEquals(derivative(data, h -> some.variance()[at] *= Math.exp(h)), Math.log(next.variance()[d]
                    / some.variance()[d]) / rate, 1e-7);
        }
    }

    private double derivative(double[][] data, java.util.function.DoubleConsumer move) {
        double h = 1e-5;
        move.accept(h);
        double above = some.logMarginal(data);
        move.accept(-2 * h);
        double below = some.logMarginal(data);
        move.accept(h);
        return (above - below) / (2 * h);
    }

    /** EM never goes down, and ends where the gradient does: two ways to one maximum. */
    @Test
    void expectationMaximisationAndTheGradientEndAtOneMaximum() {
        double[][] data = drawn(some, 60);
        FactorAnalysis em = new FactorAnalysis(matrix(LATENT, COLUMNS), new double[COLUMNS], new double[] {1, 1, 1, 1});
        FactorAnalysis climbed = em;
        double before = em.logMarginal(data);
        for (int i = 0; i < 4000; i++) {
            em = em.expectationMaximisation(data, 1e-6);
            double now = em.logMarginal(data);
            assertTrue(now >= before - 1e-12, "seed " + SEED + ", step " + i);
            before = now;
            climbed = climbed.ascend(data, 0.05);
        }
        assertEquals(before, climbed.logMarginal(data), 1e-4, "seed " + SEED);
        assertTrue(before > some.logMarginal(data));
        double[] mean = new double[COLUMNS];
        for (double[] x : data) {
            for (int d = 0; d < COLUMNS; d++) {
                mean[d] += x[d] / data.length;
            }
        }
        for (int d = 0; d < COLUMNS; d++) {
            assertEquals(mean[d], em.mean()[d], 1e-6); // that of the data is the maximum's
        }
    }

    /** The trained model's densities are these, and its bound comes to the maximum. */
    @Test
    void theTrainedBoundIsNearTheExactMarginalAndThatNearTheMaximum() {
        double[][] data = drawn(some, 500);
        float[] values = new float[data.length * COLUMNS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) data[i / COLUMNS][i % COLUMNS];
        }
        Images images = new Images("drawn", data.length, 1, COLUMNS, 1, values);
        LinearGaussian model = new LinearGaussian(new LinearGaussian.Settings(COLUMNS, LATENT, 1e-3));
        FactorAnalysis em = some;
        for (int i = 0; i < 500; i++) {
            em = em.expectationMaximisation(data, 1e-6);
        }
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, model.graph().parameters(), SEED);
                Trainer trainer = new Trainer(model, parameters, backend, TrainingSettings.of(100, SEED), images);
                Evaluator evaluator = new Evaluator(model, parameters, backend, images, SEED)) {
            FactorAnalysis start = model.exact(parameters);
            assertEquals(1, start.variance()[0], 1e-2);
            trainer.steps(6000);
            double elbo = evaluator.evaluate(0).elbo().elbo();
            double marginal = model.exact(parameters).logMarginal(data);
            System.out.printf("linear-Gaussian model, seed %d: ELBO %.4f, log p(x) %.4f, at the maximum %.4f%n", SEED,
                    elbo, marginal, em.logMarginal(data));
            assertTrue(start.logMarginal(data) < marginal - 0.1);
            assertEquals(em.logMarginal(data), marginal, 0.02);
            assertEquals(marginal, elbo, 0.05);
        }
    }

    @Test
    void badArgumentsAreNamed() {
        assertEquals("weight must be 3 columns, not 2", assertThrows(IllegalArgumentException.class,
                () -> new FactorAnalysis(new double[1][2], new double[3], new double[] {1, 1, 1})).getMessage());
        assertEquals("variance must be above 0 and finite, not 0.0", assertThrows(IllegalArgumentException.class,
                () -> new FactorAnalysis(new double[1][1], new double[1], new double[1])).getMessage());
        assertEquals("x must be 4 numbers, not 3", assertThrows(IllegalArgumentException.class,
                () -> some.logMarginal(new double[3])).getMessage());
        assertEquals("x must be 4 numbers, not 5", assertThrows(IllegalArgumentException.class,
                () -> some.elbo(new double[5], some.posterior(new double[4]))).getMessage());
        for (double least : new double[] {0, -1, Double.NaN}) {
            assertEquals("leastVariance must be above 0 and finite, not " + least, assertThrows(
                    IllegalArgumentException.class, () -> some.expectationMaximisation(new double[1][COLUMNS], least))
                    .getMessage());
        }
        assertEquals("variance must be above 0 and finite, not 0.0", assertThrows(IllegalArgumentException.class,
                () -> some.ascend(new double[1][COLUMNS], 1e9)).getMessage());
        assertEquals("data must be at least 1 row, not 0", assertThrows(IllegalArgumentException.class,
                () -> some.logMarginal(new double[0][])).getMessage());
        assertEquals("covariance must be symmetric, not with 0.0 and 100.0", assertThrows(
                IllegalArgumentException.class, () -> new Gaussian(new double[2], new double[][] {{1, 100}, {0, 1}}))
                .getMessage());
        assertEquals("rate must be above 0 and finite, not 0.0", assertThrows(IllegalArgumentException.class,
                () -> some.ascend(new double[1][COLUMNS], 0)).getMessage());
        assertEquals("covariance must be positive definite, not one with the pivot -3.0", assertThrows(
                IllegalArgumentException.class, () -> new Gaussian(new double[2], new double[][] {{1, 2}, {2, 1}}))
                .getMessage());
    }
}
