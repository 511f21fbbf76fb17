package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.Dropout;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.LogSoftmax;
import io.elbo4j.train.layer.Softmax;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Adam;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dropout in a graph; and softmax, whose gradients the tests of distributions check too. */
class DropoutLayerTest {
    private static final int X = 6;
    private static final int ROWS = 40;

    private final Graph g = new Graph();
    private final Value x = g.input("x", X);

    private Value vae(Value h, double rate) {
        Value z = g.latent("z", DiagonalGaussian.of("q", h, 2));
        Value hidden = Dropout.of("dropout of samples", Dense.of("hidden", z, 3, Activation.RELU), rate);
        g.observe("o", new Bernoulli(Dense.of("logits", hidden, X, Activation.IDENTITY)), x);
        return hidden;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.25, 0.5})
    void gradients(double rate) {
        vae(Dropout.of("dropout", Dense.of("h", x, X, Activation.TANH), rate), rate);
        FiniteDifferences.check("dropout of " + rate, g, 7);
    }

    @Test
    void gradientsOfSoftmax() {
        vae(Softmax.of(LogSoftmax.of(Dense.of("h", x, X, Activation.IDENTITY))), 0);
        FiniteDifferences.check("softmax of a log-softmax", g, 7);
    }

    @Test
    void gradientsOfWhatAllRowsShare() {
        Value row = Dropout.of("dropout", LearnedRow.of(g, "row", X, 1), 0.5);
        assertEquals(Rows.BATCH, row.rows());
        vae(io.elbo4j.train.layer.Add.of(row, x), 0.25);
        FiniteDifferences.check("dropout of a shared row", g, 7);
    }

    @Test
    void drawsAnewInEveryRunAndForEachSample() {
        Value h = Dense.of("h", x, X, Activation.SOFTPLUS);
        Value dropped = Dropout.of("dropout", h, 0.5);
        Value ofSamples = vae(dropped, 0.5);
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend).rows(ROWS).samples(3).seed(5).minimise(new Elbo(), new Adam(
                        0)).want(h, dropped, ofSamples).compile();
                Step shard = Step.of(g, parameters, backend).rows(10).samples(3).seed(5).minimise(new Elbo(), new Adam(
                        0)).want(dropped, ofSamples).compile()) {
            step.value(x).set(new float[ROWS * X]);
            shard.value(x).set(new float[10 * X]);
            step.run(1);
            float[] all = step.value(h).toArray();
            float[] first = step.value(dropped).toArray();
            float[] samples = step.value(ofSamples).toArray();
            int zeros = 0;
            for (int i = 0; i < all.length; i++) {
                assertTrue(first[i] == 0 || first[i] == all[i] * 2);
                zeros += first[i] == 0 ? 1 : 0;
            }
            assertEquals(all.length / 2.0, zeros, 5 * Math.sqrt(all.length / 4.0));
            assertEquals(ROWS * 3 * 3, samples.length);
            shard.run(1, 20);
            assertArrayEquals(Arrays.copyOfRange(first, 20 * X, 30 * X), shard.value(dropped).toArray());
            assertArrayEquals(Arrays.copyOfRange(samples, 20 * 9, 30 * 9), shard.value(ofSamples).toArray());
            step.run(2);
            assertFalse(Arrays.equals(first, step.value(dropped).toArray()));
            step.run(1);
            assertArrayEquals(first, step.value(dropped).toArray());
        }
    }

    /** Neither an evaluation, nor a step that only computes values, draws: it costs nothing there. */
    @Test
    void whereNothingIsTrainedItIsItsInput() {
        Value h = Dense.of("h", x, X, Activation.SOFTPLUS);
        Value dropped = Dropout.of("dropout", h, 0.5);
        vae(dropped, 0.5);
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step evaluate = Step.of(g, parameters, backend).rows(ROWS).evaluate(new Elbo()).want(h, dropped)
                        .compile();
                Step compute = Step.of(g, parameters, backend).rows(ROWS).want(h, dropped).compile()) {
            for (Step step : new Step[] {evaluate, compute}) {
                step.value(x).set(new float[ROWS * X]);
                step.run(1);
                assertArrayEquals(step.value(h).toArray(), step.value(dropped).toArray());
                assertNotEquals(0, step.value(dropped).toArray()[0]);
                assertTrue(step.plan().noises().size() <= 1, "noise of the latent variable alone");
            }
        }
    }

    @Test
    void refused() {
        for (double rate : new double[] {-0.1, 1, 0.999999999, Double.NaN}) {
            assertEquals("rate of dropout 'd' must be at least 0 and below 1, not " + rate, assertThrows(
                    IllegalArgumentException.class, () -> Dropout.of("d", x, rate)).getMessage());
        }
    }
}
