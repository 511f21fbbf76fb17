package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.operation.LogisticMixtureLogLikelihood;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.LogisticMixture;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Adam;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LogisticMixtureTest {
    /** Of one element: its log-probability, then the gradients with respect to logits, means and log-scales. */
    private static float[] of(int levels, float x, float[] logits, float[] means, float[] logScales) {
        int k = logits.length;
        try (Backend backend = new JavaBackend(1);
                Matrix l = backend.matrix(1, k).set(logits);
                Matrix m = backend.matrix(1, k).set(means);
                Matrix s = backend.matrix(1, k).set(logScales);
                Matrix of = backend.matrix(1, 1).set(new float[] {x});
                Matrix w = backend.matrix(1, 1).set(new float[] {1});
                Matrix result = backend.matrix(1, 1);
                Matrix gradients = backend.matrix(1, 3L * k)) {
            LogisticMixtureLogLikelihood.fused(levels, l, m, s, of, w, result, List.of(gradients.columns(0, k),
                    gradients.columns(k, 2L * k), gradients.columns(2L * k, 3L * k))).run();
            float[] all = new float[1 + 3 * k];
            all[0] = result.toArray()[0];
            System.arraycopy(gradients.toArray(), 0, all, 1, 3 * k);
            return all;
        }
    }

    /** sinh(w) / (cosh(u) + cosh(w)), u = (x - m) / scale, w = 1 / (2 scale), and its logarithm's derivatives. */
    private static double[] component(int levels, int x, double m, double s) {
        double i = Math.exp(-s);
        double d = x - m;
        if (x == 0 || x == levels - 1) {
            double t = (x == 0 ? d + 0.5 : 0.5 - d) * i;
            double rest = 1 / (1 + Math.exp(t));
            return new double[] {Math.min(t, 0) - Math.log1p(Math.exp(-Math.abs(t))), (x == 0 ? -i : i) * rest, -t
                    * rest};
        }
        double u = Math.abs(d) * i;
        double w = i / 2;
        // all divided by exp of the larger
        double most = Math.max(u, w);
        double coshes = Math.exp(u - most) + Math.exp(-u - most) + Math.exp(w - most) + Math.exp(-w - most);
        double sinhOfU = Math.exp(u - most) * -Math.expm1(-2 * u);
        double ofU = sinhOfU / coshes;
        double ofW = (1 + Math.exp(-2 * w)) / -Math.expm1(-2 * w) - Math.exp(w - most) * -Math.expm1(-2 * w) / coshes;
        return new double[] {w - most + Math.log(-Math.expm1(-2 * w)) - Math.log(coshes), Math.signum(d) * i * ofU, u
                * ofU - w * ofW};
    }

    @Test
    void staysWithinThePromisedErrors() {
        SplittableRandom random = new SplittableRandom(31);
        double worst = 0;
        double worstGradient = 0;
        for (int n = 0; n < 40_000; n++) {
            int k = random.nextInt(1, 11);
            int levels = n % 3 == 0 ? 4 : 256;
            int x = random.nextInt(4) == 0 ? (levels - 1) * random.nextInt(2) : random.nextInt(levels);
            float[] l = new float[k];
            float[] m = new float[k];
            float[] s = new float[k];
            double[][] each = new double[k][];
            double most = Double.NEGATIVE_INFINITY;
            double mostLogit = Double.NEGATIVE_INFINITY;
            double e = 0;
            for (int c = 0; c < k; c++) {
                l[c] = (float) random.nextDouble(-8, 8);
                s[c] = (float) (random.nextInt(6) == 0 ? random.nextDouble(-30, 60) : random.nextDouble(-3, 5));
                m[c] = (float) (x + random.nextDouble(-1, 1) * Math.min(300, 25 * Math.exp(s[c])));
                each[c] = component(levels, x, m[c], s[c]);
                most = Math.max(most, l[c] + each[c][0]);
                mostLogit = Math.max(mostLogit, l[c]);
                e = Math.max(e, (Math.abs((double) x - m[c]) + 0.5) * Math.exp(-(double) s[c]) + Math.abs(l[c]));
            }
            if (!(e < 1e30)) {
                continue;
            }
            double sum = 0;
            double sumOfLogits = 0;
            for (int c = 0; c < k; c++) {
                sum += Math.exp(l[c] + each[c][0] - most);
                sumOfLogits += Math.exp(l[c] - mostLogit);
            }
            double expected = most - mostLogit + Math.log(sum / sumOfLogits);
            float[] found = of(levels, x, l, m, s);
            double bound = (e + k + 4) * 0x1p-20;
            String at = "level " + x + " of " + levels + ", " + k + " components, e " + e + ": ";
            assertTrue(Math.abs(found[0] - expected) <= bound, at + found[0] + " instead of " + expected);
            worst = Math.max(worst, Math.abs(found[0] - expected) / bound);
            for (int c = 0; c < k; c++) {
                double r = Math.exp(l[c] + each[c][0] - most) / sum;
                double[] gradients = {r - Math.exp(l[c] - mostLogit) / sumOfLogits, r * each[c][1], r * each[c][2]};
                double[] sizes = {1, Math.exp(-(double) s[c]), 1};
                for (int g = 0; g < 3; g++) {
                    double error = Math.abs(found[1 + g * k + c] - gradients[g]) / (bound * sizes[g]);
                    worstGradient = Math.max(worstGradient, error);
                    assertTrue(error <= 1, at + "gradient " + g + " of component " + c + " is " + found[1 + g * k + c]
                            + ", not " + gradients[g]);
                }
            }
        }
        System.out.printf("logistic mixtures: worst error %.2f of the promise, of the gradients %.2f%n", worst,
                worstGradient);
    }

    @Test
    void theProbabilitiesOfAllLevelsSumTo1() {
        float[] l = {1, -2, 0.5f};
        float[] m = {-3, 5.2f, 80};
        float[] s = {0.3f, 2, -1.5f};
        double sum = 0;
        for (int x = 0; x < 64; x++) {
            sum += Math.exp(of(64, x, l, m, s)[0]);
        }
        assertEquals(1, sum, 1e-6);
    }

    @Test
    void gradientAndMean() {
        Graph g = new Graph();
        Value x = g.input("x", 3);
        Value z = g.latent("z", DiagonalGaussian.of("q", x, 2));
        Value levels = Concatenate.of("levels", ConstantRow.of(g, "0", 2, 0), ConstantRow.of(g, "4", 1, 4), ConstantRow
                .of(g, "2", 2, 2));
        g.observe("o", LogisticMixture.of("likelihood", z, 5, 3, 5), levels);
        FiniteDifferences.check("mixture of logistic variables", g, 7, Map.of());

        Graph only = new Graph();
        Value logits = only.input("logits", 4);
        Value means = only.input("means", 4);
        Value mean = new LogisticMixture(logits, means, ConstantRow.of(only, "s", 4, 0), 2, 11).mean();
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, only.parameters(), 1);
                Step step = Step.of(only, parameters, backend).rows(1).want(mean).compile()) {
            step.value((Input) logits).set(new float[] {0, 9, (float) Math.log(3), -9});
            step.value((Input) means).set(new float[] {2, 14, 6, 3});
            step.run(0);
            float[] found = step.value(mean).toArray();
            double p = 1 / (1 + Math.exp(-18));
            assertEquals(5, found[0], 1e-5);
            assertEquals(10 * p + 3 * (1 - p), found[1], 1e-5);
        }
    }

    @Test
    void refused() {
        Graph g = new Graph();
        Value seven = g.input("l", 7);
        Value six = g.input("m", 6);
        assertEquals("logits must be a value with 2 columns for each that is observed, not 7 columns", assertThrows(
                IllegalArgumentException.class, () -> new LogisticMixture(seven, seven, seven, 2, 5)).getMessage());
        assertEquals("logits 'l' (7 columns) and logScales 'm' (6 columns) must have the same number of columns",
                assertThrows(IllegalArgumentException.class, () -> new LogisticMixture(seven, seven, six, 7, 5))
                        .getMessage());
        assertEquals("levels must be from 2 to 2^24, not 1", assertThrows(IllegalArgumentException.class,
                () -> new LogisticMixture(six, six, six, 2, 1)).getMessage());
        assertEquals("components must be at least 1, not 0", assertThrows(IllegalArgumentException.class,
                () -> VaeSettings.of(3, 1).withComponents(0)).getMessage());
    }

    /** Bytes, a third of them 0. */
    @Test
    void aVaeLearns() {
        float[] bytes = new float[64 * 30];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = i % 3 == 0 ? 0 : (i / 30 % 2 * 100 + i * 7919 % 16);
        }
        Vae vae = new Vae(VaeSettings.of(30, 4, 30).withLikelihood(LikelihoodKind.DISCRETISED_LOGISTIC_MIXTURE)
                .withComponents(3));
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                Step step = Step.of(vae.graph(), parameters, backend).rows(64).minimise(new Elbo(), new Adam(1e-2))
                        .compile()) {
            step.value(vae.graph().all(Input.class).get(0)).set(bytes);
            step.run(0);
            double first = step.total(Term.Role.LOG_LIKELIHOOD);
            for (int i = 1; i < 300; i++) {
                step.run(i);
            }
            double last = step.total(Term.Role.LOG_LIKELIHOOD);
            assertTrue(last > 0.5 * first, "from " + first + " to " + last);
        }
    }
}
