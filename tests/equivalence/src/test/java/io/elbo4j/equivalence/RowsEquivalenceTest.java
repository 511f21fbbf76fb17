package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.AdamStep;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.train.data.Sprites;
import io.elbo4j.train.graph.BernoulliLogits;
import io.elbo4j.train.graph.DiagonalGaussian;
import io.elbo4j.train.graph.GaussianObservation;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Source;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.StepSettings;
import io.elbo4j.train.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What repeats rows has the same bits on all backends: two levels, a label, shared priors, an observed latent. */
class RowsEquivalenceTest {
    private static final int ROWS = 150;
    private static final int BATCH = 131;
    private static final int X = 1024;
    private static final int LABEL = 5;

    private final Graph g = new Graph();
    private final Value z2;

    RowsEquivalenceTest() {
        Value x = g.input("x", X);
        Value label = g.input("label", LABEL);
        Value h = g.dense("h", g.concatenate("x, label", x, label), 67, Activation.RELU);
        Value row = g.shared("row", 9, 0.2f);
        z2 = g.latent("z2", g.gaussian("q2", h, 9), new DiagonalGaussian(row, g.shared("lv", 9, -0.1f)));
        Value z1 = g.latent("z1", g.gaussian("q1", g.concatenate("h, z2", h, z2), 9),
                g.gaussian("p1", g.concatenate("z2, label", z2, label), 9));
        Value d = g.dense("d", g.concatenate("z1, label, row", z1, label, row), 67, Activation.RELU);
        g.observe("pixels", new BernoulliLogits(g.dense("logits", d, X, Activation.IDENTITY)), x);
        g.observe("level", new GaussianObservation(z2, row), z1);
    }

    private static Matrix labels(Backend backend) {
        float[] labels = new float[ROWS * LABEL];
        IntStream.range(0, ROWS).forEach(i -> labels[i * LABEL + i % LABEL] = 1);
        return backend.matrix(ROWS, LABEL).set(labels);
    }

    private List<float[]> results(Backend backend, int samples) {
        StepSettings settings = new StepSettings(StepSettings.Mode.TRAIN, 3, samples, 0.01, 50, false);
        int[] order = IntStream.range(0, ROWS).toArray();
        List<float[]> results = new ArrayList<>();
        try (Parameters parameters = new Parameters(backend, g.parameters(), 3);
                Matrix x = backend.matrix(ROWS, X).set(Sprites.images(3, ROWS).copyRows(0, ROWS));
                Matrix label = labels(backend)) {
            Source data = new Source(Map.of("x", x, "label", label));
            try (Step train = Step.train(g, parameters, backend, BATCH, settings, data,
                    new AdamStep(1e-3, 0.9, 0.999, 1e-8));
                    Step weigh = Step.compile(g, parameters, backend, BATCH, StepSettings.importance(3, samples), data);
                    Step decode = Step.decode(g, parameters, backend, BATCH, 3, z2)) {
                for (int i = 0; i < 4; i++) {
                    train.rows(order, i).run(i);
                }
                weigh.rows(order, 5).run(1);
                decode.value(z2).set(new float[BATCH * 9]);
                decode.run(2);
                parameters.all().forEach(s -> results.add(s.value().toArray()));
                results.add(weigh.logMeanWeight().toArray());
                results.add(decode.mean(g.observations().get(0)).toArray());
            }
        }
        return results;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void everyBackendHasTheSameBits(int samples) {
        List<float[]> expected;
        try (Backend reference = BackendsUnderTest.reference()) {
            expected = results(reference, samples);
        }
        for (float[] each : expected) {
            for (float value : each) {
                assertTrue(Float.isFinite(value), "the reference must be finite");
            }
        }
        for (BackendsUnderTest under : BackendsUnderTest.all()) {
            try (Backend backend = under.open()) {
                assertNull(Bits.difference(expected, results(backend, samples)), samples + " samples, " + under.name());
            }
        }
    }
}
