package io.elbo4j.train.posterior;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScoreMatchingTest {
    private static double[][] banana(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[][] data = new double[count][2];
        for (double[] z : data) {
            z[0] = random.nextGaussian();
            z[1] = 0.25 * (z[0] * z[0] - 1) + 0.5 * random.nextGaussian();
        }
        return data;
    }

    private static Moments moments(double[][] draws) {
        Moments.Sum sum = new Moments.Sum(2);
        for (double[] z : draws) {
            sum.add(z, 1);
        }
        return sum.moments();
    }

    /** Variances 1 and 0.375, and each the noise's 0.01; bent, as E z1^2 z2 = 0.25 E z1^2 (z1^2 - 1) = 0.5. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void drawsAreLikeTheData(long seed) {
        try (Backend backend = Backends.open("java", 2);
                ScoreMatching matching = new ScoreMatching(banana(20_000, seed), ScoreSettings.of(seed), backend)) {
            double[][] draws = matching.draw(4000);
            Moments found = moments(draws);
            double bent = Arrays.stream(draws).mapToDouble(z -> z[0] * z[0] * z[1]).average().orElseThrow();
            System.out.printf("seed %d: mean %.3f %.3f, covariance %.3f %.3f %.3f, bent %.3f%n", seed, found.mean()[0],
                    found.mean()[1], found.covariance()[0][0], found.covariance()[0][1], found.covariance()[1][1],
                    bent);
            assertEquals(0, found.meanError(new Moments(new double[2], new double[2][2])), 0.1);
            assertEquals(1.01, found.covariance()[0][0], 0.15);
            assertEquals(0, found.covariance()[0][1], 0.1);
            assertEquals(0.385, found.covariance()[1][1], 0.06);
            assertEquals(0.5, bent, 0.15);
        }
    }

    /** Of Gaussian data with variances 1 and 4: -z / (variance + deviation^2). */
    @Test
    void scoresAreThoseOfTheDataWithNoise() {
        SplittableRandom random = new SplittableRandom(4);
        double[][] data = new double[20_000][];
        for (int i = 0; i < data.length; i++) {
            data[i] = new double[] {random.nextGaussian(), 2 * random.nextGaussian()};
        }
        double[][] points = {{0, 0}, {1, 0}, {-1, 2}, {0.5, -2}};
        try (Backend backend = Backends.open("java", 2);
                ScoreMatching matching = new ScoreMatching(data, new ScoreSettings(32, 10, 3, 0.3, 256, 2000, 0.005, 1,
                        0.3, 4), backend)) {
            for (double deviation : new double[] {0.3, 0.9, 3}) {
                double[][] found = matching.scores(points, deviation);
                System.out.printf("seed 4, deviation %.1f: %s%n", deviation, Arrays.deepToString(found));
                for (int i = 0; i < points.length; i++) {
                    assertEquals(-points[i][0] / (1 + deviation * deviation), found[i][0], 0.075 / deviation);
                    assertEquals(-points[i][1] / (4 + deviation * deviation), found[i][1], 0.075 / deviation);
                }
            }
        }
    }

    private static final ScoreSettings SMALL = new ScoreSettings(4, 3, 3, 0.5, 8, 10, 0.01, 2, 0.3, 1);

    private static double[][] draw(ScoreSettings settings, int threads) {
        try (Backend backend = Backends.open("java", threads);
                ScoreMatching matching = new ScoreMatching(banana(100, 1), settings, backend)) {
            return matching.draw(5);
        }
    }

    @Test
    void everySettingChangesTheDrawsAndThreadsDoNot() {
        double[][] before = draw(SMALL, 1);
        assertArrayEquals(before, draw(SMALL, 3));
        for (ScoreSettings other : List.of(new ScoreSettings(5, 3, 3, 0.5, 8, 10, 0.01, 2, 0.3, 1), new ScoreSettings(4,
                4, 3, 0.5, 8, 10, 0.01, 2, 0.3, 1), new ScoreSettings(4, 3, 2, 0.5, 8, 10, 0.01, 2, 0.3, 1),
                new ScoreSettings(4, 3, 3, 0.4, 8, 10, 0.01, 2, 0.3, 1), new ScoreSettings(4, 3, 3, 0.5, 9, 10, 0.01, 2,
                        0.3, 1), new ScoreSettings(4, 3, 3, 0.5, 8, 11, 0.01, 2, 0.3, 1), new ScoreSettings(4, 3, 3,
                                0.5, 8, 10, 0.02, 2, 0.3, 1), new ScoreSettings(4, 3, 3, 0.5, 8, 10, 0.01, 3, 0.3, 1),
                new ScoreSettings(4, 3, 3, 0.5, 8, 10, 0.01, 2, 0.4, 1), new ScoreSettings(4, 3, 3, 0.5, 8, 10, 0.01, 2,
                        0.3, 2))) {
            assertFalse(Arrays.deepEquals(before, draw(other, 1)), other.toString());
        }
    }

    @Test
    void whatCannotBeLearnedIsRefused() {
        assertEquals("levels must be at least 2, not 1", assertThrows(IllegalArgumentException.class,
                () -> new ScoreSettings(4, 1, 3, 0.5, 8, 10, 0.01, 2, 0.3, 1)).getMessage());
        assertEquals("largest must be finite and above the smallest, not 0.5", assertThrows(
                IllegalArgumentException.class, () -> new ScoreSettings(4, 2, 0.5, 0.5, 8, 10, 0.01, 2, 0.3, 1))
                .getMessage());
        try (Backend backend = Backends.open("java", 1)) {
            assertEquals("data must be of at least one point, not empty", assertThrows(IllegalArgumentException.class,
                    () -> new ScoreMatching(new double[0][], SMALL, backend)).getMessage());
            assertEquals("data must be of points of one length, not [3.0]", assertThrows(IllegalArgumentException.class,
                    () -> new ScoreMatching(new double[][] {{1, 2}, {3}}, SMALL, backend)).getMessage());
        }
    }
}
