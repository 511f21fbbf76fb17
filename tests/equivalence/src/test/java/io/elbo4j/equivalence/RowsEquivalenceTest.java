package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.train.data.Sprites;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Source;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.objective.DoublyReparameterised;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.ImportanceWeighted;
import io.elbo4j.train.objective.SampledElbo;
import io.elbo4j.train.objective.StickingTheLanding;
import io.elbo4j.train.optimiser.Adam;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What repeats rows has the same bits on all backends: two levels, a label, shared priors, an observed latent; under
 * the closed ELBO, and where samples are weighted.
 */
class RowsEquivalenceTest {
    private static final int ROWS = 150;
    private static final int BATCH = 131;
    private static final int X = 1024;
    private static final int LABEL = 5;

    private enum Trained {
        ELBO(new Elbo().withFreeBits(0.01)),
        IMPORTANCE_WEIGHTED(new ImportanceWeighted()),
        STICKING_THE_LANDING(new StickingTheLanding(new SampledElbo(0.7))),
        DOUBLY_REPARAMETERISED(new DoublyReparameterised());

        private final Objective objective;

        Trained(Objective objective) {
            this.objective = objective;
        }

        /** Whether the posterior of the inner latent variable may depend on the outer one. */
        boolean takesChains() {
            return this != DOUBLY_REPARAMETERISED;
        }
    }

    private final Graph g = new Graph();
    private Value z2;
    private Value mean;

    private void build(boolean chain) {
        Value x = g.input("x", X);
        Value label = g.input("label", LABEL);
        Value h = Dense.of("h", Concatenate.of("x, label", x, label), 67, Activation.RELU);
        Value row = LearnedRow.of(g, "row", 9, 0.2f);
        z2 = g.latent("z2", DiagonalGaussian.of("q2", h, 9), new DiagonalGaussian(row, LearnedRow.of(g, "lv", 9,
                -0.1f)));
        Value z1 = g.latent("z1", DiagonalGaussian.of("q1", chain ? Concatenate.of("h, z2", h, z2) : h, 9),
                DiagonalGaussian.of("p1", Concatenate.of("z2, label", z2, label), 9));
        Value d = Dense.of("d", Concatenate.of("z1, label, row", z1, label, row), 67, Activation.RELU);
        Bernoulli pixels = new Bernoulli(Dense.of("logits", d, X, Activation.IDENTITY));
        g.observe("pixels", pixels, x);
        mean = pixels.mean();
        g.observe("level", new DiagonalGaussian(z2, row), z1);
    }

    private static Matrix labels(Backend backend) {
        float[] labels = new float[ROWS * LABEL];
        IntStream.range(0, ROWS).forEach(i -> labels[i * LABEL + i % LABEL] = 1);
        return backend.matrix(ROWS, LABEL).set(labels);
    }

    private List<float[]> results(Backend backend, int samples, Objective objective) {
        Training training = Training.of(objective, new Adam(1e-3)).withMaximumGradientNorm(50);
        int[] order = IntStream.range(0, ROWS).toArray();
        List<float[]> results = new ArrayList<>();
        try (Parameters parameters = new Parameters(backend, g.parameters(), 3);
                Matrix x = backend.matrix(ROWS, X).set(Sprites.images(3, ROWS).copyRows(0, ROWS));
                Matrix label = labels(backend)) {
            Source data = new Source(Map.of("x", x, "label", label));
            try (Step train = Step.of(g, parameters, backend).rows(BATCH).samples(samples).seed(3).read(data).minimise(
                    training).compile();
                    Step weigh = Step.of(g, parameters, backend).rows(BATCH).samples(samples).seed(3).read(data)
                            .sameData().evaluate(new ImportanceWeighted()).compile();
                    Step decode = Step.of(g, parameters, backend).rows(BATCH).seed(3).given(z2).fromPriors().want(mean)
                            .compile()) {
                for (int i = 0; i < 4; i++) {
                    train.rows(order, i).run(i);
                }
                weigh.rows(order, 5).run(1);
                decode.value(z2).set(new float[BATCH * 9]);
                decode.run(2);
                parameters.all().forEach(s -> results.add(s.value().toArray()));
                results.add(weigh.bound().toArray());
                results.add(decode.value(mean).toArray());
            }
        }
        return results;
    }

    @ParameterizedTest
    @CsvSource({"1, ELBO", "3, ELBO", "1, IMPORTANCE_WEIGHTED", "3, IMPORTANCE_WEIGHTED", "3, STICKING_THE_LANDING",
            "3, DOUBLY_REPARAMETERISED"})
    void everyBackendHasTheSameBits(int samples, Trained trained) {
        build(trained.takesChains());
        List<float[]> expected;
        try (Backend reference = BackendsUnderTest.reference()) {
            expected = results(reference, samples, trained.objective);
        }
        for (float[] each : expected) {
            for (float value : each) {
                assertTrue(Float.isFinite(value), "the reference must be finite");
            }
        }
        for (BackendsUnderTest under : BackendsUnderTest.all()) {
            try (Backend backend = under.open()) {
                assertNull(Bits.difference(expected, results(backend, samples, trained.objective)), samples
                        + " samples, " + trained + ", " + under.name());
            }
        }
    }
}
