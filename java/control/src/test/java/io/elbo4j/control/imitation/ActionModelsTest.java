package io.elbo4j.control.imitation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Densities and draws against closed forms in float64: without hidden layers the networks are lines, whose parameters
 * are known; they are those of some updates on random data, so that no number is 0.
 */
class ActionModelsTest {
    private static final int ROWS = 20_000;
    /** What is seen. */
    private static final double[] SEEN = {0.4, -0.7, 0.2};
    private static final double LOG_TWO_PI = Math.log(2 * Math.PI);

    private final Backend backend = new JavaBackend(2);

    private Imitation learned(ActionModel model, int actions) {
        SplittableRandom random = new SplittableRandom(5);
        int rows = 64;
        float[] observations = new float[rows * SEEN.length];
        float[] done = new float[rows * actions];
        for (int i = 0; i < observations.length; i++) {
            observations[i] = (float) random.nextDouble(-1, 1);
        }
        for (int i = 0; i < done.length; i++) {
            done[i] = (float) random.nextDouble(-1, 1);
        }
        Imitation imitation = new Imitation(model, new Imitation.Settings(List.of(), 16, 0.03), new Demonstrations(rows,
                observations, done), backend, 7);
        imitation.learn(30);
        return imitation;
    }

    private static Demonstrations at(double[][] actions) {
        int columns = actions[0].length;
        float[] observations = new float[actions.length * SEEN.length];
        float[] done = new float[actions.length * columns];
        for (int r = 0; r < actions.length; r++) {
            for (int i = 0; i < SEEN.length; i++) {
                observations[r * SEEN.length + i] = (float) SEEN[i];
            }
            for (int i = 0; i < columns; i++) {
                done[r * columns + i] = (float) actions[r][i];
            }
        }
        return new Demonstrations(actions.length, observations, done);
    }

    /** Columns of actions that are drawn. */
    private static double[][] drawn(Imitation imitation, int columns) {
        float[] actions = new float[ROWS * columns];
        try (Imitation.ActingPolicy policy = imitation.policy(ROWS, 3)) {
            policy.act(at(new double[ROWS][columns]).observations(), actions);
        }
        double[][] each = new double[columns][ROWS];
        for (int i = 0; i < actions.length; i++) {
            each[i % columns][i / columns] = actions[i];
        }
        return each;
    }

    /** x W + b of the layer of that name, in float64. */
    private static double[] line(Imitation imitation, String name, double... x) {
        float[] weight = numbers(imitation, name + ".0.weight");
        float[] bias = numbers(imitation, name + ".0.bias");
        double[] y = new double[bias.length];
        for (int c = 0; c < y.length; c++) {
            y[c] = bias[c];
            for (int i = 0; i < x.length; i++) {
                y[c] += (float) x[i] * weight[i * y.length + c];
            }
        }
        return y;
    }

    private static float[] numbers(Imitation imitation, String name) {
        return imitation.parameters().all().stream().filter(s -> s.parameter().name().equals(name)).findFirst()
                .orElseThrow().value().toArray();
    }

    private static double sigma(double spread) {
        return Math.exp(-1.5 + 3.5 * Math.tanh(spread));
    }

    private static double logNormal(double x, double mean, double sigma) {
        double z = (x - mean) / sigma;
        return -z * z / 2 - Math.log(sigma) - LOG_TWO_PI / 2;
    }

    private static double[] softmax(double[] x, int from, int to) {
        double[] p = new double[to - from];
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            p[i] = Math.exp(x[from + i]);
            sum += p[i];
        }
        for (int i = 0; i < p.length; i++) {
            p[i] /= sum;
        }
        return p;
    }

    @Test
    void aGaussian() {
        try (Imitation imitation = learned(new GaussianPolicy(false), 2); Imitation byMean = learned(new GaussianPolicy(
                true), 2)) {
            double[] heads = line(imitation, "policy", SEEN);
            double[][] actions = {{0.3, -0.5}, {-1, 0.2}, {4, -4}};
            float[] found = imitation.logLikelihoods(at(actions), 1);
            for (int r = 0; r < 3; r++) {
                assertEquals(logNormal(actions[r][0], heads[0], sigma(heads[2])) + logNormal(actions[r][1], heads[1],
                        sigma(heads[3])), found[r], 1e-5 * (1 + Math.abs(found[r])));
            }
            double[][] drawn = drawn(imitation, 2);
            double correlation = 0;
            for (int c = 0; c < 2; c++) {
                double mean = heads[c];
                double sigma = sigma(heads[2 + c]);
                Samples.assertDrawn("column " + c, drawn[c], a -> Samples.normal((a - mean) / sigma));
                assertEquals(mean, drawn(byMean, 2)[c][ROWS - 1], 1e-6);
            }
            for (int r = 0; r < ROWS; r++) {
                correlation += (drawn[0][r] - heads[0]) / sigma(heads[2]) * (drawn[1][r] - heads[1]) / sigma(heads[3])
                        / ROWS;
            }
            assertEquals(0, correlation, 4 / Math.sqrt(ROWS));
            assertArrayEquals(numbers(imitation, "policy.0.weight"), numbers(byMean, "policy.0.weight"));
        }
    }

    @Test
    void aMixture() {
        int k = 3;
        try (Imitation imitation = learned(new MixtureDensityPolicy(k), 2)) {
            double[] heads = line(imitation, "policy", SEEN);
            double[] weights = softmax(heads, 0, k);
            double[][] actions = {{0.3, -0.5}, {-1, 0.2}, {6, -6}, {300, 500}};
            float[] found = imitation.logLikelihoods(at(actions), 1);
            for (int r = 0; r < actions.length; r++) {
                double[] each = new double[k];
                double most = Double.NEGATIVE_INFINITY;
                for (int c = 0; c < k; c++) {
                    each[c] = Math.log(weights[c]);
                    for (int d = 0; d < 2; d++) {
                        each[c] += logNormal(actions[r][d], heads[k + 2 * c + d], sigma(heads[3 * k + 2 * c + d]));
                    }
                    most = Math.max(most, each[c]);
                }
                double sum = 0;
                for (double of : each) {
                    sum += Math.exp(of - most);
                }
                assertEquals(most + Math.log(sum), found[r], 2e-6 * (1 + Math.abs(found[r])), "row " + r);
            }
            double[][] drawn = drawn(imitation, 2);
            for (int d = 0; d < 2; d++) {
                int column = d;
                Samples.assertDrawn("column " + d, drawn[d], a -> {
                    double p = 0;
                    for (int c = 0; c < k; c++) {
                        p += weights[c] * Samples.normal((a - heads[k + 2 * c + column]) / sigma(heads[3 * k + 2 * c
                                + column]));
                    }
                    return p;
                });
            }
            double product = 0; // both columns are of one component: E[a b] = sum of pi mean mean
            double exact = 0;
            for (int c = 0; c < k; c++) {
                exact += weights[c] * heads[k + 2 * c] * heads[k + 2 * c + 1];
            }
            double square = 0;
            for (int r = 0; r < ROWS; r++) {
                double each = drawn[0][r] * drawn[1][r];
                product += each / ROWS;
                square += each * each / ROWS;
            }
            assertEquals(exact, product, 4 * Math.sqrt(square / ROWS));
        }
    }

    /** Of the first column, and of the second one given the first's bin. */
    private static double[][] bins(Imitation imitation, int count, double low, double width, boolean independent) {
        double[][] joint = new double[count][];
        double[] first = softmax(line(imitation, "column.0", SEEN), 0, count);
        for (int b = 0; b < count; b++) {
            double centre = low + (b + 0.5) * width;
            joint[b] = softmax(independent ? line(imitation, "column.1", SEEN) : line(imitation, "column.1", SEEN[0],
                    SEEN[1], SEEN[2], centre), 0, count);
            for (int c = 0; c < count; c++) {
                joint[b][c] *= first[b];
            }
        }
        return joint;
    }

    @Test
    void binsOfWhichTheSecondSeesTheFirst() {
        bins(false);
    }

    @Test
    void binsThatSeeNothingOfEachOther() {
        bins(true);
    }

    private void bins(boolean independent) {
        int count = 7;
        double low = -1.2;
        double width = 0.3;
        try (Imitation imitation = learned(new DiscretisedPolicy(count, low, low + count * width, independent), 2)) {
            double[][] joint = bins(imitation, count, low, width, independent);
            double[][] actions = new double[count * count][2];
            for (int i = 0; i < actions.length; i++) { // off the centres, and the first and last bin beyond their ends
                actions[i][0] = low + (i / count + 0.1) * width - (i / count == 0 ? 1 : 0);
                actions[i][1] = low + (i % count + 0.9) * width + (i % count == count - 1 ? 1 : 0);
            }
            float[] found = imitation.logLikelihoods(at(actions), 1);
            double integral = 0;
            for (int i = 0; i < actions.length; i++) {
                assertEquals(Math.log(joint[i / count][i % count]) - 2 * Math.log(width), found[i], 1e-5);
                integral += Math.exp(found[i]) * width * width;
            }
            assertEquals(1, integral, 1e-5);
            double[][] drawn = drawn(imitation, 2);
            long[] counts = new long[count * count];
            double[][] inside = new double[2][ROWS];
            for (int r = 0; r < ROWS; r++) {
                int at = 0;
                for (int d = 0; d < 2; d++) {
                    double place = (drawn[d][r] - low) / width;
                    int bin = (int) Math.floor(place);
                    at = at * count + bin;
                    inside[d][r] = place - bin;
                }
                counts[at]++;
            }
            double[] flat = new double[count * count];
            for (int i = 0; i < flat.length; i++) {
                flat[i] = joint[i / count][i % count];
            }
            Samples.assertFrequencies("bins", counts, flat);
            Samples.assertDrawn("inside the first bin", inside[0], u -> u);
            Samples.assertDrawn("inside the second bin", inside[1], u -> u);
        }
    }

    /** With a decoder that is a line p(a | s) is a Gaussian, of which the posterior of z is one as well. */
    @Test
    void aConditionalVae() {
        int latent = 2;
        try (Imitation imitation = learned(new ConditionalVaePolicy(latent, 5), 1)) {
            double mean = line(imitation, "decoder", SEEN[0], SEEN[1], SEEN[2], 0, 0)[0];
            float[] weight = numbers(imitation, "decoder.0.weight");
            double own = Math.exp(numbers(imitation, "sigma.log")[0]);
            double variance = own * own + weight[3] * weight[3] + weight[4] * weight[4];
            double sigma = Math.sqrt(variance);
            Samples.assertDrawn("actions", drawn(imitation, 1)[0], a -> Samples.normal((a - mean) / sigma));
            double[][] actions = {{mean}, {mean + sigma}, {mean - 2 * sigma}};
            float[] bound = imitation.logLikelihoods(at(actions), 20_000);
            for (int r = 0; r < actions.length; r++) {
                assertEquals(logNormal(actions[r][0], mean, sigma), bound[r], 0.02, "row " + r);
            }
            double kl = 0;
            for (double[] action : actions) {
                double[] heads = line(imitation, "encoder", SEEN[0], SEEN[1], SEEN[2], action[0]);
                for (int d = 0; d < latent; d++) {
                    kl += 0.5 * (heads[d] * heads[d] + Math.exp(heads[latent + d]) - heads[latent + d] - 1) / 3;
                }
            }
            assertEquals(kl, imitation.kl(at(actions)), 1e-5);
            assertTrue(kl > 0.001, "a KL that is not 0 is wanted here: " + kl);
        }
    }

    @Test
    void densitiesOfOneColumnIntegrateToOne() {
        int points = 40_000;
        double[][] grid = new double[points][1];
        double width = 80.0 / points;
        for (int i = 0; i < points; i++) {
            grid[i][0] = -40 + (i + 0.5) * width;
        }
        for (ActionModel model : List.of(new GaussianPolicy(false), new MixtureDensityPolicy(4))) {
            try (Imitation imitation = learned(model, 1)) {
                double integral = 0;
                for (float log : imitation.logLikelihoods(at(grid), 1)) {
                    integral += Math.exp(log) * width;
                }
                assertEquals(1, integral, 1e-4, model.toString());
                assertEquals(0, imitation.kl(at(grid)));
            }
        }
    }
}
