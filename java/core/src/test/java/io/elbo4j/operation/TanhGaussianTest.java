package io.elbo4j.operation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.purejava.JavaBackend;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the formulas in float64, with the bounds that the operation states. */
class TanhGaussianTest {
    private static final int ROWS = 40;
    private static final long SEED = 20_261_130;
    private static final double E = 0x1p-21;

    /** In float64, of one element. */
    private record Element(double s, double eps, double sigma, double u) {
        static Element of(double mean, double s, double eps) {
            double sigma = Math.exp(-5 + 3.5 * (Math.tanh(s) + 1));
            return new Element(s, eps, sigma, mean + sigma * eps);
        }

        /** log N(u) - log(1 - tanh(u)^2), the difference as 1 / cosh(u)^2. */
        double logProbability() {
            double logCosh = Math.abs(u) + Math.log1p(Math.exp(-2 * Math.abs(u))) - Math.log(2);
            return -eps * eps / 2 - Math.log(sigma) - Math.log(2 * Math.PI) / 2 + 2 * logCosh;
        }

        double spread() {
            return sigma * Math.abs(eps);
        }
    }

    private static float[] normals(Random random, int count, double deviation) {
        float[] all = new float[count];
        for (int i = 0; i < count; i++) {
            all[i] = (float) (deviation * random.nextGaussian());
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 17, 600})
    void isNearFloat64(int columns) {
        Random random = new Random(SEED + columns);
        int n = ROWS * columns;
        float[] mean = normals(random, n, 4);
        float[] spread = normals(random, n, 1.5);
        float[] dAction = normals(random, n, 1);
        float[] dLog = normals(random, ROWS, 1);
        Noise noise = new Noise(SEED, 3).step(17).firstRow(5);
        try (Backend b = new JavaBackend(1)) {
            Matrix eps = b.matrix(ROWS, columns);
            RandomFill.normal(noise, eps).run();
            float[] drawn = eps.toArray();
            Matrix both = b.matrix(ROWS, columns + 1);
            Matrix m = b.matrix(ROWS, columns).set(mean);
            Matrix s = b.matrix(ROWS, columns).set(spread);
            TanhGaussian.forward(m, s, noise, both.columns(0, columns), both.columns(columns, columns + 1)).run();
            Matrix dMean = b.matrix(ROWS, columns);
            Matrix dSpread = b.matrix(ROWS, columns);
            TanhGaussian.backward(m, s, noise, b.matrix(ROWS, columns).set(dAction), b.matrix(ROWS, 1).set(dLog), dMean,
                    dSpread).run();
            float[] action = both.columns(0, columns).toArray();
            float[] logs = both.columns(columns, columns + 1).toArray();
            double worst = 0;
            for (int r = 0; r < ROWS; r++) {
                double sum = 0;
                double bound = 0;
                for (int i = r * columns; i < (r + 1) * columns; i++) {
                    Element x = Element.of(mean[i], spread[i], drawn[i]);
                    double q = x.spread();
                    double size = Math.abs(x.u());
                    worst = Math.max(worst, near(Math.tanh(x.u()), action[i], E * (0.3 + 1.5 * q + size / 10),
                            "action " + i));
                    sum += x.logProbability();
                    bound += E * (2 + 3 * q + size / 2 + x.eps() * x.eps() / 4) + 0x1p-23 * Math.abs(x
                            .logProbability());
                    worst = Math.max(worst, gradients(x, dAction[i], dLog[r], dMean.toArray()[i], dSpread.toArray()[i],
                            i));
                }
                worst = Math.max(worst, near(sum, logs[r], bound + Math.ulp(logs[r]) / 2, "row " + r));
            }
            System.out.printf("tanh Gaussian, %d columns, seed %d: at most %.2f of the bounds%n", columns, SEED
                    + columns, worst);
        }
    }

    private static double gradients(Element x, double da, double dp, float dMean, float dSpread, int i) {
        double q = x.spread();
        double squashed = 1 / Math.pow(Math.cosh(x.u()), 2);
        double du = da * squashed + dp * 2 * Math.tanh(x.u());
        double ds = 3.5 / Math.pow(Math.cosh(x.s()), 2) * (du * x.sigma() * x.eps() - dp);
        double size = Math.abs(da) + Math.abs(dp);
        return Math.max(near(du, dMean, 3 * E * size * (1 + q), "dMean " + i), near(ds, dSpread, 14 * E * size * (1 + q)
                * (1 + q), "dSpread " + i));
    }

    /** Returns what of the bound the error is. */
    private static double near(double expected, double actual, double bound, String what) {
        double share = Math.abs(expected - actual) / bound;
        assertTrue(share <= 1, () -> what + ": " + expected + ", not " + actual + ", seed " + SEED);
        return share;
    }

    /** The gradients of a loss, by central differences of the forward pass in float64. */
    @Test
    void gradientsAreThoseOfTheFormula() {
        double h = 1e-5;
        for (double mean : new double[] {-3, -0.2, 0, 1.7}) {
            for (double s : new double[] {-2, 0.3, 1}) {
                double eps = 0.7;
                Element x = Element.of(mean, s, eps);
                double da = 0.4;
                double dp = -1.3;
                double byMean = (loss(mean + h, s, eps, da, dp) - loss(mean - h, s, eps, da, dp)) / (2 * h);
                double bySpread = (loss(mean, s + h, eps, da, dp) - loss(mean, s - h, eps, da, dp)) / (2 * h);
                gradients(x, da, dp, (float) byMean, (float) bySpread, 0);
            }
        }
    }

    private static double loss(double mean, double s, double eps, double da, double dp) {
        Element x = Element.of(mean, s, eps);
        return da * Math.tanh(x.u()) + dp * x.logProbability();
    }

    @Test
    void specialValues() {
        float inf = Float.POSITIVE_INFINITY;
        float[] mean = {Float.NaN, inf, -inf, 1e30f, -1e30f, 40, 0, 0, 0};
        float[] spread = {0, 0, 0, 0, 0, -100, Float.NaN, inf, -inf};
        int n = mean.length;
        try (Backend b = new JavaBackend(1)) {
            Matrix m = b.matrix(n, 1).set(mean);
            Matrix s = b.matrix(n, 1).set(spread);
            Matrix action = b.matrix(n, 1);
            Matrix log = b.matrix(n, 1);
            Noise noise = new Noise(SEED, 1);
            TanhGaussian.forward(m, s, noise, action, log).run();
            float[] a = action.toArray();
            float[] p = log.toArray();
            assertArrayEquals(new float[] {Float.NaN, 1, -1, 1, -1, 1, Float.NaN}, java.util.Arrays.copyOf(a, 7));
            assertTrue(Float.isNaN(p[0]) && p[1] == inf && p[2] == inf && Float.isNaN(p[6]));
            assertEquals(2e30f, p[3], 1e24f);
            assertEquals(2e30f, p[4], 1e24f);
            assertTrue(p[5] > 70 && p[5] < 84, () -> "a mean of 40: " + p[5]);
            IntStream.of(7, 8).forEach(i -> assertTrue(Float.isFinite(a[i]) && Float.isFinite(p[i])));
            Matrix dMean = b.matrix(n, 1);
            Matrix dSpread = b.matrix(n, 1);
            Matrix ones = b.matrix(n, 1);
            Rows.fill(1, ones).run();
            TanhGaussian.backward(m, s, noise, ones, ones, dMean, dSpread).run();
            float[] dm = dMean.toArray();
            assertTrue(Float.isNaN(dm[0]) && Float.isNaN(dm[6]));
            assertArrayEquals(new float[] {2, -2, 2, -2, 2}, java.util.Arrays.copyOfRange(dm, 1, 6));
            IntStream.of(7, 8).forEach(i -> assertEquals(0, Math.abs(dSpread.toArray()[i])));
        }
    }
}
