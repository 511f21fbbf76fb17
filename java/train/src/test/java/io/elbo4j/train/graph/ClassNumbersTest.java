package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.operation.CategoricalLogLikelihood;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Categorical;
import io.elbo4j.train.distribution.ClassNumbers;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.Unflatten;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Adam;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClassNumbersTest {
    /** The log-likelihood of one element, then its gradient. */
    private static float[] of(float x, float... logits) {
        try (Backend backend = new JavaBackend(1);
                Matrix l = backend.matrix(1, logits.length);
                Matrix of = backend.matrix(1, 1);
                Matrix w = backend.matrix(1, 1);
                Matrix result = backend.matrix(1, 1);
                Matrix gradient = backend.matrix(1, logits.length)) {
            l.set(logits);
            of.set(new float[] {x});
            w.set(new float[] {1});
            CategoricalLogLikelihood.fused(l, of, w, result, gradient).run();
            float[] all = new float[1 + logits.length];
            all[0] = result.toArray()[0];
            System.arraycopy(gradient.toArray(), 0, all, 1, logits.length);
            return all;
        }
    }

    @Test
    void staysWithinThePromisedErrors() {
        SplittableRandom random = new SplittableRandom(8);
        double worst = 0;
        double worstGradient = 0;
        for (int i = 0; i < 20_000; i++) {
            int classes = i % 7 == 0 ? 256 : random.nextInt(1, 12);
            double spread = Math.exp(random.nextDouble(-6, 4));
            float[] l = new float[classes];
            double most = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < classes; c++) {
                l[c] = (float) random.nextDouble(-spread, spread);
                most = Math.max(most, l[c]);
            }
            double sum = 0;
            for (float each : l) {
                sum += Math.exp(each - most);
            }
            int x = random.nextInt(classes);
            double expected = l[x] - most - Math.log(sum);
            double bound = (2 * (most - l[x]) + 3 * Math.log(classes) + 4) * 0x1p-24;
            float[] found = of(x, l);
            double error = Math.abs(found[0] - expected) / bound;
            assertTrue(error <= 1, "class " + x + " of " + classes + ": " + found[0] + " instead of " + expected);
            worst = Math.max(worst, error);
            for (int c = 0; c < classes; c++) {
                double p = Math.exp(l[c] - most) / sum;
                if (p < 0x1p-120) {
                    continue;
                }
                double size = ((most - l[c] + Math.log(classes) + 6) * p + 1) * 0x1p-23;
                double e = Math.abs(found[1 + c] - ((c == x ? 1 : 0) - p)) / size;
                worstGradient = Math.max(worstGradient, e);
                assertTrue(e <= 1, "gradient of class " + c + " of " + classes + ": " + found[1 + c]);
            }
        }
        System.out.printf("class numbers: worst error %.2f of the promise, of the gradient %.2f%n", worst,
                worstGradient);
    }

    @Test
    void specialValues() {
        float inf = Float.POSITIVE_INFINITY;
        float nan = Float.NaN;
        assertEquals((float) -Math.log(4), of(3, 1e30f, 1e30f, 1e30f, 1e30f)[0]);
        assertEquals(0, of(0, 7)[0]);
        assertEquals(0, of(-0.0f, 0, -inf)[0]);
        assertEquals(-inf, of(1, 0, -inf)[0]);
        for (float x : new float[] {-1, 2, 0.5f, inf, nan}) {
            for (float each : of(x, 1, 2)) {
                assertEquals(nan, each, "of " + x);
            }
        }
        for (float[] logits : new float[][] {{nan, 0}, {0, nan}, {inf, 0}, {-inf, -inf}}) {
            assertEquals(nan, of(0, logits)[0]);
            assertEquals(nan, of(1, logits)[2]);
        }
    }

    @Test
    void gradientAndMean() {
        Graph g = new Graph();
        Value x = g.input("x", 3);
        Value z = g.latent("z", DiagonalGaussian.of("q", x, 2));
        Value classes = Concatenate.of("classes", ConstantRow.of(g, "0", 2, 0), ConstantRow.of(g, "3", 1, 3),
                ConstantRow.of(g, "1", 2, 1));
        g.observe("o", new ClassNumbers(Dense.of("logits", z, 20, Activation.IDENTITY), 4), classes);
        FiniteDifferences.check("class numbers", g, 7, Map.of());

        Graph only = new Graph();
        Value logits = only.input("logits", 6);
        Value mean = new ClassNumbers(logits, 3).mean();
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, only.parameters(), 1);
                Step step = Step.of(only, parameters, backend).rows(2).want(mean).compile()) {
            // columns 0 and 1 of class 0, of class 1, of class 2
            step.value((Input) logits).set(new float[] {0, 5, 0, -50, 0, -50, 1, -70, 2, -80, 3, 9});
            step.run(0);
            double e = Math.E;
            float[] found = step.value(mean).toArray();
            double[] expected = {1, 0, (e + 2 * e * e) / (1 + e + e * e), 2};
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], found[i], 1e-6);
            }
        }
    }

    /** The same numbers as rows with a single 1, summed over an axis. */
    @Test
    void oneHotGroupsAreRowsOfAnotherAxis() {
        int columns = 5;
        int classes = 4;
        SplittableRandom random = new SplittableRandom(2);
        float[] byClass = new float[columns * classes];
        float[] byColumn = new float[columns * classes];
        float[] numbers = new float[columns];
        float[] ones = new float[columns * classes];
        for (int d = 0; d < columns; d++) {
            int x = random.nextInt(classes);
            numbers[d] = x;
            ones[d * classes + x] = 1;
            for (int c = 0; c < classes; c++) {
                byColumn[d * classes + c] = byClass[c * columns + d] = (float) random.nextGaussian();
            }
        }
        Graph g = new Graph();
        Value a = g.input("a", columns * classes);
        Value b = g.input("b", columns * classes);
        Value x = g.input("x", columns);
        Value hot = g.input("hot", columns * classes);
        Observation asNumbers = g.observe("numbers", new ClassNumbers(a, classes), x);
        Observation asOnes = g.observe("ones", new Categorical(Unflatten.of(b, Axis.TIME, columns)), Unflatten.of(hot,
                Axis.TIME, columns));
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend).rows(1).evaluate(new Elbo()).compile()) {
            step.value((Input) a).set(byClass);
            step.value((Input) b).set(byColumn);
            step.value((Input) x).set(numbers);
            step.value((Input) hot).set(ones);
            step.run(0);
            double sum = 0;
            for (float each : step.plan().terms().get(asOnes.logLikelihood()).toArray()) {
                sum += each;
            }
            assertEquals(sum, step.plan().terms().get(asNumbers.logLikelihood()).toArray()[0], 1e-6);
        }
    }

    @Test
    void refused() {
        Graph g = new Graph();
        Value logits = g.input("l", 7);
        assertEquals("logits must be a value with 2 columns for each that is observed, not 7 columns", assertThrows(
                IllegalArgumentException.class, () -> new ClassNumbers(logits, 2)).getMessage());
        assertEquals("classes must be from 1 to 2^24, not 0", assertThrows(IllegalArgumentException.class,
                () -> new ClassNumbers(logits, 0)).getMessage());
        assertEquals("classes must be from 2 to 2^24, not 1", assertThrows(IllegalArgumentException.class,
                () -> VaeSettings.of(3, 1).withClasses(1)).getMessage());
    }

    /** Grey levels 0 to 15. */
    @Test
    void aVaeLearns() {
        float[] levels = new float[64 * 30];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = i / 30 % 2 == 0 ? i % 16 : 15 - i % 16;
        }
        Vae vae = new Vae(VaeSettings.of(30, 4, 30).withLikelihood(LikelihoodKind.CATEGORICAL).withClasses(16));
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                Step step = Step.of(vae.graph(), parameters, backend).rows(64).minimise(new Elbo(), new Adam(1e-2))
                        .compile()) {
            step.value(vae.graph().all(Input.class).get(0)).set(levels);
            step.run(0);
            double first = step.total(Term.Role.LOG_LIKELIHOOD);
            for (int i = 1; i < 200; i++) {
                step.run(i);
            }
            double last = step.total(Term.Role.LOG_LIKELIHOOD);
            assertTrue(last > 0.1 * first, "from " + first + " to " + last);
        }
    }
}
