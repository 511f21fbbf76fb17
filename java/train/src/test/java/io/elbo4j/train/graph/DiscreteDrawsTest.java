package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.Categorical;
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
