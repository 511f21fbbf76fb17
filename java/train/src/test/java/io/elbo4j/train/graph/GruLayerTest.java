package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.layer.Binarise;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.Flatten;
import io.elbo4j.train.layer.Gru;
import io.elbo4j.train.layer.Unflatten;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GruLayerTest {
    private static final int STEPS = 3;
    private static final int COLUMNS = 3;
    private static final int UNITS = 4;

    private final Graph g = new Graph();

    private static Gru gru(boolean normalised, String name, long inputs) {
        return normalised ? Gru.normalised(name, inputs, UNITS) : new Gru(name, inputs, UNITS);
    }

    /** An encoder over the steps, and a decoder whose first state and inputs are functions of z. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void gradients(boolean normalised) {
        Value row = g.input("x", STEPS * COLUMNS);
        Value x = Unflatten.of(row, Axis.TIME, STEPS);
        Value inputs = Dense.of("inputs", x, 5, Activation.RELU);
        Value states = gru(normalised, "encoder", 5).apply(inputs);
        Value z = g.latent("z", DiagonalGaussian.of("q", Flatten.of(states, Axis.TIME), 2));
        Value first = Dense.of("first", z, UNITS, Activation.TANH);
        Value again = gru(normalised, "decoder", 2).apply(g.repeat(z, z.rows().union(Rows.of(Axis.TIME))), Optional.of(
                first), Optional.empty());
        Value logits = Dense.of("logits", again, COLUMNS, Activation.IDENTITY);
        g.observe("o", new Bernoulli(Flatten.of(logits, Axis.TIME)), row);
        FiniteDifferences.check("gated recurrent units, normalised " + normalised, g, 5);
    }

    /** Sequences that begin at steps which the data says, with a state of their own at first. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void beginnings(boolean normalised) {
        Value row = g.input("x", STEPS * COLUMNS);
        Value x = Unflatten.of(row, Axis.TIME, STEPS);
        Value begins = Unflatten.of(Binarise.of("drawn", g.input("begins", STEPS)), Axis.TIME, STEPS);
        Value first = Dense.of("first", row, UNITS, Activation.TANH);
        Value states = gru(normalised, "encoder", COLUMNS).apply(x, Optional.of(first), Optional.of(begins));
        Value z = g.latent("z", DiagonalGaussian.of("q", Flatten.of(states, Axis.TIME), 2));
        g.observe("o", new Bernoulli(Dense.of("logits", z, STEPS * COLUMNS, Activation.IDENTITY)), row);
        FiniteDifferences.check("units that begin anew, normalised " + normalised, g, 5);
    }

    /** Steps one by one are the steps of a sequence, and each gets its gradient. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stepByStep(boolean normalised) {
        Value x = g.input("x", COLUMNS);
        Gru layer = gru(normalised, "unit", COLUMNS);
        Value h = Dense.of("first", x, UNITS, Activation.TANH);
        Value once = layer.step(x, h);
        Value twice = layer.step(x, once);
        Value z = g.latent("z", DiagonalGaussian.of("q", Concatenate.of("both", once, twice), 2));
        Value after = layer.step(x, Dense.of("of z", z, UNITS, Activation.TANH));
        g.observe("o", new Bernoulli(Dense.of("logits", after, COLUMNS, Activation.IDENTITY)), x);
        FiniteDifferences.check("a unit step by step, normalised " + normalised, g, 5);
    }

    /** Against plain loops: with zeros and ones, a sequence's own first step among them. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theStepThatBeginsSeesZeros(boolean normalised) {
        int rows = 8;
        Value x = Unflatten.of(g.input("x", STEPS * COLUMNS), Axis.TIME, STEPS);
        Value begins = Unflatten.of(g.input("begins", STEPS), Axis.TIME, STEPS);
        Value first = g.input("first", UNITS);
        Value states = gru(normalised, "unit", COLUMNS).apply(x, Optional.of(first), Optional.of(begins));
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, g.parameters(), 7);
                Step step = Step.of(g, parameters, backend).rows(rows).want(states, x, begins).compile()) {
            Random random = new Random(8);
            float[] masks = new float[rows * STEPS];
            for (int i = 0; i < masks.length; i++) {
                // every mixture of three steps
                masks[i] = i / STEPS >> i % STEPS & 1;
            }
            step.value(g.all(Input.class).get(0)).set(random(random, rows * STEPS * COLUMNS));
            step.value(g.all(Input.class).get(1)).set(masks);
            step.value(first).set(random(random, rows * UNITS));
            step.run(0);
            double[][] w = Doubles.of(parameters, "unit.input.weight");
            double[][] u = Doubles.of(parameters, "unit.state.weight");
            double[][] b = Doubles.of(parameters, normalised ? "unit.norm.gamma" : "unit.input.bias");
            double[][] c = Doubles.of(parameters, normalised ? "unit.norm.beta" : "unit.state.bias");
            double[][] in = Doubles.of(step.value(x));
            double[][] result = Doubles.of(step.value(states));
            for (int row = 0; row < rows; row++) {
                double[] h = Doubles.of(step.value(first))[row];
                for (int t = 0; t < STEPS; t++) {
                    h = masks[row * STEPS + t] != 0 ? new double[UNITS] : h;
                    double[] a = product(in[row * STEPS + t], w);
                    double[] d = product(h, u);
                    h = normalised ? normalisedStep(a, d, b[0], c[0], h) : plainStep(a, d, b[0], c[0], h);
                    assertArrayEquals(h, result[row * STEPS + t], 1e-6, "row " + row + ", step " + t);
                }
            }
        }
    }

    private static float[] random(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static double[] product(double[] x, double[][] w) {
        double[] y = new double[w[0].length];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < y.length; j++) {
                y[j] += x[i] * w[i][j];
            }
        }
        return y;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double[] plainStep(double[] a, double[] d, double[] b, double[] c, double[] h) {
        double[] next = new double[UNITS];
        for (int i = 0; i < UNITS; i++) {
            double r = sigmoid(a[UNITS + i] + b[UNITS + i] + d[i] + c[i]);
            double z = sigmoid(a[2 * UNITS + i] + b[2 * UNITS + i] + d[UNITS + i] + c[UNITS + i]);
            double n = Math.tanh(a[i] + b[i] + r * (d[2 * UNITS + i] + c[2 * UNITS + i]));
            next[i] = (1 - z) * n + z * h[i];
        }
        return next;
    }

    private static double[] normalisedStep(double[] a, double[] d, double[] gamma, double[] beta, double[] h) {
        double[] sum = new double[3 * UNITS];
        Arrays.setAll(sum, i -> a[i] + d[i]);
        double mean = Arrays.stream(sum).average().getAsDouble();
        double variance = Arrays.stream(sum).map(v -> (v - mean) * (v - mean)).average().getAsDouble();
        Arrays.setAll(sum, i -> gamma[i] * (sum[i] - mean) / Math.sqrt(variance + 1e-3) + beta[i]);
        double[] next = new double[UNITS];
        for (int i = 0; i < UNITS; i++) {
            double update = sigmoid(sum[UNITS + i] - 1);
            next[i] = update * Math.tanh(sigmoid(sum[i]) * sum[2 * UNITS + i]) + (1 - update) * h[i];
        }
        return next;
    }

    @Test
    void refusals() {
        Value row = g.input("x", STEPS * COLUMNS);
        Value x = Unflatten.of(row, Axis.TIME, STEPS);
        Gru layer = new Gru("unit", COLUMNS, UNITS);
        refused("units must be 1 to 2^31 - 1, not 0", () -> new Gru("unit", COLUMNS, 0));
        refused("inputs must be at least 1, not 0", () -> Gru.normalised("unit", 0, UNITS));
        refused("layer 'unit' takes a value whose innermost axis is TIME, 'x' has 9 and rows of BATCH", () -> layer
                .apply(row));
        refused("layer 'unit' takes 3 columns, 'x' has 9 and rows of BATCH", () -> layer.step(row, row));
        refused("layer 'unit' takes 4 columns for its first state, with rows of BATCH, 'x' has 9 and rows of BATCH",
                () -> layer.apply(x, Optional.of(row), Optional.empty()));
        refused("layer 'unit' takes 1 column of where sequences begin, with rows of BATCH x TIME, 'x' has 9 and rows"
                + " of BATCH", () -> layer.apply(x, Optional.empty(), Optional.of(row)));
    }

    private static void refused(String message, org.junit.jupiter.api.function.Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
