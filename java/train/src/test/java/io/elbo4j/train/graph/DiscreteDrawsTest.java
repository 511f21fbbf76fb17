package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.Categorical;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.Mixture;
import io.elbo4j.train.distribution.RelaxedBernoulli;
import io.elbo4j.train.distribution.RelaxedCategorical;
import io.elbo4j.train.distribution.ValueTerm;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.LearnedRowPer;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.OneHot;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Softmax;
import io.elbo4j.train.objective.SampledElbo;
import io.elbo4j.train.optimiser.Sgd;
import java.util.Arrays;
import java.util.Map;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Distributions of relaxed and discrete draws, and what passes through them. */
class DiscreteDrawsTest {
    private static final int N = 30_000;
    private static final long SEED = 23;
    private static final float[] LOGITS = {0.5f, -1, 0.2f};
    private final Graph g = new Graph();
    private final Value logits = LearnedRow.of(g, "logits", LOGITS.length, 0);

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** N rows of a value. */
    private float[] drawn(Value of) {
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend).rows(N / 10).samples(10).seed(SEED).want(of).compile()) {
            parameters.all().forEach(s -> s.value().set(LOGITS));
            step.run(0);
            return step.value(of).toArray();
        }
    }

    /** Within 5 standard errors of a probability. */
    private static void assertFrequency(String name, double probability, IntPredicate of) {
        double count = 0;
        for (int r = 0; r < N; r++) {
            count += of.test(r) ? 1 : 0;
        }
        double error = (count / N - probability) / Math.sqrt(probability * (1 - probability) / N);
        System.out.printf("%s, seed %d: %.2f standard errors%n", name, SEED, error);
        assertTrue(Math.abs(error) < 5, name + ": " + error);
    }

    @Test
    void bernoulli() {
        float[] z = drawn(g.latent("z", new Bernoulli(logits)));
        for (int c = 0; c < LOGITS.length; c++) {
            int column = c;
            assertFrequency("Bernoulli " + c, sigmoid(LOGITS[c]), r -> z[r * LOGITS.length + column] == 1);
        }
    }

    /** The largest of a Gumbel-softmax has the probability of its class, whatever the temperature, which spreads z. */
    @ParameterizedTest
    @ValueSource(floats = {0.3f, 2})
    void relaxedCategorical(float temperature) {
        float[] z = drawn(g.latent("z", new RelaxedCategorical(logits, temperature)));
        double sum = 0;
        for (float a : LOGITS) {
            sum += Math.exp(a);
        }
        int width = LOGITS.length;
        for (int c = 0; c < width; c++) {
            int column = c;
            assertFrequency("Gumbel-softmax " + c, Math.exp(LOGITS[c]) / sum, r -> {
                float largest = Math.max(z[r * width], Math.max(z[r * width + 1], z[r * width + 2]));
                return z[r * width + column] == largest;
            });
        }
        // the difference of two Gumbel variables is logistic
        double scale = temperature;
        for (double at : new double[] {-1, 0.4, 3}) {
            assertFrequency("Gumbel-softmax below " + at, sigmoid(scale * at - (LOGITS[0] - LOGITS[1])), r -> z[r
                    * width]
                    - z[r * width + 1] <= at);
        }
    }

    /** P(z at most t) = sigmoid(temperature t - logit). */
    @ParameterizedTest
    @ValueSource(floats = {0.3f, 2})
    void relaxedBernoulli(float temperature) {
        float[] z = drawn(g.latent("z", new RelaxedBernoulli(logits, temperature)));
        for (double at : new double[] {-1, 0, 0.4, 3}) {
            for (int c = 0; c < LOGITS.length; c++) {
                int column = c;
                assertFrequency("Concrete " + c + " below " + at, sigmoid(temperature * at - LOGITS[c]),
                        r -> z[r * LOGITS.length + column] <= at);
            }
        }
    }

    /** Forward the maximum, backward the softmax. */
    @Test
    void straightThrough() {
        Graph hard = new Graph();
        Value soft = through(hard, true);
        Graph of = new Graph();
        through(of, false);
        assertArrayEquals(gradient(of), gradient(hard));
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, hard.parameters(),
                1);
                Step step = Step.of(hard, parameters, backend).rows(4).want(soft).compile()) {
            step.value(hard.all(Input.class).get(0)).set(1, 0, 0, 1, 0.5f, -1, -0.3f, 0.2f);
            step.run(0);
            float[] values = step.value(soft).toArray();
            for (int r = 0; r < 4; r++) {
                float[] row = Arrays.copyOfRange(values, r * 3, r * 3 + 3);
                Arrays.sort(row);
                assertArrayEquals(new float[] {0, 0, 1}, row);
            }
        }
    }

    private static Value through(Graph of, boolean hard) {
        Value x = of.input("x", 2);
        Value soft = Softmax.of(Dense.of("d", x, 3, Activation.IDENTITY));
        Value y = hard ? OneHot.straightThrough(soft) : soft;
        Value weights = Dense.of("w", x, 3, Activation.TANH);
        ValueTerm.of("term", Term.Role.LOG_LIKELIHOOD, RowSum.of(Multiply.of(y, io.elbo4j.train.layer.StopGradient.of(
                weights))));
        return y;
    }

    private static float[] gradient(Graph of) {
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, of.parameters(), 1);
                Step step = Step.of(of, parameters, backend).rows(4).minimise(new SampledElbo(), new Sgd(1e-9))
                        .compile()) {
            step.value(of.all(Input.class).get(0)).set(1, 0, 0, 1, 0.5f, -1, -0.3f, 0.2f);
            step.run(0);
            return parameters.all().stream().filter(s -> s.parameter().name().equals("d.weight")).findFirst()
                    .orElseThrow().gradient().toArray();
        }
    }

    /** A mixture has no KL in closed form: the mean of the samples' log ratios is minus that of the classes. */
    @Test
    void aKlWithoutAClosedFormIsSampled() {
        float[] weights = {0.3f, -0.6f};
        float[] components = {0.4f, -0.2f, 1, -1.1f, 0.7f, 0.1f};
        Latent z = (Latent) g.latent("z", new Categorical(logits), new Mixture(LearnedRow.of(g, "weights", 2, 0),
                new Categorical(LearnedRowPer.of(g, Axis.COMPONENT, "components", 2, 3, 1))));
        Map<String, float[]> values = Map.of("logits", LOGITS, "weights", weights, "components", components);
        double[] q = softmax(LOGITS);
        double[] pi = softmax(weights);
        double[] first = softmax(Arrays.copyOfRange(components, 0, 3));
        double[] second = softmax(Arrays.copyOfRange(components, 3, 6));
        double mean = 0;
        double square = 0;
        for (int c = 0; c < 3; c++) {
            double ratio = Math.log(pi[0] * first[c] + pi[1] * second[c]) - Math.log(q[c]);
            mean += q[c] * ratio;
            square += q[c] * ratio * ratio;
        }
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend).rows(N / 10).samples(10).seed(SEED).evaluate(
                        new SampledElbo()).compile()) {
            parameters.all().forEach(s -> s.value().set(values.get(s.parameter().name())));
            step.run(0);
            double found = step.total(Term.Role.LOG_RATIO) / step.batch();
            double error = (found - mean) / Math.sqrt((square - mean * mean) / N);
            System.out.printf("sampled KL of a categorical, seed %d: %.2f standard errors%n", SEED, error);
            assertTrue(Math.abs(error) < 5, found + " instead of " + mean);
            assertEquals(3, z.columns());
        }
    }

    /** Both of two dimensions, each a Bernoulli variable: sum_c pi_c p_c1 p_c2. */
    @Test
    void drawsFromAMixture() {
        float[] weights = {0.3f, -0.6f, 0.1f};
        float[] components = {2, -1, 0.4f, 1.5f, -2, -0.5f};
        Latent z = (Latent) g.latent("z", new Bernoulli(Slice.of("two", logits, 0, 2)), new Mixture(LearnedRow.of(g,
                "weights", 3, 0), new Bernoulli(LearnedRowPer.of(g, Axis.COMPONENT, "components", 3, 2, 1))));
        assertTrue(z.prior().isDrawable());
        float[] drawn = drawnFromPriors(z, Map.of("logits", LOGITS, "weights", weights, "components", components), 2);
        double[] pi = softmax(weights);
        for (int a = 0; a < 2; a++) {
            for (int b = 0; b < 2; b++) {
                double probability = 0;
                for (int c = 0; c < 3; c++) {
                    double p = sigmoid(components[2 * c]);
                    double q = sigmoid(components[2 * c + 1]);
                    probability += pi[c] * (a == 1 ? p : 1 - p) * (b == 1 ? q : 1 - q);
                }
                float first = a;
                float second = b;
                assertFrequency("mixture " + a + b, probability, r -> drawn[2 * r] == first && drawn[2 * r
                        + 1] == second);
                // the samples of a row have nothing in common, nor have neighbouring rows
                for (int apart : new int[] {1, 10}) {
                    assertFrequency("mixture " + a + b + " twice, " + apart + " apart", probability * probability,
                            r -> drawn[2 * r] == first && drawn[2 * r + 1] == second && drawn[2 * ((r + apart) % N)]
                                    == first
                                    && drawn[2 * ((r + apart) % N) + 1] == second);
                }
            }
        }
    }

    /** Also of a mixture whose components depend on the row: x is 1 or 2, which the components are times. */
    @Test
    void drawsFromAMixtureOfEachRow() {
        Value x = g.input("x", 1);
        Value means = Multiply.of(x, LearnedRowPer.of(g, Axis.COMPONENT, "means", 2, 1, 1));
        Mixture p = new Mixture(LearnedRow.of(g, "weights", 2, 0), new DiagonalGaussian(means, LearnedRow.of(g, "lv", 1,
                0)));
        Value z = g.latent("z", new DiagonalGaussian(x, x), p);
        Value mean = p.mean();
        float[] means2 = {-1, 3};
        float[] weights = {0.7f, 0.2f};
        double[] pi = softmax(weights);
        int rows = N / 10;
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend).rows(rows).samples(10).seed(SEED).fromPriors().want(z,
                        mean).compile()) {
            Map<String, float[]> values = Map.of("means", means2, "weights", weights, "lv", new float[] {-2});
            parameters.all().stream().filter(s -> values.containsKey(s.parameter().name()))
                    .forEach(s -> s.value().set(values.get(s.parameter().name())));
            float[] factors = new float[rows];
            for (int r = 0; r < rows; r++) {
                factors[r] = 1 + r % 2;
            }
            step.value(x).set(factors);
            step.run(0);
            float[] all = step.value(z).toArray();
            for (int of = 1; of <= 2; of++) {
                int factor = of;
                // the components lie more than five deviations from the factor
                double count = 0;
                double sum = 0;
                for (int r = 0; r < N; r++) {
                    if (1 + r / 10 % 2 == factor) {
                        count += all[r] < factor ? 1 : 0;
                        sum += all[r];
                    }
                }
                double n = N / 2.0;
                double low = pi[0];
                double error = (count / n - low) / Math.sqrt(low * (1 - low) / n);
                double expected = factor * (pi[0] * -1 + pi[1] * 3);
                double deviation = Math.sqrt(Math.exp(-2) + factor * factor * pi[0] * pi[1] * 16);
                double ofMean = (sum / n - expected) / (deviation / Math.sqrt(n));
                System.out.printf("mixture of row %d, seed %d: %.2f, %.2f standard errors%n", factor, SEED, error,
                        ofMean);
                assertTrue(Math.abs(error) < 5 && Math.abs(ofMean) < 5, error + " " + ofMean);
                assertEquals(expected, step.value(mean).toArray()[factor - 1], 1e-6);
            }
        }
    }

    private float[] drawnFromPriors(Value of, Map<String, float[]> values, int columns) {
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend).rows(N / 10).samples(10).seed(SEED).fromPriors().want(of)
                        .compile()) {
            parameters.all().forEach(s -> s.value().set(values.get(s.parameter().name())));
            step.run(0);
            assertEquals(N * columns, step.value(of).toArray().length);
            return step.value(of).toArray();
        }
    }

    private static double[] softmax(float[] of) {
        double sum = 0;
        for (float a : of) {
            sum += Math.exp(a);
        }
        double all = sum;
        double[] result = new double[of.length];
        Arrays.setAll(result, i -> Math.exp(of[i]) / all);
        return result;
    }
}
