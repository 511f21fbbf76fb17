package io.elbo4j.train.exact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.Evaluator;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.GaussianMixture;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MixtureOfGaussiansTest {
    private static final long SEED = 3;
    private static final double LEAST = 1e-4;

    private final Random random = new Random(SEED);
    private final MixtureOfGaussians some = new MixtureOfGaussians(new double[] {0.2, 0.5, 0.3}, new double[][] {{-1,
            0.5}, {1, 0}, {0.3, -1}}, new double[][] {{0.4, 1.2}, {0.7, 0.3}, {1.5, 0.6}});

    private double[][] data(int rows) {
        double[][] data = new double[rows][2];
        for (int i = 0; i < rows; i++) {
            for (int d = 0; d < 2; d++) {
                data[i][d] = 2 * Math.cos(2.1 * (i % 3) + 1.6 * d) + 0.7 * random.nextGaussian();
            }
        }
        return data;
    }

    /** p(x, z = c) by its definition. */
    private static double joint(MixtureOfGaussians p, double[] x, int c) {
        double product = p.share()[c];
        for (int d = 0; d < x.length; d++) {
            product *= Math.exp(-Math.pow(x[d] - p.mean()[c][d], 2) / (2 * p.variance()[c][d])) / Math.sqrt(2 * Math.PI
                    * p.variance()[c][d]);
        }
        return product;
    }

    private static double[] posterior(MixtureOfGaussians p, double[] x) {
        double[] joint = {joint(p, x, 0), joint(p, x, 1), joint(p, x, 2)};
        double marginal = joint[0] + joint[1] + joint[2];
        return new double[] {joint[0] / marginal, joint[1] / marginal, joint[2] / marginal};
    }

    @Test
    void theMarginalAndTheResponsibilitiesAreSumsOverTheComponents() {
        for (double[] x : data(50)) {
            double marginal = joint(some, x, 0) + joint(some, x, 1) + joint(some, x, 2);
            assertEquals(Math.log(marginal), some.logMarginal(x), 1e-12);
            assertArrayEquals(posterior(some, x), some.responsibilities(x), 1e-13);
        }
    }

    @Test
    void farAwayWhereDensitiesAreZeroTheirLogarithmsAreNot() {
        double[] x = {0, 1e4};
        assertEquals(0, joint(some, x, 0));
        assertEquals(Math.log(0.2 / (2 * Math.PI * Math.sqrt(0.4 * 1.2))) - 1 / 0.8 - Math.pow(1e4 - 0.5, 2) / 2.4, some
                .logMarginal(x), 1e-4);
        assertArrayEquals(new double[] {1, 0, 0}, some.responsibilities(x));
    }

    /** At each step of EM: log p(x) is the expected log-likelihood and the entropy of q = p(z given x), and rises. */
    @Test
    void theMarginalIsTheExpectedLogLikelihoodAndTheEntropyAndNeverFalls() {
        double[][] data = data(90);
        MixtureOfGaussians at = some;
        double before = Double.NEGATIVE_INFINITY;
        double first = 0;
        for (int step = 0; step < 200; step++) {
            double sum = 0;
            for (double[] x : data) {
                double entropy = 0;
                double[] q = posterior(at, x);
                for (double each : q) {
                    entropy -= each == 0 ? 0 : each * Math.log(each);
                }
                double marginal = at.logMarginal(x);
                assertEquals(marginal, at.expectedLogLikelihood(x, q) + entropy, 1e-12 * (1 + Math.abs(marginal)),
                        "seed " + SEED + ", step " + step);
                sum += marginal / data.length;
            }
            assertTrue(sum >= before - 1e-13, "seed " + SEED + ", step " + step + ": " + sum + " after " + before);
            first = step == 0 ? sum : first;
            before = sum;
            at = at.expectationMaximisation(data, LEAST);
        }
        assertTrue(before > first + 0.1, before + " after " + first);
    }

    private interface Move {
        MixtureOfGaussians by(double h);
    }

    /** Where all derivatives are 0, with q held: by central differences. */
    @Test
    void aStepMaximisesTheExpectedLogLikelihood() {
        double[][] data = data(40);
        MixtureOfGaussians next = some.expectationMaximisation(data, LEAST);
        for (int c = 0; c < 3; c++) {
            int i = c;
            assertEquals(0, derivative(data, h -> {
                // along the simplex
                double[] share = next.share().clone();
                share[i] += h;
                share[(i + 1) % 3] -= h;
                return new MixtureOfGaussians(share, next.mean(), next.variance());
            }), 1e-5);
            for (int d = 0; d < 2; d++) {
                int j = d;
                assertEquals(0, derivative(data, h -> new MixtureOfGaussians(next.share(), moved(next.mean(), i, j, h),
                        next.variance())), 1e-5);
                assertEquals(0, derivative(data, h -> new MixtureOfGaussians(next.share(), next.mean(), moved(next
                        .variance(), i, j, h))), 1e-5);
            }
        }
        assertTrue(Math.abs(derivative(data, h -> new MixtureOfGaussians(some.share(), moved(some.mean(), 0, 0, h), some
                .variance()))) > 0.1);
    }

    private static double[][] moved(double[][] of, int i, int j, double h) {
        double[][] moved = {of[0].clone(), of[1].clone(), of[2].clone()};
        moved[i][j] += h;
        return moved;
    }

    private double derivative(double[][] data, Move move) {
        double sum = 0;
        double h = 1e-5;
        for (double[] x : data) {
            double[] q = posterior(some, x);
            sum += (move.by(h).expectedLogLikelihood(x, q) - move.by(-h).expectedLogLikelihood(x, q)) / (2 * h);
        }
        return sum / data.length;
    }

    @Test
    void noComponentShrinksToAPointAndOneWithoutRowsStays() {
        MixtureOfGaussians at = new MixtureOfGaussians(new double[] {1, 0}, new double[][] {{0}, {5}}, new double[][] {{
                1}, {2}});
        MixtureOfGaussians next = at.expectationMaximisation(new double[][] {{0.5}, {0.5}}, 0.01);
        assertArrayEquals(new double[] {1, 0}, next.share());
        assertArrayEquals(new double[][] {{0.5}, {5}}, next.mean());
        assertArrayEquals(new double[][] {{0.01}, {2}}, next.variance());
        assertEquals(next.logMarginal(new double[] {5}), next.expectedLogLikelihood(new double[] {5}, new double[] {1,
                0}));
    }

    /** The same numbers as the model of the graph has, in its parameters. */
    @Test
    void theModelIsThisMixture() {
        double[][] data = data(30);
        float[] values = new float[60];
        for (int i = 0; i < 60; i++) {
            values[i] = (float) data[i / 2][i % 2];
        }
        GaussianMixture model = new GaussianMixture(new GaussianMixture.Settings(2, 3, 0.3, 1));
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, model.graph().parameters(), SEED)) {
            parameters.all().forEach(s -> {
                float[] numbers = s.value().toArray();
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] += (float) random.nextGaussian();
                }
                s.value().set(numbers);
            });
            MixtureOfGaussians exact = model.exact(parameters);
            double mean = 0;
            for (int i = 0; i < 30; i++) {
                mean += exact.logMarginal(new double[] {values[2 * i], values[2 * i + 1]}) / 30;
            }
            try (Evaluator evaluator = new Evaluator(model, parameters, backend, new Images("points", 30, 1, 2, 1,
                    values), SEED)) {
                assertEquals(evaluator.evaluate(0).elbo().elbo(), mean, 1e-5);
            }
        }
    }

    @Test
    void badArgumentsAreNamed() {
        double[][] one = {{1}};
        refused("share must be numbers whose sum is 1, not 0.5", () -> new MixtureOfGaussians(new double[] {0.5}, one,
                one));
        refused("share must be at least 0, not -1.0", () -> new MixtureOfGaussians(new double[] {-1, 2},
                new double[][] {
                        {1}, {1}}, new double[][] {{1}, {1}}));
        refused("share must be at least 1 number, not 0", () -> new MixtureOfGaussians(new double[0], one, one));
        refused("mean must be 1 rows, not 2", () -> new MixtureOfGaussians(new double[] {1}, new double[2][1], one));
        refused("variance must be 2 columns, not 1", () -> new MixtureOfGaussians(new double[] {1}, new double[1][2],
                one));
        refused("mean must be finite, not NaN", () -> new MixtureOfGaussians(new double[] {1}, new double[][] {{
                Double.NaN}}, one));
        refused("variance must be above 0 and finite, not 0.0", () -> new MixtureOfGaussians(new double[] {1}, one,
                new double[1][1]));
        refused("x must be 2 numbers, not 3", () -> some.logMarginal(new double[3]));
        refused("q must be 3 numbers, not 2", () -> some.expectedLogLikelihood(new double[2], new double[2]));
        refused("data must be at least 1 row, not 0", () -> some.expectationMaximisation(new double[0][], 1));
        refused("leastVariance must be above 0 and finite, not 0.0", () -> some.expectationMaximisation(
                new double[1][2], 0));
    }

    private static void refused(String message, Runnable run) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, run::run).getMessage());
    }
}
