package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.operation.LogLikelihood;
import io.elbo4j.operation.LogLikelihood.Function;
import io.elbo4j.operation.LogLikelihood.Likelihood;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.NegativeBinomial;
import io.elbo4j.train.distribution.ZeroInflatedNegativeBinomial;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Adam;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NegativeBinomialTest {
    private static final Likelihood OF = LogLikelihood.of(Function.NEGATIVE_BINOMIAL);
    private static final Likelihood INFLATED = LogLikelihood.of(Function.ZERO_INFLATED_NEGATIVE_BINOMIAL);
    private static final double OF_TERM = 0x1p-16;
    private static final double OF_DERIVATIVE = 0x1p-15;

    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    private static double sigmoid(double x) {
        return x > 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
    }

    /** A sum whose error does not grow (Kahan 1965). */
    private static final class Sum {
        private double sum;
        private double lost;

        void add(double x) {
            double y = x - lost;
            double next = sum + y;
            lost = (next - sum) - y;
            sum = next;
        }
    }

    /** As t grows the terms of the derivative cancel in double precision too: from here on the asymptotic series. */
    private static double ofLogInverseDispersion(double x, double mu, double theta, double digammas) {
        if (theta < 1e6) {
            return theta * (digammas - Math.log1p(mu / theta) + (mu - x) / (theta + mu));
        }
        double q = (x - mu) / (theta + mu);
        double excess = Math.abs(q) < 1e-3 ? q * q * (-1.0 / 2 + q * (1.0 / 3 - q * (1.0 / 4 - q / 5)))
                : Math.log1p(q) - q;
        double total = x + theta;
        return theta * excess + x / total / 2 + (1 / theta - theta / total / total) / 12;
    }

    /**
     * Against float64, the quotient of gamma functions a sum of logarithms, of digamma functions one of inverses:
     * counts up to 2^24, inverse dispersions from where counts are 0 or huge to the Poisson variable.
     */
    @ParameterizedTest
    @ValueSource(floats = {-86, -20, -5, -1, 0, 0.7f, 1.38f, 1.4f, 2.3f, 4, 7, 11, 16, 25, 40, 80})
    void staysWithinThePromisedErrors(float t) {
        double theta = Math.exp(t);
        SplittableRandom random = new SplittableRandom(3);
        Sum gammas = new Sum();
        Sum digammas = new Sum();
        double worst = 0;
        for (int x = 0; x <= 1 << 24; x++) {
            if (x <= 200 || random.nextInt(x) < 20 || x == 1 << 24) {
                double near = Math.log(x + 1);
                double spread = Math.exp(random.nextDouble(-8, 1));
                for (double mean : new double[] {near, near + random.nextDouble(-spread, spread), random.nextDouble(-30,
                        30)}) {
                    float l = (float) Math.max(mean, t - 86.9);
                    double z = (double) l - t;
                    double mu = Math.exp(l);
                    double p = gammas.sum - x * softplus(-z) - theta * softplus(z);
                    double dl = x * sigmoid(-z) - theta * sigmoid(z);
                    double size = x * sigmoid(-z) + theta * sigmoid(z) + 1;
                    double dt = ofLogInverseDispersion(x, mu, theta, digammas.sum);
                    float[] found = Terms.of(OF, x, l, t);
                    String at = "x = " + x + ", log-mean " + l + ", log-inverse-dispersion " + t + ": ";
                    double error = Math.abs(found[0] - p) / (Math.abs(p) + 1);
                    worst = Math.max(worst, error);
                    assertTrue(error <= OF_TERM, at + found[0] + " instead of " + p);
                    assertTrue(Math.abs(found[1] - dl) <= 0x1p-17 * size, at + "d log-mean " + found[1] + ", not "
                            + dl);
                    assertTrue(Math.abs(found[2] - dt) <= OF_DERIVATIVE * (Math.abs(dt) + 1), at
                            + "d log-inverse-dispersion "
                            + found[2] + ", not " + dt);
                    inflated(at, x, l, t, p, new double[] {dl, size, dt}, (float) random.nextDouble(-10, 10));
                    inflated(at, x, l, t, p, new double[] {dl, size, dt}, (float) random.nextDouble(-200, 200));
                }
            }
            gammas.add(Math.log((theta + x) / (x + 1.0)));
            digammas.add(1 / (theta + x));
        }
        System.out.printf("negative binomial, log-inverse-dispersion %s: worst error 2^%.2f of |log p| + 1%n", t, Math
                .log(worst) / Math.log(2));
    }

    private static void inflated(String of, int x, float l, float t, double p, double[] d, float g) {
        double expected = p - softplus(g);
        double share = 1;
        double dg = -sigmoid(g);
        if (x == 0) {
            expected = Math.max(p, Math.min(g, 0)) + Math.log1p(Math.exp(-Math.abs(p - g)))
                    - Math.log1p(Math.exp(-Math.abs(g)));
            share = sigmoid(p - g);
            dg = sigmoid(-g) - share;
        }
        float[] found = Terms.of(INFLATED, x, l, t, g);
        String at = of + "logit of extra zeros " + g + ": ";
        assertTrue(Math.abs(found[0] - expected) <= OF_TERM * (Math.abs(expected) + 1), at + found[0] + " instead of "
                + expected);
        assertTrue(Math.abs(found[1] - share * d[0]) <= OF_DERIVATIVE * d[1], at + "d log-mean " + found[1]);
        assertTrue(Math.abs(found[2] - share * d[2]) <= OF_DERIVATIVE * (Math.abs(d[2]) + 1), at + "d dispersion "
                + found[2]);
        assertTrue(Math.abs(found[3] - dg) <= OF_DERIVATIVE, at + "d logit " + found[3] + ", not " + dg);
    }

    @Test
    void specialValues() {
        // theta = mu = 1: a geometric variable
        assertEquals((float) -Math.log(2), Terms.of(OF, 0, 0, 0)[0]);
        assertEquals((float) (-4 * Math.log(2)), Terms.of(OF, 3, 0, 0)[0], 1e-6f);
        // half of the zeros are extra ones
        assertEquals((float) Math.log(0.75), Terms.of(INFLATED, 0, 0, 0, 0)[0], 1e-7f);
        // far means are no overflow
        assertTrue(Float.isFinite(Terms.of(OF, 5, -200, 0)[0]));
        assertTrue(Float.isFinite(Terms.of(OF, 5, 200, 0)[0]));
        // no dispersion is too large
        assertArrayEquals(new float[] {0, 0, 0}, Terms.of(OF, 0, 0, -90), 1e-37f);
        float nan = Float.NaN;
        for (float[] each : new float[][] {{nan, 0, 0, 0}, {2, nan, 0, 0}, {2, 0, nan, 0}, {0, nan, 0, 0}, {0, 0, nan,
                0}}) {
            assertArrayEquals(new float[] {nan, nan, nan}, Terms.of(OF, each[0], each[1], each[2]));
            assertEquals(nan, Terms.of(INFLATED, each[0], each[1], each[2], each[3])[0]);
        }
        assertEquals(nan, Terms.of(INFLATED, 0, 0, 0, nan)[0]);
        assertEquals(nan, Terms.of(INFLATED, 2, 0, 0, nan)[3]);
    }

    /** log Gamma(a + x) - log Gamma(a) by Stirling's formula from 30 on, and the recurrence. */
    private static double gammas(double x, double a) {
        return logGamma(x + a) - logGamma(a);
    }

    private static double logGamma(double a) {
        double shift = 0;
        double from = a;
        for (; from < 30; from++) {
            shift += Math.log(from);
        }
        return (from - 0.5) * Math.log(from) - from + 1 / (12 * from) - 1 / (360 * from * from * from) - shift;
    }

    /** What is a function of x alone is left out of the formula. */
    private static double logLikelihood(double x, double[] p) {
        double theta = Math.exp(p[1]);
        return gammas(x, theta) - x * softplus(p[1] - p[0]) - theta * softplus(p[0] - p[1]);
    }

    @Test
    void gradients() {
        Map<Function, Interpreter.Likelihood> formulas = Map.of(Function.NEGATIVE_BINOMIAL,
                NegativeBinomialTest::logLikelihood, Function.ZERO_INFLATED_NEGATIVE_BINOMIAL,
                (x, p) -> logLikelihood(x, p) - softplus(p[2]));
        Graph g = new Graph();
        Value x = g.input("x", 5);
        Value z = g.latent("z", DiagonalGaussian.of("q", x, 2));
        NegativeBinomial p = new NegativeBinomial(Dense.of("log-means", z, 5, Activation.IDENTITY),
                Dense.of("dispersions", z, 5, Activation.IDENTITY));
        g.observe("o", p, Scale.of(x, 7, 1));
        FiniteDifferences.check("negative binomial", g, 7, formulas);
        Graph shared = new Graph();
        Value y = shared.input("x", 5);
        Value s = shared.latent("z", DiagonalGaussian.of("q", y, 2));
        Value logMean = Dense.of("log-means", s, 5, Activation.IDENTITY);
        shared.observe("o", new ZeroInflatedNegativeBinomial(logMean, LearnedRow.of(shared, "dispersion", 5, 2),
                Dense.of("zeros", s, 5, Activation.IDENTITY)), Scale.of(y, 7, 1));
        FiniteDifferences.check("zero-inflated negative binomial", shared, 7, formulas);
        assertEquals("logMean 'log-means' (5 columns) and extraZeros 'row' (4 columns) must have the same number of"
                + " columns", assertThrows(IllegalArgumentException.class, () -> new ZeroInflatedNegativeBinomial(
                        logMean, logMean, LearnedRow.of(shared, "row", 4, 0))).getMessage());
    }

    /** Bytes, two thirds of them zeros. */
    @ParameterizedTest
    @EnumSource(value = LikelihoodKind.class, names = {"NEGATIVE_BINOMIAL", "ZERO_INFLATED_NEGATIVE_BINOMIAL"})
    void aVaeLearns(LikelihoodKind kind) {
        float[] bytes = new float[64 * 60];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = i % 3 != 0 ? 0 : i * 7919 % 256;
        }
        Vae vae = new Vae(VaeSettings.of(60, 8, 30).withLikelihood(kind));
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                Step step = Step.of(vae.graph(), parameters, backend).rows(64).minimise(new Elbo(), new Adam(1e-2))
                        .compile()) {
            step.value(vae.graph().all(Input.class).get(0)).set(bytes);
            step.run(0);
            double first = step.total(Term.Role.LOG_LIKELIHOOD);
            for (int i = 1; i < 200; i++) {
                step.run(i);
            }
            double last = step.total(Term.Role.LOG_LIKELIHOOD);
            assertTrue(last > 0.8 * first, kind + ": from " + first + " to " + last);
        }
    }
}
