package io.elbo4j.train.ascent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.exact.FactorAnalysis;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.LinearGaussian;
import io.elbo4j.train.picture.Lines.Series;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AscentTest {
    private static final long SEED = 1;

    private static Map<String, double[]> byName(List<Series> curves) {
        curves.forEach(c -> System.out.printf("seed %d, %s: %s%n", SEED, c.name(), Arrays.toString(c.y())));
        return curves.stream().collect(Collectors.toMap(Series::name, Series::y));
    }

    private static double last(double[] of) {
        return of[of.length - 1];
    }

    private static void assertRises(double[] values) {
        for (int i = 1; i < values.length; i++) {
            assertTrue(values[i] >= values[i - 1] - 1e-12, "seed " + SEED + ": " + Arrays.toString(values));
        }
    }

    private static void assertBelow(double[] lower, double[] upper) {
        for (int i = 0; i < lower.length; i++) {
            assertTrue(lower[i] <= upper[i], "seed " + SEED + ": " + lower[i] + " and " + upper[i]);
        }
    }

    @Test
    void bothWaysUpAMixtureEndWhereItsClustersAre() {
        AscentSettings settings = AscentSettings.of(SEED);
        Map<String, double[]> by;
        try (Backend backend = new JavaBackend(1)) {
            by = byName(MixtureAscent.of(settings, backend));
        }
        double[] em = by.get("log p(x), EM");
        assertRises(em);
        assertEquals(last(em), last(by.get("log p(x), gradient")), 1e-3);
        // the classes of the points are nearly certain, so that their entropy is small, and never negative
        assertBelow(by.get("expected log-likelihood, EM"), em);
        // log p(x) of the law that the points were drawn from is, up to the overlap, log 1/3 less the entropy of one
        double drawn = -Math.log(3) - Math.log(2 * Math.PI * Math.E * 0.8 * 0.4);
        assertEquals(drawn, last(em), 0.1);
    }

    @Test
    void threeWaysUpALinearGaussianModelEndAtOneMaximum() {
        AscentSettings settings = AscentSettings.of(SEED);
        Map<String, double[]> by;
        try (Backend backend = new JavaBackend(1)) {
            by = byName(LinearGaussianAscent.of(settings, backend));
        }
        double[] em = by.get("log p(x), EM");
        assertRises(em);
        assertEquals(last(em), last(by.get("log p(x), gradient")), 0.02);
        assertEquals(last(em), last(by.get("log p(x), gradient of the ELBO")), 0.02);
        assertBelow(by.get("ELBO"), by.get("log p(x), gradient of the ELBO"));
        assertEquals(last(em), last(by.get("ELBO")), 0.02);
        double[] kl = by.get("KL(q || p(z | x))");
        for (int i = 0; i < kl.length; i++) {
            assertTrue(kl[i] >= 0);
            assertEquals(by.get("log p(x), gradient of the ELBO")[i], by.get("ELBO")[i] + kl[i], 1e-10);
        }
        // the entropy of p(z given x), N(., 1 / (1 + sum of w^2 / v)), with w = 1, 2, 3 and v = 1/4 of which was drawn
        assertEquals(Math.log(2 * Math.PI * Math.E / (1 + 14 / 0.25)) / 2, last(em) - last(by.get(
                "expected log-likelihood, EM")), 0.1);
    }

    /** Adam's first step is the rate, up or down, whatever the size of a slope: here of numeric ones. */
    @Test
    void theGradientOfALinearGaussianModelIsFollowedByAdam() {
        double rate = 0.02;
        LinearGaussian model = new LinearGaussian(new LinearGaussian.Settings(3, 1, 0.05));
        double[][] data = LinearGaussianAscent.data(100, SEED);
        try (Backend backend = new JavaBackend(1);
                Parameters p = new Parameters(backend, model.graph().parameters(), SEED)) {
            FactorAnalysis start = model.exact(p);
            double[] up = new double[9];
            for (int i = 0; i < up.length; i++) {
                double[] by = new double[9];
                by[i] = 1e-5;
                double above = start.moved(by).logMarginal(data);
                by[i] = -1e-5;
                up[i] = above > start.moved(by).logMarginal(data) ? rate : -rate;
            }
            FactorAnalysis next = new FactorAnalysis(new double[][] {{start.weight()[0][0] + up[0], start
                    .weight()[0][1] + up[1], start.weight()[0][2] + up[2]}}, new double[] {start.mean()[0] + up[3],
                            start.mean()[1] + up[4], start.mean()[2] + up[5]},
                    new double[] {start.variance()[0] * Math.exp(up[6]), start.variance()[1] * Math.exp(up[7]), start
                            .variance()[2] * Math.exp(up[8])});
            double[] found = byName(LinearGaussianAscent.of(new AscentSettings(100, 1, rate, SEED), backend)).get(
                    "log p(x), gradient");
            assertEquals(next.logMarginal(data), last(found), 1e-5);
        }
    }

    @Test
    void stepsAreFiveForEachFactorOfTenAndTheLast() {
        Function<Integer, double[]> steps = last -> {
            Climb climb = new Climb(last);
            climb.go("way", 0, at -> at + 1, List.of(new Climb.Quantity<>("steps", at -> at)));
            Series series = climb.series().get(0);
            assertArrayEquals(series.x(), series.y());
            return series.x();
        };
        assertArrayEquals(new double[] {1}, steps.apply(1));
        assertArrayEquals(new double[] {1, 2, 3, 4, 5}, steps.apply(5));
        assertArrayEquals(new double[] {1, 2, 3, 4, 6, 10, 16, 25, 40, 63, 100}, steps.apply(100));
    }

    @Test
    void aRateThatIsTooLargeIsSaid() {
        try (Backend backend = new JavaBackend(1)) {
            assertEquals("the gradient of log p(x) flew off to infinity in step 1: a smaller learning rate keeps"
                    + " it", assertThrows(IllegalArgumentException.class, () -> LinearGaussianAscent.of(
                            new AscentSettings(50, 10, 1e3, SEED), backend)).getMessage());
            assertTrue(assertThrows(IllegalArgumentException.class, () -> MixtureAscent.of(new AscentSettings(50, 10,
                    1e30, SEED), backend)).getMessage().startsWith("the gradient of log p(x) flew off to infinity"));
        }
    }

    @Test
    void settingsThatSayNothingAreRefused() {
        refused("points must be at least 1, not 0", 0, 1, 1);
        refused("steps must be at least 1, not 0", 1, 0, 1);
        refused("learningRate must be a finite number above 0, not 0.0", 1, 1, 0);
        refused("learningRate must be a finite number above 0, not NaN", 1, 1, Double.NaN);
    }

    private static void refused(String message, int points, int steps, double rate) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> new AscentSettings(points, steps, rate,
                0)).getMessage());
    }
}
