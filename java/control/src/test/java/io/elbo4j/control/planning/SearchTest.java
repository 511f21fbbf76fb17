package io.elbo4j.control.planning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** An iteration of each search against its formula in double precision, and the distribution of its plans. */
class SearchTest {
    private static final long SEED = 21;
    private static final int ROWS = 3;
    private static final int HORIZON = 4;
    private static final int COLUMNS = 2;
    private static final int D = HORIZON * COLUMNS;

    private final Random random = new Random(SEED);

    /** What a search makes of given numbers: the next mean and deviation. */
    private record Made(float[] mean, float[] deviation) {}

    private static Made next(Search search, float[] mean, float[] deviation, float[] plans, float[] returns) {
        Graph g = new Graph();
        Iteration it = Iteration.outside(g, search, HORIZON, COLUMNS);
        try (Backend backend = new JavaBackend(1); Parameters none = new Parameters(backend, List.of(), 0);
                Step step = Step.of(g, none, backend).rows(ROWS).samples(search.population()).given(it.plans(), it
                        .mean(), it.deviation()).want(it.next().mean(), it.next().deviation()).compile()) {
            step.value(it.mean()).set(mean);
            step.value(it.deviation()).set(deviation);
            step.value(it.plans()).set(plans);
            step.value(it.returns()).set(returns);
            step.run(0);
            return new Made(step.value(it.next().mean()).toArray(), step.value(it.next().deviation()).toArray());
        }
    }

    private float[] numbers(int count, double from, double to) {
        float[] all = new float[count];
        for (int i = 0; i < count; i++) {
            all[i] = (float) (from + (to - from) * random.nextDouble());
        }
        return all;
    }

    private static int[] best(float[] returns, int row, int population, int count) {
        return IntStream.range(row * population, (row + 1) * population).boxed().sorted(Comparator
                .<Integer>comparingInt(
                        k -> Float.isNaN(returns[k]) ? 1 : 0).thenComparing(k -> -returns[k])).limit(count).mapToInt(
                                k -> k)
                .toArray();
    }

    @Test
    void crossEntropy() {
        CrossEntropy search = new CrossEntropy(12, 5, 3, 0.3, 0.5);
        float[] mean = numbers(ROWS * D, -1, 1);
        float[] deviation = numbers(ROWS * D, 0.1, 1);
        float[] plans = numbers(ROWS * 12 * D, -1, 1);
        float[] returns = numbers(ROWS * 12, -20, 5);
        returns[3] = Float.NaN;
        returns[13] = Float.NEGATIVE_INFINITY;
        Made made = next(search, mean, deviation, plans, returns);
        for (int i = 0; i < ROWS * D; i++) {
            int c = i % D;
            int[] elites = best(returns, i / D, 12, 5);
            double m = Arrays.stream(elites).mapToDouble(k -> plans[k * D + c]).average().orElseThrow();
            double v = Arrays.stream(elites).mapToDouble(k -> Math.pow(plans[k * D + c] - m, 2)).average()
                    .orElseThrow();
            assertEquals(0.3 * mean[i] + 0.7 * m, made.mean[i], 1e-6);
            assertEquals(Math.sqrt(0.3 * deviation[i] * deviation[i] + 0.7 * v), made.deviation[i], 1e-6);
        }
    }

    @Test
    void pathIntegral() {
        for (double effort : new double[] {0, 0.4}) {
            PathIntegral search = new PathIntegral(9, 1, 2.5, 0.7, effort);
            float[] mean = numbers(ROWS * D, -1, 1);
            float[] deviation = numbers(ROWS * D, 0.7, 0.7);
            float[] plans = numbers(ROWS * 9 * D, -1, 1);
            float[] returns = numbers(ROWS * 9, -20, 5);
            returns[3] = Float.NaN;
            returns[13] = Float.NEGATIVE_INFINITY;
            returns[25] = -Float.NaN;
            Made made = next(search, mean, deviation, plans, returns);
            for (int r = 0; r < ROWS; r++) {
                double[] weights = new double[9];
                for (int k = 0; k < 9; k++) {
                    double cost = 0;
                    for (int c = 0; c < D; c++) {
                        double m = mean[r * D + c];
                        cost += m * (plans[(r * 9 + k) * D + c] - m) / (0.7 * 0.7);
                    }
                    float of = returns[r * 9 + k];
                    weights[k] = Float.isNaN(of) ? 0 : Math.exp(of / 2.5 - effort * cost);
                }
                double sum = Arrays.stream(weights).sum();
                for (int c = 0; c < D; c++) {
                    double expected = 0;
                    for (int k = 0; k < 9; k++) {
                        expected += weights[k] / sum * plans[(r * 9 + k) * D + c];
                    }
                    assertEquals(expected, made.mean[r * D + c], 3e-6);
                }
            }
        }
    }

    @Test
    void randomShootingTakesTheBest() {
        float[] plans = numbers(ROWS * 7 * D, -1, 1);
        float[] returns = numbers(ROWS * 7, -20, 5);
        returns[0] = Float.NaN;
        Made made = next(new RandomShooting(7), new float[ROWS * D], new float[ROWS * D], plans, returns);
        for (int i = 0; i < ROWS * D; i++) {
            assertEquals(plans[best(returns, i / D, 7, 1)[0] * D + i % D], made.mean[i]);
        }
    }

    /** Moments of what is drawn, from the density of a clipped normal or a uniform variable, by quadrature. */
    @Test
    void plansAreDrawnFromTheRightDistribution() {
        int population = 20_000;
        double[] means = {-0.9, 0, 0.3, 2};
        double[] deviations = {0.2, 1, 0.5, 0.7};
        for (Search search : List.of(new RandomShooting(population), CrossEntropy.of(population, 1), PathIntegral.of(
                population))) {
            Graph g = new Graph();
            Iteration it = Iteration.outside(g, search, 4, 1);
            try (Backend backend = new JavaBackend(1); Parameters none = new Parameters(backend, List.of(), 0);
                    Step step = Step.of(g, none, backend).samples(population).seed(SEED).given(it.mean(), it
                            .deviation()).want(it.plans()).compile()) {
                step.value(it.mean()).set(floats(means));
                step.value(it.deviation()).set(floats(deviations));
                step.run(5);
                float[] plans = step.value(it.plans()).toArray();
                for (int c = 0; c < 4; c++) {
                    int column = c;
                    boolean uniform = search instanceof RandomShooting;
                    DoubleUnaryOperator of = uniform ? u -> 2 * u - 1 : u -> Math.max(-1, Math.min(1, means[column]
                            + deviations[column] * normalQuantile(u)));
                    for (int power = 1; power <= 4; power++) {
                        int p = power;
                        double expected = IntStream.range(0, 100_000).mapToDouble(i -> Math.pow(of.applyAsDouble((i
                                + 0.5) / 100_000), p)).average().orElseThrow();
                        double found = IntStream.range(0, population).mapToDouble(k -> Math.pow(plans[4 * k + column],
                                p)).average().orElseThrow();
                        assertEquals(expected, found, 5 / Math.sqrt(population), search + ", moment " + p
                                + " of column "
                                + c + ", seed " + SEED);
                    }
                }
            }
        }
    }

    private static float[] floats(double[] numbers) {
        float[] all = new float[numbers.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = (float) numbers[i];
        }
        return all;
    }

    /** By bisection of Abramowitz and Stegun 1964, 7.1.26, which is off by 1.5e-7 at most. */
    private static double normalQuantile(double u) {
        double low = -8;
        double high = 8;
        for (int i = 0; i < 40; i++) {
            double middle = (low + high) / 2;
            double z = Math.abs(middle) / Math.sqrt(2);
            double t = 1 / (1 + 0.3275911 * z);
            double tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t
                    * 1.061405429)))) * Math.exp(-z * z) / 2;
            double below = middle < 0 ? tail : 1 - tail;
            low = below < u ? middle : low;
            high = below < u ? high : middle;
        }
        return low;
    }

    @Test
    void settingsAreChecked() {
        assertTrue(assertThrows(ArgumentException.class, () -> new CrossEntropy(10, 11, 1, 0, 1)).getMessage().contains(
                "elites"));
        for (Runnable wrong : List.<Runnable>of(() -> new RandomShooting(0), () -> new CrossEntropy(0, 1, 1, 0, 1),
                () -> new CrossEntropy(9, 0, 1, 0, 1), () -> new CrossEntropy(9, 1, 0, 0, 1), () -> new CrossEntropy(9,
                        1, 1, 1, 1), () -> new CrossEntropy(9, 1, 1, -0.1, 1), () -> new CrossEntropy(9, 1, 1, 0, 0),
                () -> new PathIntegral(0, 1, 1, 1, 0), () -> new PathIntegral(9, 0, 1, 1, 0), () -> new PathIntegral(9,
                        1, 0, 1, 0), () -> new PathIntegral(9, 1, 1e-300, 1, 0), () -> new PathIntegral(9, 1, 1, 0, 0),
                () -> new PathIntegral(9, 1, 1, 1, -1), () -> new PathIntegral(9, 1, 1, 1, Double.NaN))) {
            assertThrows(ArgumentException.class, wrong::run);
        }
    }
}
