package io.elbo4j.control.dynamics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.control.environment.Fork;
import io.elbo4j.control.environment.Pendulum;
import io.elbo4j.purejava.JavaBackend;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Against lines in float64, and a pendulum seen with noise. */
class KStepTest {
    private final Backend backend = new JavaBackend(1);

    private static KStep.Settings line(int steps, int updates) {
        return new KStep.Settings(List.of(), steps, 64, updates, 0.02, 1);
    }

    /** s' = A s + B a, of two columns, seen with normal noise. */
    private static Trajectories linear(int episodes, int length, double[][] a, double[] b, double noise, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] observations = new float[episodes * (length + 1) * 2];
        float[] actions = new float[episodes * length];
        for (int e = 0; e < episodes; e++) {
            double[] s = {random.nextGaussian(), random.nextGaussian()};
            for (int t = 0; t <= length; t++) {
                for (int c = 0; c < 2; c++) {
                    observations[(e * (length + 1) + t) * 2 + c] = (float) (s[c] + noise * random.nextGaussian());
                }
                if (t < length) {
                    double u = random.nextGaussian();
                    actions[e * length + t] = (float) u;
                    s = new double[] {a[0][0] * s[0] + a[0][1] * s[1] + b[0] * u, a[1][0] * s[0] + a[1][1] * s[1] + b[1]
                            * u};
                }
            }
        }
        return new Trajectories(episodes, length, observations, actions);
    }

    @Test
    void whatIsLinearIsFoundExactlyAndFollowed() {
        double[][] a = {{0.9, 0.2}, {-0.1, 0.8}};
        double[] b = {0.3, -0.5};
        Trajectories data = linear(10, 50, a, b, 0, 1);
        for (int k : new int[] {1, 4}) {
            try (KStep model = new KStep(line(k, 1500), data, backend, 1)) {
                float[] actions = {1, -2, 0.5f, 0, 3, 1};
                float[] found = model.predict(new float[] {1, -1, 0.5f, 2}, actions, 3);
                for (int r = 0; r < 2; r++) {
                    double[] s = r == 0 ? new double[] {1, -1} : new double[] {0.5, 2};
                    for (int t = 0; t < 3; t++) {
                        double u = actions[3 * r + t];
                        s = new double[] {a[0][0] * s[0] + a[0][1] * s[1] + b[0] * u, a[1][0] * s[0] + a[1][1] * s[1]
                                + b[1] * u};
                        assertEquals(s[0], found[(3 * r + t) * 2], 2e-3, "K = " + k + ", row " + r + ", step " + t);
                        assertEquals(s[1], found[(3 * r + t) * 2 + 1], 2e-3, "K = " + k + ", row " + r + ", step " + t);
                    }
                }
            }
        }
    }

    /**
     * Errors in variables (Fuller 1987, section 1.1): the slope of s' on a noisy s is too small by the share of the
     * noise in its variance. Through several steps what it starts from is the smaller part of what it has to explain.
     */
    @Test
    void noiseFlattensOneStepAndSeveralLess() {
        double[][] a = {{0.95, 0}, {0, 0.95}};
        Trajectories clean = linear(40, 100, a, new double[] {0.3, 0.3}, 0, 2);
        Trajectories noisy = linear(40, 100, a, new double[] {0.3, 0.3}, 0.4, 2);
        double variance = 0;
        for (float s : clean.observations()) {
            variance += s * s / clean.observations().length;
        }
        double one = slope(noisy, 1);
        double five = slope(noisy, 5);
        System.out.printf("slopes of 0.95, seed 2: %.4f by one step, %.4f by five%n", one, five);
        // pushed alike, both columns soon have one state, of which their mean has half of the noise's variance
        double expected = 0.95 * variance / (variance + 0.4 * 0.4 / 2);
        assertEquals(expected, one, 0.02);
        assertTrue(Math.abs(five - 0.95) < 0.6 * (0.95 - one), "five steps " + five);
    }

    /** Of the sum of both columns on itself: starts that differ by 1 in both. */
    private double slope(Trajectories data, int k) {
        try (KStep model = new KStep(line(k, 1500), data, backend, 1)) {
            float[] next = model.predict(new float[] {0, 0, 1, 1}, new float[2], 1);
            return (next[2] + next[3] - next[0] - next[1]) / 2;
        }
    }

    /** From one episode to the next the number jumps by 1,000: in no window. */
    @Test
    void noWindowIsOfTwoEpisodes() {
        int length = 6;
        float[] observations = new float[2 * (length + 1)];
        float[] actions = new float[2 * length];
        for (int i = 0; i < observations.length; i++) {
            observations[i] = i % (length + 1) + 1000 * (i / (length + 1));
        }
        for (int i = 0; i < actions.length; i++) {
            actions[i] = i * 7 % 5;
        }
        for (int k : new int[] {1, 3, length}) {
            try (KStep model = new KStep(line(k, 1500), new Trajectories(2, length, observations, actions), backend,
                    1)) {
                float[] found = model.predict(new float[] {0, 1003}, new float[] {1, 2, 3, 4}, 2);
                assertArrayEquals(new float[] {1, 2, 1004, 1005}, found, 0.5f, "K = " + k);
            }
        }
    }

    @Test
    void everySettingHasASay() {
        Trajectories data = Trajectories.ofRandomActions(new Pendulum(), 2, 20, 1);
        Set<Integer> all = new HashSet<>();
        KStep.Settings[] settings = {new KStep.Settings(List.of(4), 2, 8, 10, 1e-2, 1), new KStep.Settings(List.of(5),
                2,
                8, 10, 1e-2, 1), new KStep.Settings(List.of(4), 3, 8, 10, 1e-2, 1), new KStep.Settings(List.of(4), 2, 9,
                        10, 1e-2, 1), new KStep.Settings(List.of(4), 2, 8, 11, 1e-2, 1), new KStep.Settings(List.of(4),
                                2, 8, 10, 2e-2, 1), new KStep.Settings(List.of(4), 2, 8, 10, 1e-2, 1e-9)};
        for (KStep.Settings each : settings) {
            assertTrue(all.add(hash(each, data, 1)), each.toString());
        }
        assertTrue(!all.add(hash(settings[0], data, 1)), "again");
        assertTrue(all.add(hash(settings[0], data, 2)), "the seed");
        assertTrue(all.add(hash(settings[0], data.withNoise(0.1, 1), 1)), "the data");
    }

    private int hash(KStep.Settings settings, Trajectories data, long seed) {
        try (KStep model = new KStep(settings, data, backend, seed)) {
            return Arrays.hashCode(model.predict(new float[] {1, 0, 0.5f}, new float[] {0.3f, -1}, 2));
        }
    }

    @Test
    void noiseHasItsShareAndItsSeed() {
        Trajectories clean = Trajectories.ofRandomActions(new Pendulum(), 10, 200, 1);
        Trajectories noisy = clean.withNoise(0.1, 3);
        for (int c = 0; c < 3; c++) {
            double[] sums = new double[3];
            int rows = clean.observations().length / 3;
            for (int r = 0; r < rows; r++) {
                double s = clean.observations()[3 * r + c];
                double e = noisy.observations()[3 * r + c] - s;
                sums[0] += s / rows;
                sums[1] += s * s / rows;
                sums[2] += e * e / rows;
            }
            double share = Math.sqrt(sums[2] / (sums[1] - sums[0] * sums[0]));
            assertEquals(0.1, share, 0.1 * 4 / Math.sqrt(2.0 * rows), "column " + c);
        }
        assertArrayEquals(clean.actions(), noisy.actions());
        assertTrue(!Arrays.equals(noisy.observations(), clean.withNoise(0.1, 4).observations()));
        assertArrayEquals(Arrays.copyOf(clean.actions(), 400), Trajectories.ofRandomActions(new Pendulum(), 2, 200, 1)
                .actions());
    }

    /** The gates: with 10 % noise 30 % less, 8 % from noisy starts, and without noise at most 15 % more. */
    @Test
    void throughFiveStepsNoiseDoesLessHarm() {
        for (long seed = 0; seed < (Boolean.getBoolean("elbo4j.exhaustive") ? 3 : 1); seed++) {
            KStepStudy clean = KStepStudy.of(0, backend, seed);
            KStepStudy noisy = KStepStudy.of(0.1, backend, seed);
            System.out.printf("pendulum, seed %d, 25 steps ahead, K = 1 and 5: %.3f %.3f without noise, %.3f %.3f with"
                    + " 10 %%; from noisy starts %.3f %.3f%n", seed, clean.one(), clean.five(), noisy.one(), noisy
                            .five(), noisy.oneFromNoise(), noisy.fiveFromNoise());
            assertTrue(noisy.five() <= 0.7 * noisy.one(), "with noise " + noisy);
            assertTrue(clean.five() <= 1.15 * clean.one(), "without noise " + clean);
            assertTrue(noisy.fiveFromNoise() <= 0.92 * noisy.oneFromNoise(), "from noisy starts " + noisy);
        }
    }

    @Test
    void badArgumentsAreNamed() {
        refused("steps must be at least 1, not 0", () -> new KStep.Settings(List.of(), 0, 1, 1, 1, 1));
        refused("maximumNorm must be above 0, also as a float32, not 0.0", () -> new KStep.Settings(List.of(), 1, 1, 1,
                1, 0));
        refused("observations must be equally many numbers for each of 3 rows, not 4", () -> new Trajectories(1, 2,
                new float[4], new float[2]));
        Trajectories data = Trajectories.ofRandomActions(new Pendulum(), 1, 3, 1);
        refused("steps must be at most the length of the episodes, 3, not 4", () -> new KStep(line(4, 1), data, backend,
                1));
        refused("length must be so small that no episode terminates; one does after 20, not 30", () -> Trajectories
                .ofRandomActions(new Fork(), 20, 30, 1));
        try (KStep model = new KStep(line(1, 1), data, backend, 1)) {
            refused("starts must be rows of 3 numbers, not 4", () -> model.predict(new float[4], new float[1], 1));
            refused("actions must be 2 numbers, not 3", () -> model.predict(new float[3], new float[3], 2));
        }
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }
}
