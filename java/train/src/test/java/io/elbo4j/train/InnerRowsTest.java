package io.elbo4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.LearnedRowPer;
import io.elbo4j.train.layer.Unflatten;
import io.elbo4j.train.model.Model;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Models with several rows for each of the data: steps of a sequence, members; and a hierarchy from the top down. */
class InnerRowsTest {
    private static final int ROWS = 7;
    private static final int X = 6;
    private static final int MEMBERS = 3;
    private static final long SEED = 5;

    private static final class Given implements Model {
        private record Settings(long columns) {}

        private final Graph g = new Graph();
        private final Value x = g.input("x", X);
        private final Map<String, Value> outputs = new LinkedHashMap<>();

        @Override
        public Record settings() {
            return new Settings(X);
        }

        @Override
        public Graph graph() {
            return g;
        }

        @Override
        public Map<String, Value> outputs() {
            return outputs;
        }
    }

    /** x of each member: logits x W + b + w_m. */
    private static Given ensemble() {
        Given m = new Given();
        Value w = LearnedRowPer.of(m.g, Axis.MEMBER, "w", MEMBERS, X, 1f);
        Bernoulli p = new Bernoulli(Add.of(Dense.of("l", m.x, X, Activation.IDENTITY), w));
        m.g.observe("r", p, m.x);
        m.outputs.putAll(Map.of(Model.MEAN, p.mean(), "w", w, "shared", LearnedRow.of(m.g, "shared", 2, 0.5f)));
        return m;
    }

    /** Three steps of two columns: logits of each x_t W + b. */
    private static Given sequence() {
        Given m = new Given();
        Value steps = Unflatten.of(m.x, Axis.TIME, 3);
        Bernoulli p = new Bernoulli(Dense.of("l", steps, 2, Activation.IDENTITY));
        m.g.observe("r", p, steps);
        m.outputs.put(Model.MEAN, p.mean());
        return m;
    }

    /** A latent variable of each step. */
    private static Given latents() {
        Given m = new Given();
        Value steps = Unflatten.of(m.x, Axis.TIME, 3);
        DiagonalGaussian q = DiagonalGaussian.of("q", steps, 1);
        Value z = m.g.latent("z", q);
        Bernoulli p = new Bernoulli(Dense.of("l", z, 2, Activation.IDENTITY));
        m.g.observe("r", p, steps);
        m.outputs.putAll(Map.of(Model.POSTERIOR_MEAN, q.mean(), Model.Z, z, Model.MEAN, p.mean()));
        return m;
    }

    /** q(z | x) q(h | z, x), p(h | z). */
    private static Given topDown() {
        Given m = new Given();
        Value e = Dense.of("e", m.x, 5, Activation.TANH);
        DiagonalGaussian q = DiagonalGaussian.of("q(z)", e, 2);
        Value z = m.g.latent("z", q);
        Value h = m.g.latent("h", DiagonalGaussian.of("q(h)", Concatenate.of("c", z, e), 3), DiagonalGaussian.of("p(h)",
                z, 3));
        Bernoulli p = new Bernoulli(Dense.of("l", h, X, Activation.IDENTITY));
        m.g.observe("r", p, m.x);
        m.outputs.putAll(Map.of(Model.POSTERIOR_MEAN, q.mean(), Model.Z, z, Model.MEAN, p.mean()));
        return m;
    }

    private final float[] data = new float[ROWS * X];
    private final Images images = new Images("data", ROWS, 1, X, 1, data);
    private final Backend backend = new JavaBackend(1);

    InnerRowsTest() {
        Random random = new Random(SEED);
        for (int i = 0; i < data.length; i++) {
            data[i] = random.nextFloat();
        }
    }

    private static float[] value(Parameters parameters, String name) {
        return parameters.all().stream().filter(s -> s.parameter().name().equals(name)).findFirst().orElseThrow()
                .value().toArray();
    }

    /** x W + b of columns from {@code from} on, in double. */
    private double logit(Parameters parameters, int from, int columns, int column) {
        float[] weight = value(parameters, "l.weight");
        double sum = value(parameters, "l.bias")[column];
        for (int k = 0; k < columns; k++) {
            sum += (double) data[from + k] * weight[k * columns + column];
        }
        return sum;
    }

    private static double logLikelihood(double x, double logit) {
        return x * logit - Math.log1p(Math.exp(logit));
    }

    private static double sigmoid(double logit) {
        return 1 / (1 + Math.exp(-logit));
    }

    /** Rows, their mean and a scorer against the formula; means too. */
    private void check(Given model, Parameters parameters, double[][] logits, int perRow) {
        float[] means = new Coder(model, parameters, backend, SEED).output(Model.MEAN, images, done -> {});
        assertEquals(ROWS * perRow, means.length);
        try (Evaluator evaluator = new Evaluator(model, parameters, backend, images, SEED);
                Scorer scorer = new Scorer(model, parameters, backend, SEED, Standardisation.NONE)) {
            List<ElboTerms> rows = evaluator.rows(0);
            double mean = 0;
            for (int r = 0; r < ROWS; r++) {
                double expected = 0;
                for (int i = 0; i < perRow; i++) {
                    expected += logLikelihood(data[r * X + i % X], logits[r][i]);
                    assertEquals(sigmoid(logits[r][i]), means[r * perRow + i], 1e-5);
                }
                mean += expected / ROWS;
                assertEquals(expected, rows.get(r).elbo(), 1e-4);
                assertEquals(rows.get(r).elbo(), scorer.score(Arrays.copyOfRange(data, r * X, (r + 1) * X)).elbo(),
                        1e-5);
            }
            assertEquals(mean, evaluator.evaluate(0).elbo().elbo(), 1e-4);
        }
    }

    @Test
    void membersAreSummedAndTheirMeansLieSideBySide() {
        Given model = ensemble();
        try (Parameters parameters = new Parameters(backend, model.g.parameters(), SEED)) {
            float[] w = value(parameters, "w");
            double[][] logits = new double[ROWS][MEMBERS * X];
            for (int r = 0; r < ROWS; r++) {
                for (int i = 0; i < MEMBERS * X; i++) {
                    logits[r][i] = logit(parameters, r * X, X, i % X) + w[i];
                }
            }
            check(model, parameters, logits, MEMBERS * X);
            Coder coder = new Coder(model, parameters, backend, SEED);
            float[] shared = coder.output("shared", images, done -> {});
            float[] ofMembers = coder.output("w", images, done -> {});
            for (int r = 0; r < ROWS; r++) {
                assertArrayEquals(value(parameters, "shared"), Arrays.copyOfRange(shared, r * 2, r * 2 + 2));
                assertArrayEquals(w, Arrays.copyOfRange(ofMembers, r * w.length, (r + 1) * w.length));
            }
            try (Evaluator evaluator = new Evaluator(model, parameters, backend, images, SEED)) {
                assertEquals(
                        "log p(x) is estimated of one model, not of an ensemble of 3 members, each of which has its"
                                + " own", assertThrows(IllegalArgumentException.class,
                                        () -> evaluator.logLikelihoods(2, done -> {})).getMessage());
            }
        }
    }

    @Test
    void stepsAreSummedAndTheirMeansLieSideBySide() {
        Given model = sequence();
        try (Parameters parameters = new Parameters(backend, model.g.parameters(), SEED)) {
            double[][] logits = new double[ROWS][X];
            double[] expected = new double[ROWS];
            for (int r = 0; r < ROWS; r++) {
                for (int i = 0; i < X; i++) {
                    logits[r][i] = logit(parameters, r * X + i / 2 * 2, 2, i % 2);
                    expected[r] += logLikelihood(data[r * X + i], logits[r][i]);
                }
            }
            check(model, parameters, logits, X);
            try (Evaluator evaluator = new Evaluator(model, parameters, backend, images, SEED)) {
                assertArrayEquals(expected, evaluator.logLikelihoods(2, done -> {}), 1e-4);
            }
        }
    }

    @Test
    void latentVariablesOfSteps() {
        Given model = latents();
        try (Parameters parameters = new Parameters(backend, model.g.parameters(), SEED);
                Evaluator evaluator = new Evaluator(model, parameters, backend, images, SEED);
                Encoder encoder = new Encoder(model, parameters, backend, SEED, Standardisation.NONE)) {
            assertEquals(evaluator.evaluate(3).elbo().elbo(), evaluator.rows(3).stream().mapToDouble(ElboTerms::elbo)
                    .average().orElseThrow(), 1e-5);
            Coder coder = new Coder(model, parameters, backend, SEED);
            float[] codes = coder.encode(images);
            assertEquals(ROWS * 3, codes.length);
            assertEquals(3, encoder.columns());
            float[] z = new float[3];
            encoder.encode(Arrays.copyOfRange(data, X, 2 * X), z);
            assertArrayEquals(Arrays.copyOfRange(codes, 3, 6), z);
            float[] weight = value(parameters, "l.weight");
            float[] bias = value(parameters, "l.bias");
            float[] means = coder.decode(codes);
            assertEquals(ROWS * X, means.length);
            for (int i = 0; i < means.length; i++) {
                assertEquals(sigmoid((double) codes[i / 2] * weight[i % 2] + bias[i % 2]), means[i], 1e-5);
            }
            assertEquals(4 * X, coder.decode(coder.prior(4)).length);
            assertEquals("z must hold a multiple of 3 numbers (the latent dimensions), not 4", assertThrows(
                    IllegalArgumentException.class, () -> coder.decode(new float[4])).getMessage());
        }
    }

    /** What lies between z and x has a prior that z alone decides. */
    @Test
    void aHierarchyFromTheTopDownIsDecodedWithoutX() {
        Given model = topDown();
        try (Parameters parameters = new Parameters(backend, model.g.parameters(), SEED)) {
            Coder coder = new Coder(model, parameters, backend, SEED);
            assertEquals(Set.of(), coder.conditions());
            float[] z = coder.prior(5);
            float[] means = coder.decode(z);
            assertEquals(5 * X, means.length);
            assertArrayEquals(Arrays.copyOf(means, 2 * X), coder.decode(Arrays.copyOf(z, 4)));
        }
    }
}
