package io.elbo4j.control.dynamics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EnsembleTest {
    private static final int MEMBERS = 2;

    private static double[] parameter(Parameters parameters, String name) {
        float[] values = parameters.all().stream().filter(s -> s.parameter().name().equals(name)).findFirst()
                .orElseThrow().value().toArray();
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    /** One network by plain loops in double. */
    private static double[] through(Parameters parameters, String prefix, int member, int layers, double[] x,
            DoubleUnaryOperator activation) {
        double[] h = x;
        for (int l = 0; l < layers; l++) {
            double[] w = parameter(parameters, prefix + l + "." + member + ".weight");
            double[] y = parameter(parameters, prefix + l + "." + member + ".bias");
            for (int j = 0; j < y.length; j++) {
                for (int i = 0; i < h.length; i++) {
                    y[j] += h[i] * w[i * y.length + j];
                }
                y[j] = l == layers - 1 ? y[j] : activation.applyAsDouble(y[j]);
            }
            h = y;
        }
        return h;
    }

    private static double softplus(double x) {
        return Math.log1p(Math.exp(x));
    }

    /** Mean and log-variance, normalised. */
    private static double[][] member(Parameters parameters, int m, double[] normalised, int outputs, double prior,
            DoubleUnaryOperator ofPriors) {
        double[] both = through(parameters, "e.network.", m, 2, normalised, EnsembleTest::silu);
        double[] extra = through(parameters, "e.prior.", m, 2, normalised, ofPriors);
        double[][] result = new double[2][outputs];
        for (int c = 0; c < outputs; c++) {
            result[0][c] = both[c] + prior * extra[c];
            double below = 4 - softplus(4 - both[outputs + c]);
            result[1][c] = -10 + softplus(below + 10);
        }
        return result;
    }

    @Test
    void predictionsAndLossAgreeWithDoublePrecision() {
        agrees(false, EnsembleTest::silu);
        agrees(true, Math::tanh);
    }

    private static double silu(double x) {
        return x / (1 + Math.exp(-x));
    }

    private static void agrees(boolean rough, DoubleUnaryOperator ofPriors) {
        Graph g = new Graph();
        Value x = g.input("x", 3);
        Value y = g.input("y", 2);
        Value drawn = g.input("drawn", MEMBERS);
        Ensemble ensemble = new Ensemble(g, "e", 3, 2, new Ensemble.Settings(MEMBERS, List.of(5), 0.7, rough));
        ensemble.observe(x, y, drawn);
        Ensemble.Prediction p = ensemble.predict(x);
        Random random = new Random(8);
        int rows = 4;
        float[] xs = numbers(random, rows * 3, 3, 5);
        float[] ys = numbers(random, rows * 2, 0.1, -2);
        float[] counts = {1, 0, 2, 1, 0, 3, 1, 1};
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 3);
                Step step = Step.of(g, parameters, backend).rows(rows).want(p.mean(), p.deviation()).evaluate(ensemble
                        .objective()).compile()) {
            ensemble.normalise(parameters, xs, ys);
            step.value(x).set(xs);
            step.value(y).set(ys);
            step.value(drawn).set(counts);
            step.run(0);
            double[][] of = {moments(xs, 3, 0), moments(xs, 3, 1), moments(xs, 3, 2)};
            double[][] out = {moments(ys, 2, 0), moments(ys, 2, 1)};
            double loss = 0;
            for (int r = 0; r < rows; r++) {
                double[] normalised = new double[3];
                for (int c = 0; c < 3; c++) {
                    normalised[c] = (xs[r * 3 + c] - of[c][0]) / of[c][1];
                }
                for (int m = 0; m < MEMBERS; m++) {
                    double[][] found = member(parameters, m, normalised, 2, 0.7, ofPriors);
                    for (int c = 0; c < 2; c++) {
                        int at = (r * MEMBERS + m) * 2 + c;
                        assertEquals(found[0][c] * out[c][1] + out[c][0], step.value(p.mean()).toArray()[at], 1e-5);
                        assertEquals(Math.exp(found[1][c] / 2) * out[c][1], step.value(p.deviation()).toArray()[at],
                                1e-5);
                        double e = (ys[r * 2 + c] - out[c][0]) / out[c][1] - found[0][c];
                        loss += counts[r * MEMBERS + m] * (e * e * Math.exp(-found[1][c]) + found[1][c]) / 2;
                    }
                }
            }
            assertEquals(loss, step.total(Term.Role.LOSS), 1e-4);
        }
    }

    private static float[] numbers(Random random, int count, double deviation, double mean) {
        float[] all = new float[count];
        for (int i = 0; i < count; i++) {
            all[i] = (float) (mean + deviation * random.nextGaussian());
        }
        return all;
    }

    private static double[] moments(float[] rows, int columns, int column) {
        double[] all = IntStream.range(0, rows.length / columns).mapToDouble(r -> rows[r * columns + column]).toArray();
        double mean = Arrays.stream(all).average().orElseThrow();
        return new double[] {mean, Math.sqrt(Arrays.stream(all).map(v -> (v - mean) * (v - mean)).average()
                .orElseThrow())};
    }

    @Test
    void tellsWhatScattersFromWhatItDoesNotKnow() {
        for (long seed = 0; seed < (Boolean.getBoolean("elbo4j.exhaustive") ? 3 : 1); seed++) {
            try (Backend backend = new JavaBackend(1)) {
                EnsembleStudy many = EnsembleStudy.of(2000, backend, seed);
                EnsembleStudy few = EnsembleStudy.of(500, backend, seed);
                System.out.println("seed " + seed + ": of 2,000 rows " + many + ", of 500 " + few);
                assertEquals(1, many.aleatoric(), 0.12);
                assertTrue(many.epistemicOfGap() >= 2.5 * many.epistemicOfData());
                assertTrue(many.epistemicOfData() < few.epistemicOfData());
            }
        }
    }

    @Test
    void whatIsRefused() {
        Graph g = new Graph();
        assertThrows(ArgumentException.class, () -> new Ensemble.Settings(0, List.of(), 0));
        assertThrows(ArgumentException.class, () -> new Ensemble.Settings(1, List.of(0), 0));
        assertThrows(ArgumentException.class, () -> new Ensemble.Settings(1, List.of(), -1));
        assertThrows(ArgumentException.class, () -> new Ensemble(g, "e", 0, 1, new Ensemble.Settings(1, List.of(), 0)));
        assertThrows(ArgumentException.class, () -> new Ensemble(g, "e", 1, 0, new Ensemble.Settings(1, List.of(), 0)));
    }

    /** A column that is constant stays what it is, less its mean. */
    @Test
    void aConstantColumnIsNoDivisionByZero() {
        Graph g = new Graph();
        Normaliser n = new Normaliser(g, "n", 2);
        Value x = g.input("x", 2);
        Value normal = n.normalise(x);
        Value back = n.restore(normal);
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend).rows(2).want(normal, back).compile()) {
            n.fit(parameters, new float[] {1e6f, 1, 1e6f, 3});
            step.value(x).set(new float[] {1e6f, 2, 1e6f + 1, 5});
            step.run(0);
            assertEquals(List.of(0f, 0f, 1f, 3f), list(step.value(normal).toArray()));
            assertEquals(List.of(1e6f, 2f, 1e6f + 1, 5f), list(step.value(back).toArray()));
            assertThrows(ArgumentException.class, () -> n.fit(parameters, new float[3]));
            assertThrows(ArgumentException.class, () -> n.fit(parameters, new float[0]));
        }
    }

    private static List<Float> list(float[] values) {
        return IntStream.range(0, values.length).mapToObj(i -> values[i]).toList();
    }
}
