package io.elbo4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.train.data.Factor;
import io.elbo4j.train.data.Sprites;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against cases whose mutual information is known: exactly, or by quadrature over z. */
class MutualInformationTest {
    private static final int ROWS = 384;
    private static final int[] FIRST = IntStream.range(0, ROWS).map(r -> r % 2).toArray();
    private static final int[] SECOND = IntStream.range(0, ROWS).map(r -> r / 2 % 4).toArray();
    /** The same as the first for three quarters of the rows. */
    private static final int[] THIRD = IntStream.range(0, ROWS).map(r -> r / 8 % 4 == 0 ? 1 - r % 2 : r % 2).toArray();
    private static final List<Factor> FACTORS = List.of(new Factor("first", FIRST), new Factor("second", SECOND),
            new Factor("third", THIRD));

    private final float[] means;
    private final float[] logVariances;

    MutualInformationTest() {
        means = new float[ROWS * 3];
        logVariances = new float[ROWS * 3];
    }

    /** q of one dimension. */
    private void dimension(int j, int[] classes, double distance, double deviation) {
        for (int r = 0; r < ROWS; r++) {
            means[r * 3 + j] = (float) (distance * classes[r]);
            logVariances[r * 3 + j] = (float) (2 * Math.log(deviation));
        }
    }

    private MutualInformation measured(int draws, long seed) {
        return MutualInformation.of(means, logVariances, FACTORS, draws, seed, done -> {});
    }

    /** Clusters far apart say which class it is, and equal ones nothing. */
    @Test
    void narrowPosteriorsTellAFactorOrNothing() {
        dimension(0, FIRST, 1, 1e-4);
        dimension(1, SECOND, 1, 1e-4);
        dimension(2, FIRST, 0, 1);
        MutualInformation found = measured(3, 5);
        double[][] expected = {{Math.log(2), 0, information(3)}, {0, Math.log(4), 0}, {0, 0, 0}};
        for (int j = 0; j < 3; j++) {
            for (int k = 0; k < 3; k++) {
                assertEquals(expected[j][k], found.nats(j, k), 1e-12, j + ", " + k);
            }
        }
        assertEquals(List.of(1.0, 1.0), List.of(round(found.gap(0)), round(found.gap(1))));
        assertEquals(information(3) / Math.log(2), found.gap(2), 1e-12);
        assertEquals((2 + information(3) / Math.log(2)) / 3, found.gap(), 1e-12);
        assertEquals(List.of(0, 1, 0), List.of(found.ranked(0).get(0), found.ranked(1).get(0), found.ranked(2).get(0)));
    }

    /** Of two classes that agree in so many rows of four. */
    private static double information(int of4) {
        double p = of4 / 4.0;
        return Math.log(2) + p * Math.log(p) + (1 - p) * Math.log(1 - p);
    }

    private static double round(double x) {
        return Math.rint(x * 1e12) / 1e12;
    }

    private static double normal(double x, double mean, double deviation) {
        double s = (x - mean) / deviation;
        return Math.exp(-0.5 * s * s) / (deviation * Math.sqrt(2 * Math.PI));
    }

    /** The mean and the variance of log q(z | v) - log q(z) by the trapezoidal rule. */
    private static double[] quadrature(int[] codes, int[] classes, double distance, double deviation) {
        int codeCount = Arrays.stream(codes).max().orElseThrow() + 1;
        int classCount = Arrays.stream(classes).max().orElseThrow() + 1;
        double[][] joint = new double[classCount][codeCount];
        for (int r = 0; r < ROWS; r++) {
            joint[classes[r]][codes[r]] += 1.0 / ROWS;
        }
        double step = deviation / 100;
        double mean = 0;
        double square = 0;
        for (double z = -10 * deviation; z < distance * codeCount + 10 * deviation; z += step) {
            double at = z;
            ToDoubleFunction<double[]> density = weights -> IntStream.range(0, codeCount).mapToDouble(
                    c -> weights[c] * normal(at, c * distance, deviation)).sum();
            double all = Arrays.stream(joint).mapToDouble(density).sum();
            for (double[] of : joint) {
                double share = Arrays.stream(of).sum();
                double both = density.applyAsDouble(of);
                if (both > 0) {
                    double log = Math.log(both / share / all);
                    mean += both * log * step;
                    square += both * log * log * step;
                }
            }
        }
        return new double[] {mean, square - mean * mean};
    }

    @ParameterizedTest
    @CsvSource({"1, 0.5", "1, 1", "3, 0.7", "0.2, 1"})
    void overlappingPosteriorsAgreeWithQuadrature(double distance, double deviation) {
        List<int[]> codes = List.of(FIRST, SECOND, THIRD);
        for (int j = 0; j < 3; j++) {
            dimension(j, codes.get(j), distance, deviation);
        }
        int draws = 90;
        long seed = 11;
        MutualInformation found = measured(draws, seed);
        double worst = 0;
        for (int j = 0; j < 3; j++) {
            for (int k = 0; k < 3; k++) {
                double[] exact = quadrature(codes.get(j), FACTORS.get(k).classes(), distance, deviation);
                double error = Math.sqrt(exact[1] / (ROWS * draws)) + 1e-9;
                worst = Math.max(worst, Math.abs(found.nats(j, k) - exact[0]) / error);
                assertTrue(Math.abs(found.nats(j, k) - exact[0]) < 5 * error, "I(z" + j + "; v" + k + ") is " + found
                        .nats(j, k) + ", by quadrature " + exact[0] + ", standard error " + error + ", seed " + seed);
            }
        }
        System.out.printf("mutual information, distance %s, deviation %s, seed %d: worst error %.1f standard errors%n",
                distance, deviation, seed, worst);
    }

    /** One code of all rows: draws of each row are others, and another seed gives others. */
    @Test
    void drawsDependOnTheSeedAlone() {
        dimension(0, FIRST, 1, 1);
        assertEquals(measured(5, 1).gap(), measured(5, 1).gap());
        assertTrue(measured(5, 1).gap() != measured(5, 2).gap() && measured(5, 1).gap() != measured(6, 1).gap());
    }

    @Test
    void aCodeOfOneDimensionHasNoNextOne() {
        float[] code = new float[ROWS];
        float[] narrow = new float[ROWS];
        Arrays.fill(narrow, -20);
        for (int r = 0; r < ROWS; r++) {
            code[r] = FIRST[r];
        }
        assertEquals(1, MutualInformation.of(code, narrow, FACTORS.subList(0, 1), 1, 1, done -> {}).gap(), 1e-12);
    }

    /** The shape is that of the image; bins are nearly equally likely; a factor differs where its number does. */
    @Test
    void spritesHaveTheFactorsThatTheyAreDrawnBy() {
        List<Factor> factors = Sprites.factors(0, 100, 4000, 8);
        assertEquals(List.of("shape", "scale", "orientation", "x", "y"), factors.stream().map(Factor::name).toList());
        for (int i : new int[] {0, 17, 3999}) {
            Sprites.Factors of = Sprites.factors(0, 100 + i);
            List<Integer> found = new ArrayList<>();
            factors.forEach(f -> found.add(f.classes()[i]));
            assertEquals(List.of(of.shape().ordinal(), (int) ((of.scale() - 0.5) / 0.0625), (int) (of.orientation()
                    / (Math.PI / 4)), (int) ((of.x() - 0.25) / 0.0625), (int) ((of.y() - 0.25) / 0.0625)), found);
        }
        assertEquals(Math.log(3), factors.get(0).entropy(), 0.01);
        for (Factor f : factors.subList(1, 5)) {
            assertEquals(8, f.counts().length);
            assertEquals(Math.log(8), f.entropy(), 0.01, f.name());
        }
    }

    private static void refused(String sentence, org.junit.jupiter.api.function.Executable what) {
        assertEquals(sentence, assertThrows(ArgumentException.class, what).getMessage());
    }

    @Test
    void badInputIsRefused() {
        refused("classes must be at least 2 different ones in 'one', not 1", () -> new Factor("one", new int[] {1, 1}));
        refused("classes must be numbers of at least 0 in 'f', not -1", () -> new Factor("f", new int[] {1, -1}));
        refused("draws must be at least 1, not 0", () -> measured(0, 1));
        refused("factors must be at least 1, not 0", () -> MutualInformation.of(means, logVariances, List.of(), 1, 1,
                done -> {}));
        refused("factors must be of equally many rows, 384 as 'first', not 2", () -> MutualInformation.of(means,
                logVariances, List.of(FACTORS.get(0), new Factor("f", new int[] {0, 1})), 1, 1, done -> {}));
        refused("means must be as many numbers as 384 rows of dimensions have, not 385", () -> MutualInformation.of(
                new float[385], new float[385], FACTORS, 1, 1, done -> {}));
        refused("logVariances must be as many as means, 1152, not 384", () -> MutualInformation.of(means,
                new float[384],
                FACTORS, 1, 1, done -> {}));
        means[3] = Float.NaN;
        refused("means must be of numbers between -1000 and 1000, not NaN", () -> measured(1, 1));
        refused("bins must be at least 2, not 1", () -> Sprites.factors(0, 0, 10, 1));
    }
}
