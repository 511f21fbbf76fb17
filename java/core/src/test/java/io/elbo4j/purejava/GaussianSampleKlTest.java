package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.BACKEND;
import static io.elbo4j.purejava.Guarded.assertBits;
import static io.elbo4j.purejava.Guarded.assertSame;
import static io.elbo4j.purejava.References.ROUNDING;
import static io.elbo4j.purejava.References.SIZES;
import static io.elbo4j.purejava.References.assertNear;
import static io.elbo4j.purejava.References.derivative;
import static io.elbo4j.purejava.References.gaussian;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ElementType;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.numerics.VarianceKlTest;
import io.elbo4j.operation.GaussianSampleKl.Backward;
import io.elbo4j.operation.GaussianSampleKl.Forward;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GaussianSampleKlTest {
    private static final long SEED = 20_240_917;
    private static final int ROWS = 4;
    private static final float INF = Float.POSITIVE_INFINITY;
    private static final Noise NOISE = new Noise(77, 3).step(12);

    /** One random problem: inputs, outputs, and the same in double precision. */
    private static final class Problem {
        final int d;
        final int samples;
        final float[] m;
        final float[] lv;
        final float[] pm;
        final float[] plv;
        final float[] dz;
        final float[] dKl;
        final float[] weight;
        final Matrix mean;
        final Matrix logVariance;
        final Matrix priorMean;
        final Matrix priorLogVariance;
        final double[] eps;

        Problem(int d, int samples, boolean prior, boolean weighted) {
            this.d = d;
            this.samples = samples;
            int n = ROWS * d;
            m = gaussian(SEED, n, 1.5);
            lv = gaussian(SEED + 1, n, 2);
            pm = prior ? gaussian(SEED + 2, n, 1) : new float[n];
            plv = prior ? gaussian(SEED + 3, n, 1) : new float[n];
            dz = gaussian(SEED + 4, n * samples, 1);
            dKl = gaussian(SEED + 5, ROWS, 1);
            weight = weighted ? gaussian(SEED + 6, d, 1) : null;
            mean = Guarded.matrix(ROWS, d, m);
            logVariance = Guarded.matrix(ROWS, d, lv);
            priorMean = prior ? Guarded.matrix(ROWS, d, pm) : null;
            priorLogVariance = prior ? Guarded.matrix(ROWS, d, plv) : null;
            eps = new double[n * samples];
            for (int i = 0; i < eps.length; i++) {
                eps[i] = References.normal(NOISE.seed(), NOISE.draw(), i / d, i % d);
            }
        }

        int sample(int i, int k) {
            return (i / d * samples + k) * d + i % d;
        }

        static double kl(double m, double lv, double pm, double plv) {
            return 0.5 * ((Math.exp(lv) + (m - pm) * (m - pm)) * Math.exp(-plv) + plv - lv - 1);
        }

        /** What of the loss depends on element i. */
        double loss(int i, double m, double lv, double pm, double plv) {
            double loss = dKl[i / d] * (weight == null ? 1.0 : weight[i % d]) * kl(m, lv, pm, plv);
            for (int k = 0; k < samples; k++) {
                loss += dz[sample(i, k)] * (m + Math.exp(0.5 * lv) * eps[sample(i, k)]);
            }
            return loss;
        }
    }

    @ParameterizedTest
    @CsvSource({"1,false", "3,false", "1,true", "3,true"})
    void forwardAgreesWithDoublePrecision(int samples, boolean prior) {
        for (int d : SIZES) {
            Problem p = new Problem(d, samples, prior, false);
            Guarded z = new Guarded(ROWS * samples, d);
            Guarded kl = new Guarded(ROWS, 1);
            Guarded ratio = new Guarded(ROWS * samples, 1);
            Guarded.assertSplits(ROWS, false,
                    (b, e) -> new Forward(p.mean, p.logVariance, p.priorMean, p.priorLogVariance, NOISE, z.matrix,
                            kl.matrix, ratio.matrix).run(b, e),
                    z, kl, ratio);
            for (int i = 0; i < ROWS * d; i++) {
                double s = Math.exp(0.5 * p.lv[i]);
                for (int k = 0; k < samples; k++) {
                    int j = p.sample(i, k);
                    assertNear(p.m[i] + s * p.eps[j], z.values()[j], 4e-6 * s + ROUNDING * Math.abs(p.m[i]) + 1e-9,
                            "z " + j + " of " + d);
                }
            }
            for (int r = 0; r < ROWS; r++) {
                double sum = 0;
                double magnitude = 0;
                for (int i = r * d; i < (r + 1) * d; i++) {
                    double term = Problem.kl(p.m[i], p.lv[i], p.pm[i], p.plv[i]);
                    sum += term;
                    magnitude += term + Math.abs(p.lv[i]) + Math.abs(p.plv[i]) + 1;
                }
                assertNear(sum, kl.values()[r], 8 * ROUNDING * magnitude, "kl of row " + r + " of " + d);
                for (int k = 0; k < samples; k++) {
                    assertLogRatio(p, r, k, ratio.values()[r * samples + k]);
                }
            }
        }
    }

    /** log p(z) - log q(z) as the difference of two log-densities of z. */
    private static void assertLogRatio(Problem p, int r, int k, float actual) {
        double sum = 0;
        double magnitude = 0;
        for (int i = r * p.d; i < (r + 1) * p.d; i++) {
            double eps = p.eps[p.sample(i, k)];
            double z = p.m[i] + Math.exp(0.5 * p.lv[i]) * eps;
            double logP = -0.5 * (p.plv[i] + (z - p.pm[i]) * (z - p.pm[i]) * Math.exp(-p.plv[i]));
            double logQ = -0.5 * (p.lv[i] + eps * eps);
            sum += logP - logQ;
            magnitude += Math.abs(logP) + Math.abs(logQ) + Math.abs(p.lv[i]) + Math.abs(p.plv[i])
                    + Math.abs(p.m[i]) * Math.abs(z - p.pm[i]) * Math.exp(-p.plv[i]);
        }
        assertNear(sum, actual, 1e-5 * magnitude, "logRatio of row " + r + ", sample " + k + " of " + p.d);
    }

    @ParameterizedTest
    @CsvSource({"1,false,false", "3,false,true", "1,true,true", "3,true,false"})
    void backwardAgreesWithFiniteDifferences(int samples, boolean prior, boolean weighted) {
        for (int d : SIZES) {
            Problem p = new Problem(d, samples, prior, weighted);
            Matrix dz = Guarded.matrix(ROWS * samples, d, p.dz);
            Matrix dKl = Guarded.matrix(ROWS, 1, p.dKl);
            Matrix weight = weighted ? Guarded.matrix(1, d, p.weight) : null;
            Guarded dMean = new Guarded(ROWS, d);
            Guarded dLogVariance = new Guarded(ROWS, d);
            Guarded dPriorMean = new Guarded(ROWS, d);
            Guarded dPriorLogVariance = new Guarded(ROWS, d);
            Guarded.assertSplits(ROWS, false,
                    (b, e) -> new Backward(p.mean, p.logVariance, p.priorMean, p.priorLogVariance, NOISE, dz, dKl,
                            weight, dMean.matrix, dLogVariance.matrix, dPriorMean.matrix, dPriorLogVariance.matrix).run(
                                    b, e),
                    dMean, dLogVariance, dPriorMean, dPriorLogVariance);
            for (int i = 0; i < ROWS * d; i++) {
                int e = i;
                double size = Math.exp(p.lv[i] - p.plv[i]) + Math.exp(0.5 * p.lv[i]) + 1
                        + (p.m[i] - p.pm[i]) * (p.m[i] - p.pm[i]) * Math.exp(-p.plv[i]) + Math.exp(-p.plv[i]);
                String at = " of element " + i + " of " + d;
                assertNear(derivative(x -> p.loss(e, x, p.lv[e], p.pm[e], p.plv[e]), p.m[i]), dMean.values()[i],
                        4e-6 * size, "dMean" + at);
                assertNear(derivative(x -> p.loss(e, p.m[e], x, p.pm[e], p.plv[e]), p.lv[i]), dLogVariance.values()[i],
                        4e-6 * size, "dLogVariance" + at);
                assertNear(derivative(x -> p.loss(e, p.m[e], p.lv[e], x, p.plv[e]), p.pm[i]), dPriorMean.values()[i],
                        4e-6 * size, "dPriorMean" + at);
                assertNear(derivative(x -> p.loss(e, p.m[e], p.lv[e], p.pm[e], x), p.plv[i]),
                        dPriorLogVariance.values()[i], 4e-6 * size, "dPriorLogVariance" + at);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void klWithoutASample(boolean prior) {
        for (int d : SIZES) {
            Problem p = new Problem(d, 0, prior, false);
            Guarded kl = new Guarded(ROWS, 1);
            Guarded.assertSplits(ROWS, false,
                    (b, e) -> new Forward(p.mean, p.logVariance, p.priorMean, p.priorLogVariance, NOISE, null,
                            kl.matrix, null).run(b, e),
                    kl);
            Guarded ofSample = new Guarded(ROWS, 1);
            new Forward(p.mean, p.logVariance, p.priorMean, p.priorLogVariance, NOISE, new Guarded(ROWS, d).matrix,
                    ofSample.matrix, null).run(0, ROWS);
            assertBits(ofSample.values(), kl.values(), "kl of " + d);

            Matrix dKl = Guarded.matrix(ROWS, 1, p.dKl);
            Guarded[] gradients = {new Guarded(ROWS, d), new Guarded(ROWS, d), new Guarded(ROWS, d),
                    new Guarded(ROWS, d)};
            Guarded.assertSplits(ROWS, false,
                    (b, e) -> new Backward(p.mean, p.logVariance, p.priorMean, p.priorLogVariance, NOISE, null, dKl,
                            null, gradients[0].matrix, gradients[1].matrix, gradients[2].matrix, gradients[3].matrix)
                            .run(b, e),
                    gradients);
            for (int i = 0; i < ROWS * d; i++) {
                double w = p.dKl[i / d];
                double precision = Math.exp(-p.plv[i]);
                double difference = p.m[i] - p.pm[i];
                double ratio = Math.exp(p.lv[i]) * precision;
                double quadratic = ratio + difference * difference * precision;
                double[] expected = {w * difference * precision, w / 2 * (ratio - 1), -w * difference * precision,
                        w / 2 * (1 - quadratic)};
                for (int g = 0; g < 4; g++) {
                    assertNear(expected[g], gradients[g].values()[i],
                            16 * ROUNDING * Math.abs(w) * (1 + quadratic + Math.abs(difference) * precision),
                            "gradient " + g + " of element " + i + " of " + d);
                }
            }
        }
    }

    @Test
    void nullOptionsChangeNothingElse() {
        Problem p = new Problem(33, 3, true, false);
        Guarded z = new Guarded(ROWS * 3, 33);
        Guarded kl = new Guarded(ROWS, 1);
        new Forward(p.mean, p.logVariance, p.priorMean, p.priorLogVariance, NOISE, z.matrix, kl.matrix, new Guarded(ROWS
                * 3, 1).matrix).run(0, ROWS);
        float[] zWithRatio = z.values();
        float[] klWithRatio = kl.values();
        new Forward(p.mean, p.logVariance, p.priorMean, p.priorLogVariance, NOISE, z.matrix, kl.matrix, null).run(0,
                ROWS);
        assertBits(zWithRatio, z.values(), "z without logRatio");
        assertBits(klWithRatio, kl.values(), "kl without logRatio");

        Matrix dz = Guarded.matrix(ROWS * 3, 33, p.dz);
        Matrix dKl = Guarded.matrix(ROWS, 1, p.dKl);
        Guarded[] with = {new Guarded(ROWS, 33), new Guarded(ROWS, 33)};
        Guarded[] without = {new Guarded(ROWS, 33), new Guarded(ROWS, 33)};
        new Backward(p.mean, p.logVariance, p.priorMean, p.priorLogVariance, NOISE, dz, dKl, null, with[0].matrix,
                with[1].matrix, new Guarded(ROWS, 33).matrix, new Guarded(ROWS, 33).matrix).run(0, ROWS);
        new Backward(p.mean, p.logVariance, p.priorMean, p.priorLogVariance, NOISE, dz, dKl, null, without[0].matrix,
                without[1].matrix, null, null).run(0, ROWS);
        assertBits(with[0].values(), without[0].values(), "dMean");
        assertBits(with[1].values(), without[1].values(), "dLogVariance");
    }

    /** A prior row of stride 0 is the prior of every row, and zeros are the standard normal to the bit. */
    @Test
    void repeatedPriorOfZerosIsTheStandardNormal() {
        Problem p = new Problem(129, 1, false, false);
        Matrix zeros = Guarded.matrix(1, 129, new float[129]).repeatRow(ROWS);
        Matrix dz = Guarded.matrix(ROWS, 129, p.dz);
        Matrix dKl = Guarded.matrix(ROWS, 1, p.dKl);
        float[][] results = new float[2][];
        for (int i = 0; i < 2; i++) {
            Matrix prior = i == 0 ? null : zeros;
            Guarded all = new Guarded(ROWS, 4 * 129 + 2);
            Matrix m = all.matrix;
            new Forward(p.mean, p.logVariance, prior, prior, NOISE, m.columns(0, 129), m.columns(516, 517), m.columns(
                    517, 518)).run(0, ROWS);
            new Backward(p.mean, p.logVariance, prior, prior, NOISE, dz, dKl, null, m.columns(129, 258), m.columns(258,
                    387), m.columns(387, 516), null).run(0, ROWS);
            results[i] = all.values();
        }
        assertBits(results[0], results[1], "standard normal, zeros");
    }

    /** mean, log-variance, and what z and kl are for a standard normal prior; eps is not 0. */
    @Test
    void specialValues() {
        double eps = References.normal(NOISE.seed(), NOISE.draw(), 0, 0);
        float toInfinity = eps > 0 ? INF : -INF;
        assertForward(3, -INF, 3, INF);
        assertForward(3, -200, 3, 0.5f * (9 + 200 - 1));
        assertForward(-0.0f, -400, (float) (0 * eps), 0.5f * 399);
        assertForward(1, 200, toInfinity, INF);
        assertForward(1, INF, toInfinity, Float.NaN);
        assertForward(1, Float.NaN, Float.NaN, Float.NaN);
        assertForward(Float.NaN, 0, Float.NaN, Float.NaN);
        assertForward(INF, 0, INF, INF);
        assertForward(-INF, 0, -INF, INF);
        assertForward(1e30f, 0, 1e30f, INF);
        assertForward(Float.MIN_VALUE, -400, Float.MIN_VALUE, 0.5f * 399);
    }

    private static void assertForward(float m, float lv, float expectedZ, float expectedKl) {
        Guarded z = new Guarded(1, 1);
        Guarded kl = new Guarded(1, 1);
        new Forward(Guarded.matrix(1, 1, m), Guarded.matrix(1, 1, lv), null, null, NOISE, z.matrix, kl.matrix, null)
                .run(0, 1);
        assertSame(expectedZ, z.values()[0], "z of mean " + m + ", logVariance " + lv);
        assertSame(expectedKl, kl.values()[0], "kl of mean " + m + ", logVariance " + lv);
    }

    /** What the Javadoc of the operation promises of an element. */
    private static void assertAccurate(float m, float lv, float pm, float plv) {
        Guarded kl = new Guarded(1, 1);
        new Forward(Guarded.matrix(1, 1, m), Guarded.matrix(1, 1, lv), Guarded.matrix(1, 1, pm), Guarded.matrix(1, 1,
                plv), NOISE, null, kl.matrix, null).run(0, 1);
        double x = (double) lv - plv;
        double d = (double) m - pm;
        double expected = 0.5 * (d * d * Math.exp(-plv) + VarianceKlTest.reference(x));
        float actual = kl.values()[0];
        String of = "kl of N(" + m + ", exp " + lv + ") to N(" + pm + ", exp " + plv + ")";
        assertTrue(actual >= 0, of + " is " + actual);
        assertNear(expected, actual, 9e-6 * Math.max(expected, 1e-12), of);
    }

    @Test
    void klOfExtremeVariancesIsRightWhereItIsModerate() {
        for (float[] logVariances : new float[][] {{88, 88}, {85, 90}, {90, 85}, {90, 90}, {-90, -90}, {-90, -85},
                {170, 172}, {-170, -168}, {0, 60}, {170, 90}}) {
            assertAccurate(0, logVariances[0], 0, logVariances[1]);
            assertAccurate(3, logVariances[0], 2, Math.max(0, logVariances[1]));
        }
        assertAccurate(1e-15f, -70, 2e-15f, -70);
    }

    @Test
    void klNearZeroIsAccurateRelativelyAndNeverNegative() {
        Random random = new Random(SEED);
        for (int i = 0; i < 100_000; i++) {
            float plv = i % 3 == 0 ? 0 : (float) (3 * random.nextGaussian());
            float pm = i % 2 == 0 ? 0 : (float) random.nextGaussian();
            float lv = (float) (plv + Math.pow(10, -7 + 8 * random.nextDouble()) * (random.nextBoolean() ? 1 : -1));
            float m = random.nextBoolean() ? pm : (float) (pm + Math.pow(10, -7 + 8 * random.nextDouble()));
            assertAccurate(m, lv, pm, plv);
        }
    }

    /** log p(z) - log q(eps), where p is asked of the z that a decoder gets. */
    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void logRatioIsOfTheStoredSample(ElementType type) {
        int d = 33;
        try (Matrix mean = BACKEND.matrix(1, d, type); Matrix logVariance = BACKEND.matrix(1, d, type);
                Matrix z = BACKEND.matrix(1, d, type)) {
            float[] m = new float[d];
            Arrays.fill(m, 300);
            float[] lv = new float[d];
            Arrays.fill(lv, -4);
            mean.set(m);
            logVariance.set(lv);
            Guarded ratio = new Guarded(1, 1);
            new Forward(mean, logVariance, null, null, NOISE, z, new Guarded(1, 1).matrix, ratio.matrix).run(0, 1);
            double expected = 0;
            double ofUnrounded = 0;
            float[] stored = z.toArray();
            for (int i = 0; i < d; i++) {
                double eps = References.normal(NOISE.seed(), NOISE.draw(), 0, i);
                double unrounded = 300 + Math.exp(-2) * eps;
                expected += 0.5 * (eps * eps - 4 - (double) stored[i] * stored[i]);
                ofUnrounded += 0.5 * (eps * eps - 4 - unrounded * unrounded);
            }
            assertNear(expected, ratio.values()[0], 1e-6 * Math.abs(expected), "log ratio");
            assertTrue(Math.abs(expected - ofUnrounded) > 1e-5 * Math.abs(expected), "rounding is not seen here");
        }
    }

    @Test
    void klOfTheStandardNormalIsPositiveZero() {
        assertForwardKl(0, 0, 0);
        assertForwardKl(-0.0f, -0.0f, 0);
        assertForwardKl(2, 0, 2);
    }

    private static void assertForwardKl(float m, float lv, float expectedKl) {
        Guarded kl = new Guarded(1, 1);
        new Forward(Guarded.matrix(1, 1, m), Guarded.matrix(1, 1, lv), null, null, NOISE, new Guarded(1, 1).matrix,
                kl.matrix, null).run(0, 1);
        assertSame(expectedKl, kl.values()[0], "kl of mean " + m + ", logVariance " + lv);
    }
}
