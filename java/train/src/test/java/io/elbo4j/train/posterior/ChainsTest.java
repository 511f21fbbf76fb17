package io.elbo4j.train.posterior;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Workers;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChainsTest {
    private static final int[][] MOMENTS = {{1, 0}, {0, 1}, {2, 0}, {1, 1}, {0, 2}};
    /** Of the banana: E z1, E z2, E z1^2, E z1 z2, E z2^2. */
    private static final double[] EXACT = {0, 0, 1, 0, 0.375};

    private static Chains run(Transition transition, ChainSettings settings, int threads) {
        try (Workers workers = new Workers(threads)) {
            return Chains.run(Banana.standard(), transition, settings, workers);
        }
    }

    /** The mean of a series and its standard error, from the means of chains that know nothing of each other. */
    private static double[] mean(double[][] series) {
        double[] means = Arrays.stream(series).mapToDouble(c -> Arrays.stream(c).average().orElseThrow()).toArray();
        double mean = Arrays.stream(means).average().orElseThrow();
        double variance = Arrays.stream(means).map(m -> (m - mean) * (m - mean)).sum() / (means.length - 1);
        return new double[] {mean, Math.sqrt(variance / means.length)};
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2})
    void correctedChainsHaveTheMomentsOfTheTarget(long seed) {
        for (Transition transition : List.of(new RandomWalk(1.2), new MetropolisAdjustedLangevin(0.4),
                new HamiltonianMonteCarlo(0.3, 4))) {
            Chains chains = run(transition, ChainSettings.of(seed), 2);
            for (int i = 0; i < MOMENTS.length; i++) {
                double[][] series = chains.series(MOMENTS[i]);
                double[] found = mean(series);
                Diagnostics diagnostics = Diagnostics.of(series);
                System.out.printf("%s, seed %d, moment %s: %.4f, off by %.2f standard errors; R-hat %.4f, %.1f"
                        + " evaluations a sample, accepted %.2f%n", transition, seed, Arrays.toString(MOMENTS[i]),
                        found[0],
                        (found[0] - EXACT[i]) / found[1], diagnostics.rHat(), chains.evaluations() / diagnostics
                                .effectiveSamples(), chains.acceptanceRate());
                assertTrue(Math.abs(found[0] - EXACT[i]) <= 4 * found[1]);
                assertTrue(diagnostics.rHat() < 1.01);
            }
        }
    }

    /** E z2^2 is too large by something that is proportional to the step. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2})
    void withoutTheCorrectionThereIsABiasThatHalvesWithTheStep(long seed) {
        double[] bias = new double[2];
        for (int i = 0; i < 2; i++) {
            double step = i == 0 ? 0.2 : 0.1;
            double[] found = mean(run(new UnadjustedLangevin(step), ChainSettings.of(seed), 2).series(0, 2));
            bias[i] = found[0] - 0.375;
            System.out.printf("unadjusted Langevin, step %.1f, seed %d: bias %.4f, standard error %.4f%n", step, seed,
                    bias[i], found[1]);
            assertTrue(bias[i] > 4 * found[1]);
        }
        assertTrue(bias[1] / bias[0] > 0.3 && bias[1] / bias[0] < 0.6, bias[1] + " of " + bias[0]);
        double[] adjusted = mean(run(new MetropolisAdjustedLangevin(0.2), ChainSettings.of(seed), 2).series(0, 2));
        assertTrue(Math.abs(adjusted[0] - 0.375) <= 4 * adjusted[1]);
    }

    @Test
    void threadsDoNotChangeThem() {
        ChainSettings settings = new ChainSettings(5, 3, 50, 2, 7);
        Chains one = run(new MetropolisAdjustedLangevin(0.4), settings, 1);
        for (int threads : new int[] {2, 3, 8}) {
            Chains more = run(new MetropolisAdjustedLangevin(0.4), settings, threads);
            assertArrayEquals(one.series(1, 0), more.series(1, 0));
            assertArrayEquals(one.series(0, 1), more.series(0, 1));
            assertEquals(one.acceptanceRate(), more.acceptanceRate());
        }
    }

    @Test
    void aChainIsTheSameAmongMoreAndWhenItGoesOn() {
        double[][] few = run(new RandomWalk(1), new ChainSettings(2, 3, 50, 2, 7), 1).series(1, 0);
        double[][] more = run(new RandomWalk(1), new ChainSettings(4, 3, 60, 2, 7), 1).series(1, 0);
        double[][] later = run(new RandomWalk(1), new ChainSettings(2, 13, 40, 2, 7), 1).series(1, 0);
        for (int c = 0; c < 2; c++) {
            assertArrayEquals(few[c], Arrays.copyOf(more[c], 50));
            assertArrayEquals(later[c], Arrays.copyOfRange(few[c], 10, 50));
        }
        assertNotEquals(few[0][0], few[1][0]);
        assertEquals(4 * 60, run(new RandomWalk(1), new ChainSettings(4, 3, 60, 2, 7), 1).evaluations());
        assertEquals(4 * 60 * 3, run(new HamiltonianMonteCarlo(0.1, 3), new ChainSettings(4, 3, 60, 2, 7), 1)
                .evaluations());
    }

    @Test
    void everySettingChangesThem() {
        double before = last(new ChainSettings(4, 10, 50, 2, 7));
        for (ChainSettings other : List.of(new ChainSettings(5, 10, 50, 2, 7), new ChainSettings(4, 11, 50, 2, 7),
                new ChainSettings(4, 10, 51, 2, 7), new ChainSettings(4, 10, 50, 3, 7), new ChainSettings(4, 10, 50, 2,
                        8))) {
            assertNotEquals(before, last(other), other.toString());
        }
    }

    private static double last(ChainSettings settings) {
        return run(new MetropolisAdjustedLangevin(0.1), settings, 1).moments().mean()[1];
    }

    @Test
    void aChainThatFliesOffIsNamed() {
        String message = assertThrows(IllegalArgumentException.class, () -> run(new UnadjustedLangevin(0.4),
                new ChainSettings(64, 0, 500, 4, 1), 2)).getMessage();
        assertTrue(message.matches("unadjusted Langevin on banana: chain \\d+ flew off to infinity in step \\d+: .*"),
                message);
    }

    @Test
    void settingsThatSayNothingAreRefused() {
        refused("chains must be at least 2, not 1", 1, 0, 8, 1);
        refused("warmUp must be at least 0, not -1", 2, -1, 8, 1);
        refused("steps must be from 8 to 100000000, not 7", 2, 0, 7, 1);
        refused("steps must be from 8 to 100000000, not 100000001", 2, 0, 100_000_001, 1);
        refused("spread must be a finite number of at least 0, not -1.0", 2, 0, 8, -1);
    }

    private static void refused(String message, int chains, int warmUp, int steps, double spread) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> new ChainSettings(chains, warmUp,
                steps,
                spread, 0)).getMessage());
    }
}
