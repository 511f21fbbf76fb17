package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.InverseAutoregressiveFlow;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.MaskedDense;
import io.elbo4j.train.layer.NormalNoise;
import io.elbo4j.train.objective.ImportanceWeighted;
import io.elbo4j.train.objective.SampledElbo;
import io.elbo4j.train.optimiser.Adam;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The inverse autoregressive flow, against its formula in double precision, whose Jacobian is a finite difference. */
class FlowTest {
    private static final int X = 3;
    private static final int UNITS = 7;

    private final Graph g = new Graph();
    private final Value x = g.input("x", X);

    private Value flow(int columns, int steps) {
        Value z = g.latent("z", InverseAutoregressiveFlow.of("q", x, columns, UNITS, steps));
        g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
        return z;
    }

    /** With larger weights than at first, so that it bends. */
    private static Map<String, float[]> grown(Parameters parameters) {
        Map<String, float[]> values = new HashMap<>();
        for (Parameters.State s : parameters.all()) {
            float[] of = s.value().toArray();
            for (int i = 0; i < of.length; i++) {
                of[i] *= s.parameter().name().startsWith("q.") ? 2 : 1;
            }
            s.value().set(of);
            values.put(s.parameter().name(), of);
        }
        return values;
    }

    /** The formula: where a dimension looks is written down here, not masked. */
    private record Formula(Map<String, float[]> values, int columns, int steps, double[] x) {
        private double linear(String name, double[] in, int unit) {
            float[] bias = values.get(name + ".bias");
            double sum = bias[unit];
            for (int i = 0; i < in.length; i++) {
                sum += in[i] * values.get(name + ".weight")[i * bias.length + unit];
            }
            return sum;
        }

        /** [mean, s] of dimension d in step t, from the dimensions that come before it. */
        private double[] network(int t, int d, double[] z) {
            String name = "q." + t;
            float[] in = values.get(name + ".hidden.weight");
            float[] out = values.get(name + ".out.weight");
            int place = t % 2 == 1 ? columns - 1 - d : d;
            double[] both = new double[2];
            for (int k = 0; k < 2; k++) {
                int unit = k * columns + d;
                both[k] = values.get(name + ".out.bias")[unit] + linear(name + ".context", x, UNITS + unit);
                for (int j = 0; j < UNITS; j++) {
                    int sees = 1 + j % (columns - 1);
                    if (sees > place) {
                        continue;
                    }
                    double pre = values.get(name + ".hidden.bias")[j] + linear(name + ".context", x, j);
                    for (int before = 0; before < sees; before++) {
                        int i = t % 2 == 1 ? columns - 1 - before : before;
                        pre += z[i] * in[i * UNITS + j];
                    }
                    both[k] += (pre > 0 ? pre : Math.expm1(pre)) * out[j * 2 * columns + unit];
                }
            }
            return both;
        }

        private static double gate(double s) {
            return 1 / (1 + Math.exp(-s - 2));
        }

        double[] of(double[] eps) {
            double[] z = new double[columns];
            for (int d = 0; d < columns; d++) {
                z[d] = linear("q", x, d) + Math.exp(linear("q", x, columns + d) / 2) * eps[d];
            }
            for (int t = 0; t < steps; t++) {
                double[] next = new double[columns];
                for (int d = 0; d < columns; d++) {
                    double[] both = network(t, d, z);
                    next[d] = gate(both[1]) * z[d] + (1 - gate(both[1])) * both[0];
                }
                z = next;
            }
            return z;
        }

        /** log q of a sample by log N(eps) less the logarithm of the Jacobian's determinant. */
        double logDensity(double[] eps) {
            double[][] jacobian = new double[columns][];
            double log = 0;
            for (int i = 0; i < columns; i++) {
                double[] up = eps.clone();
                double[] down = eps.clone();
                up[i] += 1e-5;
                down[i] -= 1e-5;
                double[] a = of(up);
                double[] b = of(down);
                jacobian[i] = new double[columns];
                for (int d = 0; d < columns; d++) {
                    jacobian[i][d] = (a[d] - b[d]) / 2e-5;
                }
                log -= 0.5 * (eps[i] * eps[i] + Math.log(2 * Math.PI));
            }
            return log - Math.log(Math.abs(determinant(jacobian)));
        }

        /** The eps of a z: each step is undone dimension by dimension. */
        double[] inverse(double[] z) {
            double[] next = z;
            for (int t = steps - 1; t >= 0; t--) {
                double[] before = new double[columns];
                for (int place = 0; place < columns; place++) {
                    int d = t % 2 == 1 ? columns - 1 - place : place;
                    double[] both = network(t, d, before);
                    before[d] = (next[d] - (1 - gate(both[1])) * both[0]) / gate(both[1]);
                }
                next = before;
            }
            double[] eps = new double[columns];
            for (int d = 0; d < columns; d++) {
                eps[d] = (next[d] - linear("q", x, d)) / Math.exp(linear("q", x, columns + d) / 2);
            }
            return eps;
        }
    }

    /** By elimination with pivots. */
    private static double determinant(double[][] m) {
        double product = 1;
        for (int k = 0; k < m.length; k++) {
            int pivot = k;
            for (int r = k + 1; r < m.length; r++) {
                pivot = Math.abs(m[r][k]) > Math.abs(m[pivot][k]) ? r : pivot;
            }
            double[] row = m[pivot];
            m[pivot] = m[k];
            m[k] = row;
            product *= pivot == k ? row[k] : -row[k];
            for (int r = k + 1; r < m.length; r++) {
                double factor = m[r][k] / row[k];
                for (int c = k; c < m.length; c++) {
                    m[r][c] -= factor * row[c];
                }
            }
        }
        return product;
    }

    private static double[] row(float[] values, int row, int columns) {
        double[] of = new double[columns];
        for (int i = 0; i < columns; i++) {
            of[i] = values[row * columns + i];
        }
        return of;
    }

    @Test
    void samplesAndTheirDensityAreTheFormulas() {
        int columns = 4;
        int samples = 5;
        Value z = flow(columns, 3);
        Value eps = g.all(NormalNoise.class).get(0);
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 2);
                Step step = Step.of(g, parameters, backend).rows(2).samples(samples).seed(4).want(z, eps).evaluate(
                        new SampledElbo()).compile()) {
            Map<String, float[]> values = grown(parameters);
            step.value(x).set(0.1f, 0.8f, 0.4f, 0.9f, 0, 0.3f);
            step.run(0);
            float[] noise = step.value(eps).toArray();
            float[] found = step.value(z).toArray();
            Term ratio = step.plan().terms().keySet().stream().filter(t -> t.role() == Term.Role.LOG_RATIO).findFirst()
                    .orElseThrow();
            float[] ratios = step.term(ratio).orElseThrow().toArray();
            for (int r = 0; r < 2 * samples; r++) {
                Formula formula = new Formula(values, columns, 3, row(step.value(x).toArray(), r / samples, X));
                double[] e = row(noise, r, columns);
                double[] expected = formula.of(e);
                assertArrayEquals(expected, row(found, r, columns), 1e-5);
                assertArrayEquals(e, formula.inverse(expected), 1e-9);
                double logPrior = 0;
                for (double v : expected) {
                    logPrior -= 0.5 * (v * v + Math.log(2 * Math.PI));
                }
                assertEquals(logPrior - formula.logDensity(e), ratios[r], 2e-5, "seeds 2 and 4, row " + r);
            }
        }
    }

    /**
     * 40,000 draws of two dimensions fall into cells of a grid as the density says, by chi-square; the density of any z
     * is that of the eps that leads to it.
     */
    @Test
    void drawsFallWhereTheDensityIs() {
        int draws = 40_000;
        int cells = 12;
        int fine = 8;
        Value z = flow(2, 2);
        try (Backend backend = new JavaBackend(2); Parameters parameters = new Parameters(backend, g.parameters(), 2);
                Step step = Step.of(g, parameters, backend).rows(1).samples(draws).seed(4).want(z).compile()) {
            Formula formula = new Formula(grown(parameters), 2, 2, new double[] {0.25, 0.75, 0.5});
            step.value(x).set(0.25f, 0.75f, 0.5f);
            step.run(0);
            float[] found = step.value(z).toArray();
            double[] low = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
            double[] high = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
            for (int i = 0; i < found.length; i++) {
                low[i % 2] = Math.min(low[i % 2], found[i]);
                high[i % 2] = Math.max(high[i % 2], found[i]);
            }
            double[] width = {(high[0] - low[0]) / cells, (high[1] - low[1]) / cells};
            double[] expected = new double[cells * cells];
            double inside = 0;
            for (int i = 0; i < cells * fine; i++) {
                for (int j = 0; j < cells * fine; j++) {
                    double[] at = {low[0] + (i + 0.5) * width[0] / fine, low[1] + (j + 0.5) * width[1] / fine};
                    double mass = Math.exp(formula.logDensity(formula.inverse(at))) * width[0] * width[1] / fine / fine;
                    expected[i / fine * cells + j / fine] += mass * draws;
                    inside += mass;
                }
            }
            int[] counted = new int[cells * cells];
            for (int k = 0; k < draws; k++) {
                int i = Math.min(cells - 1, (int) ((found[2 * k] - low[0]) / width[0]));
                int j = Math.min(cells - 1, (int) ((found[2 * k + 1] - low[1]) / width[1]));
                counted[i * cells + j]++;
            }
            double chi = 0;
            int n = 0;
            for (int c = 0; c < counted.length; c++) {
                if (expected[c] >= 20) {
                    chi += (counted[c] - expected[c]) * (counted[c] - expected[c]) / expected[c];
                    n++;
                }
            }
            System.out.printf("flow, seeds 2 and 4: mass %.5f, chi-square %.1f of %d cells%n", inside, chi, n);
            assertEquals(1, inside, 1e-3);
            assertTrue(n > 30 && chi < n + 5 * Math.sqrt(2.0 * n), chi + " of " + n);
        }
    }

    @Test
    void gradients() {
        flow(3, 2);
        FiniteDifferences.check("inverse autoregressive flow", g, 5);
        FiniteDifferences.check("inverse autoregressive flow, importance-weighted", g, s -> s.rows(5).samples(7)
                .minimise(new ImportanceWeighted(), new Adam(0)), FiniteDifferences::bound);
    }

    /** What is masked is neither read nor changed. */
    @Test
    void whatIsMaskedHasNoSay() {
        float[] mask = {1, 0, 0, 1, 1, 0};
        Value y = new MaskedDense("masked", X, 2, mask).apply(x);
        g.observe("o", new Bernoulli(y), g.input("t", 2));
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 2);
                Step step = Step.of(g, parameters, backend).rows(4).minimise(new SampledElbo(), new Adam(0.1))
                        .compile()) {
            Parameters.State weight = parameters.all().stream().filter(s -> s.parameter().name().endsWith("weight"))
                    .findFirst().orElseThrow();
            SplittableRandom random = new SplittableRandom(1);
            float[] data = new float[4 * X];
            for (int i = 0; i < data.length; i++) {
                data[i] = (float) random.nextDouble();
            }
            step.value(x).set(data);
            float[] before = weight.value().toArray();
            float[] bias = parameters.all().stream().filter(s -> s.parameter().name().endsWith("bias")).findFirst()
                    .orElseThrow().value().toArray();
            step.run(0);
            float[] of = step.value(y).toArray();
            float[] after = weight.value().toArray();
            for (int i = 0; i < mask.length; i++) {
                assertEquals(mask[i] == 1, before[i] != after[i], "weight " + i);
            }
            for (int r = 0; r < 4; r++) {
                assertEquals(bias[0] + data[3 * r] * before[0] + data[3 * r + 2] * before[4], of[2 * r], 1e-6);
                assertEquals(bias[1] + data[3 * r + 1] * before[3], of[2 * r + 1], 1e-6);
            }
        }
        assertEquals("mask must be 6 numbers, not 2", assertThrows(IllegalArgumentException.class,
                () -> new MaskedDense("other", X, 2, 1, 0)).getMessage());
        assertEquals("mask must be zeros and ones, not 2.0", assertThrows(IllegalArgumentException.class,
                () -> new MaskedDense("other", 1, 1, 2)).getMessage());
        assertEquals("units must be at least 3, one for each dimension but one, not 2", assertThrows(
                IllegalArgumentException.class, () -> InverseAutoregressiveFlow.of("q", x, 4, 2, 1)).getMessage());
    }
}
