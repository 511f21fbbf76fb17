package io.elbo4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * A linear-Gaussian model whose integrals are known: z ~ N(0, I), x ~ N(W z + b, s^2 I), so p(x) = N(b, W W^T + s^2 I).
 * The columns of W are orthogonal, so the posterior is diagonal and q can be it, or be as much wider as wished.
 */
class EvaluatorTest {
    private static final int D = 6;
    private static final int ROWS = 1207;
    private static final double S = 0.5;
    private static final double[] B = {0.5, -1, 0, 0.25, 2, -0.75};
    private static final double[][] W = {{1, 1, 0, 0.5, 0, 0}, {0.5, -0.5, 1, 0, 0, 0.25}};
    private static final long SEED = 20250101;

    private static final Vae VAE = new Vae(new VaeSettings(D, List.of(), 2, Activation.IDENTITY,
            LikelihoodKind.GAUSSIAN_FIXED, S, false));

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double posteriorVariance(int j) {
        return 1 / (1 + dot(W[j], W[j]) / (S * S));
    }

    /** Draws from the model, rounded to float. */
    private static Images images() {
        SplittableRandom random = new SplittableRandom(SEED);
        float[] x = new float[ROWS * D];
        for (int i = 0; i < x.length; i += D) {
            double[] z = {random.nextGaussian(), random.nextGaussian()};
            for (int c = 0; c < D; c++) {
                x[i + c] = (float) (B[c] + z[0] * W[0][c] + z[1] * W[1][c] + S * random.nextGaussian());
            }
        }
        return new Images("linear-Gaussian", ROWS, 1, D, 1, x);
    }

    private static double[] centred(Images images, int row) {
        double[] x = new double[D];
        for (int c = 0; c < D; c++) {
            x[c] = images.value(row, c) - B[c];
        }
        return x;
    }

    /** By the matrix determinant lemma and Woodbury's identity, with W's columns orthogonal. */
    private static double logLikelihood(double[] x) {
        double logDeterminant = D * Math.log(S * S);
        double square = dot(x, x) / (S * S);
        for (int j = 0; j < 2; j++) {
            logDeterminant -= Math.log(posteriorVariance(j));
            double projection = dot(x, W[j]) / (S * S);
            square -= projection * projection * posteriorVariance(j);
        }
        return -0.5 * (D * Math.log(2 * Math.PI) + logDeterminant + square);
    }

    private static double logLikelihood(Images images) {
        double sum = 0;
        for (int r = 0; r < ROWS; r++) {
            sum += logLikelihood(centred(images, r));
        }
        return sum / ROWS;
    }

    /** The model, with q the posterior whose variances are multiplied by {@code wider}. */
    private static Parameters parameters(Backend backend, double wider) {
        Parameters parameters = new Parameters(backend, VAE.graph().parameters(), 1);
        float[] weight = new float[D * 4];
        float[] bias = new float[4];
        float[] decoder = new float[2 * D];
        float[] b = new float[D];
        for (int j = 0; j < 2; j++) {
            for (int c = 0; c < D; c++) {
                weight[c * 4 + j] = (float) (W[j][c] / (S * S) * posteriorVariance(j));
                bias[j] -= (float) (B[c] * W[j][c] / (S * S) * posteriorVariance(j));
                decoder[j * D + c] = (float) W[j][c];
                b[c] = (float) B[c];
            }
            bias[2 + j] = (float) Math.log(posteriorVariance(j) * wider);
        }
        for (Parameters.State s : parameters.all()) {
            s.value().set(switch (s.parameter().name()) {
                case "posterior.weight" -> weight;
                case "posterior.bias" -> bias;
                case "mean.weight" -> decoder;
                case "mean.bias" -> b;
                default -> throw new AssertionError(s.parameter().name());
            });
        }
        return parameters;
    }

    @Test
    void theExactPosteriorGivesTheExactLogLikelihoodFromOneSample() {
        Images images = images();
        double exact = logLikelihood(images);
        try (Backend backend = new JavaBackend(1); Parameters parameters = parameters(backend, 1);
                Evaluator evaluator = new Evaluator(VAE, parameters, backend, images, SEED)) {
            // every sample has the same weight, p(x): only float32 rounding remains, some 2^-24 of terms of size 20
            assertEquals(exact, evaluator.logLikelihood(1, rows -> {}), 1e-5);
            assertEquals(exact, evaluator.logLikelihood(3, rows -> {}), 1e-5);
        }
    }

    @Test
    void manySamplesConvergeToTheExactLogLikelihood() {
        Images images = images();
        double exact = logLikelihood(images);
        double wider = 2;
        // E[(p/q)^2] of N(m, v) under N(m, c v) is c / sqrt(2c - 1), two dimensions
        double relativeVariance = Math.pow(wider / Math.sqrt(2 * wider - 1), 2) - 1;
        try (Backend backend = new JavaBackend(2); Parameters parameters = parameters(backend, wider);
                Evaluator evaluator = new Evaluator(VAE, parameters, backend, images, SEED)) {
            List<Long> done = new ArrayList<>();
            for (int samples : new int[] {1, 50, 120, 1000}) {
                double found = evaluator.logLikelihood(samples, done::add);
                double tolerance;
                if (samples == 1) {
                    // the mean of log(w): below by KL(q || posterior)
                    assertTrue(found < exact - 0.2, found + " should lie well below " + exact);
                    continue;
                } else {
                    // log of a mean of K weights: variance relativeVariance / K, bias half of that, below
                    double standardError = Math.sqrt(relativeVariance / samples / ROWS);
                    tolerance = 5 * standardError + relativeVariance / samples + 1e-5;
                }
                System.out.printf("log-likelihood, seed %d: %.6f from %d samples, exactly %.6f, tolerance %.6f%n", SEED,
                        found, samples, exact, tolerance);
                assertEquals(exact, found, tolerance);
            }
            assertEquals(4 * 13, done.size());
            assertEquals((long) ROWS, done.get(done.size() - 1));
            assertThrows(IllegalArgumentException.class, () -> evaluator.logLikelihood(0, rows -> {}));
        }
    }

    @Test
    void theElboIsTheLogLikelihoodLessTheGap() {
        Images images = images();
        double exact = logLikelihood(images);
        double wider = 3;
        double gap = 2 * 0.5 * (wider - 1 - Math.log(wider));
        double variance = 0;
        double[] klPerDimension = new double[2];
        for (int r = 0; r < ROWS; r++) {
            double[] x = centred(images, r);
            double[] residual = x.clone();
            for (int j = 0; j < 2; j++) {
                double mean = dot(x, W[j]) / (S * S) * posteriorVariance(j);
                double v = posteriorVariance(j) * wider;
                klPerDimension[j] += 0.5 * (mean * mean + v - Math.log(v) - 1) / ROWS;
                for (int c = 0; c < D; c++) {
                    residual[c] -= mean * W[j][c];
                }
            }
            // log p(x | z) = constant + sum over j of (a e - q e^2), e ~ N(0, 1): variance a^2 + 2 q^2
            for (int j = 0; j < 2; j++) {
                double v = posteriorVariance(j) * wider;
                double a = dot(residual, W[j]) * Math.sqrt(v) / (S * S);
                double q = 0.5 * v * dot(W[j], W[j]) / (S * S);
                variance += a * a + 2 * q * q;
            }
        }
        double kl = klPerDimension[0] + klPerDimension[1];
        double standardError = Math.sqrt(variance) / ROWS;
        try (Backend backend = new JavaBackend(1); Parameters parameters = parameters(backend, wider);
                Evaluator evaluator = new Evaluator(VAE, parameters, backend, images, SEED)) {
            Evaluation found = evaluator.evaluate(0);
            assertEquals(kl, found.elbo().kl(), 1e-5 * kl);
            int draws = 200;
            double mean = 0;
            double square = 0;
            for (int draw = 0; draw < draws; draw++) {
                double error = (evaluator.evaluate(draw).elbo().elbo() - (exact - gap)) / standardError;
                mean += error / draws;
                square += error * error / draws;
            }
            System.out.printf("ELBO, seed %d: error in standard errors (%.4f nats): mean %.3f, mean square %.3f%n",
                    SEED, standardError, mean, square);
            assertEquals(0, mean, 5 / Math.sqrt(draws));
            assertEquals(1, square, 5 * Math.sqrt(2.0 / draws));
            assertTrue(found.elbo().elbo() < exact);
            for (int j = 0; j < 2; j++) {
                assertEquals(klPerDimension[j], found.klPerDimension().get(j), 1e-5 * klPerDimension[j]);
            }
            assertEquals(2, found.activeUnits());
            assertEquals(found, evaluator.evaluate(0));
            assertTrue(found.elbo().reconstruction() != evaluator.evaluate(1).elbo().reconstruction());
            assertThrows(IllegalArgumentException.class, () -> evaluator.evaluate(1L << 40));
        }
    }

    @Test
    void aCollapsedPosteriorHasNoActiveUnits() {
        try (Backend backend = new JavaBackend(1); Parameters parameters = parameters(backend, 1);
                Evaluator evaluator = new Evaluator(VAE, parameters, backend, images(), SEED)) {
            float[] weight = parameters.all().get(0).value().toArray();
            float[] half = weight.clone();
            for (int c = 0; c < D; c++) {
                half[c * 4] = 0;
            }
            parameters.all().get(0).value().set(half);
            assertEquals(1, evaluator.evaluate(0).activeUnits());
            parameters.all().get(0).value().set(new float[weight.length]);
            assertEquals(0, evaluator.evaluate(0).activeUnits());
        }
    }

    @Test
    void codesInBothDirections() {
        Images images = images();
        try (Backend backend = new JavaBackend(2); Parameters parameters = parameters(backend, 1)) {
            Coder coder = new Coder(VAE, parameters, backend, SEED);
            List<Long> done = new ArrayList<>();
            float[] z = coder.encode(images, done::add);
            float[] x = coder.decode(z, done::add);
            assertEquals(List.of(500L, 1000L, (long) ROWS, 500L, 1000L, (long) ROWS), done);
            assertEquals(ROWS * 2, z.length);
            assertEquals(ROWS * D, x.length);
            for (int r : new int[] {0, 499, 500, 1000, ROWS - 1}) {
                double[] centred = centred(images, r);
                for (int j = 0; j < 2; j++) {
                    assertEquals(dot(centred, W[j]) / (S * S) * posteriorVariance(j), z[r * 2 + j], 1e-5);
                }
                for (int c = 0; c < D; c++) {
                    assertEquals(B[c] + z[r * 2] * W[0][c] + z[r * 2 + 1] * W[1][c], x[r * D + c], 1e-5);
                }
            }
            // one posterior sample: the spread of a reconstruction about the mean's is the posterior's
            float[] reconstructed = coder.reconstruct(images);
            double square = 0;
            for (int i = 0; i < x.length; i++) {
                square += (reconstructed[i] - x[i]) * (double) (reconstructed[i] - x[i]);
            }
            double expected = ROWS * (dot(W[0], W[0]) * posteriorVariance(0) + dot(W[1], W[1]) * posteriorVariance(1));
            assertEquals(expected, square, 5 * expected / Math.sqrt(ROWS));

            float[] prior = coder.prior(3);
            float[] longer = coder.prior(700);
            for (int i = 0; i < prior.length; i++) {
                assertEquals(prior[i], longer[i]);
            }
            assertThrows(IllegalArgumentException.class, () -> coder.decode(new float[3]));
            assertThrows(IllegalArgumentException.class, () -> coder.decode(new float[0]));
        }
    }

    @Test
    void streamedLogMeanExpIsTheLogOfTheMean() {
        // terms log(k) + shift, whose mean exponential is exact; rounds of unequal size, in any order
        for (double shift : new double[] {0, -1000, 1000, 1e6}) {
            LogMeanExpStream up = new LogMeanExpStream();
            LogMeanExpStream down = new LogMeanExpStream();
            LogMeanExpStream alternating = new LogMeanExpStream();
            double sum = 0;
            int n = 0;
            for (int k = 1; k <= 200; k++) {
                up.add(shift + Math.log(k), 3);
                down.add(shift + Math.log(201 - k), 3);
                alternating.add(shift + Math.log(k), 3);
                alternating.add(Double.NEGATIVE_INFINITY, k);
                sum += 3 * k;
                n += k;
            }
            assertEquals(shift + Math.log(sum / 600), up.result(), 1e-14 * Math.max(10, Math.abs(shift)));
            assertEquals(shift + Math.log(sum / 600), down.result(), 1e-14 * Math.max(10, Math.abs(shift)));
            assertEquals(
                    shift + Math.log(sum / (600 + n)), alternating.result(), 1e-14 * Math.max(10, Math.abs(shift)));
        }
        LogMeanExpStream nothing = new LogMeanExpStream();
        nothing.add(Double.NEGATIVE_INFINITY, 5);
        assertEquals(Double.NEGATIVE_INFINITY, nothing.result());
        nothing.add(0, 5);
        assertEquals(Math.log(0.5), nothing.result(), 1e-15);
        nothing.add(Double.NaN, 1);
        assertTrue(Double.isNaN(nothing.result()), "a NaN must not be lost");
        LogMeanExpStream infinite = new LogMeanExpStream();
        infinite.add(Double.POSITIVE_INFINITY, 1);
        infinite.add(Double.POSITIVE_INFINITY, 1);
        assertEquals(Double.POSITIVE_INFINITY, infinite.result());
    }

    @Test
    void runningVariancesAreThoseOfTwoPasses() {
        SplittableRandom random = new SplittableRandom(SEED);
        Moments moments = new Moments(2);
        double[] values = new double[300];
        for (int i = 0; i < values.length; i += 3) {
            float[] rows = new float[6];
            for (int r = 0; r < 3; r++) {
                rows[2 * r] = (float) (1000 + random.nextGaussian());
                rows[2 * r + 1] = 7;
                values[i + r] = rows[2 * r];
            }
            moments.add(rows);
        }
        double mean = 0;
        for (double v : values) {
            mean += v / values.length;
        }
        double variance = 0;
        for (double v : values) {
            variance += (v - mean) * (v - mean) / values.length;
        }
        assertEquals(variance, moments.variance(0), 1e-9 * variance);
        assertEquals(0, moments.variance(1));
    }

    /** The decoder ignores z, so every weight is p(x): rounds that drew another x each would find a larger mean. */
    @Test
    void allSamplesWeighTheSameBinarisedData() {
        float[] grey = new float[40 * 30];
        Arrays.fill(grey, 0.4f);
        Images images = new Images("grey", 40, 1, 30, 1, grey);
        Vae vae = new Vae(new VaeSettings(30, List.of(2), 2, Activation.RELU, LikelihoodKind.BERNOULLI, 1, true));
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                Evaluator evaluator = new Evaluator(vae, parameters, backend, images, 1)) {
            for (Parameters.State s : parameters.all()) {
                float[] values = new float[(int) (s.parameter().rows() * s.parameter().columns())];
                Arrays.fill(values, s.parameter().name().equals("logits.bias") ? -0.5f : 0);
                s.value().set(values);
            }
            double one = evaluator.logLikelihood(1, rows -> {});
            assertEquals(one, evaluator.logLikelihood(500, rows -> {}), 1e-5 * Math.abs(one));
        }
    }

    /** x of the model, times 4: its exact density has a standard deviation that is 4 times as large. */
    @Test
    void ofStandardisedDataTheDensityIsThatOfTheDataAsGiven() {
        Images images = images();
        float[] scaled = images.copyRows(0, ROWS);
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = 4 * scaled[i] + 16;
        }
        double exact = logLikelihood(images) - D * Math.log(4);
        Standardisation standardisation = new Standardisation(new float[] {16}, new float[] {4});
        try (Backend backend = new JavaBackend(2); Parameters parameters = parameters(backend, 1);
                Evaluator evaluator = new Evaluator(VAE, parameters, backend,
                        new Images("scaled", ROWS, 1, D, 1, scaled), SEED, standardisation)) {
            // with the exact posterior every sample is log p(x)
            assertEquals(exact, evaluator.logLikelihood(3, rows -> {}), 1e-4);
            assertEquals(exact, evaluator.evaluate(0).elbo().elbo(), 0.5);
        }
    }
}
