package io.elbo4j.train.posterior;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Workers;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private final Comparison banana = new Comparison(Banana.standard());

    /** The best Gaussian is known: see {@link VariationalInferenceTest}. */
    @Test
    void errorsOfAGaussianAreThoseOfTheBestOne() {
        double variance = (Math.sqrt(5) - 1) / 2;
        try (Backend backend = Backends.open("java", 1)) {
            Comparison.Row row = banana.fit(GaussianFamily.DIAGONAL, FitSettings.of(1), backend);
            System.out.println("seed 1: " + row);
            assertEquals(0.25 * (1 - variance), row.meanError(), 0.01);
            assertEquals(Math.hypot(1 - variance, 0.375 - 0.25), row.covarianceError(), 0.01);
            // KL of z1, and what the mean of z2 given z1 is off: E (curvature (z1^2 - v1))^2 / deviation^2 / 2
            double fromMean = 0.0625 * 2 * variance * variance / 0.25;
            double expected = 0.5 * (variance - 1 - Math.log(variance)) + 0.5 * fromMean;
            assertEquals(expected, row.kl(), 0.01);
        }
    }

    @Test
    void chainsAreNearAndTheUncorrectedOnesLessSo() {
        ChainSettings settings = new ChainSettings(64, 200, 2000, 0.5, 1);
        try (Workers workers = new Workers(2)) {
            Comparison.Row adjusted = banana.chains(new MetropolisAdjustedLangevin(0.2), settings, workers);
            Comparison.Row unadjusted = banana.chains(new UnadjustedLangevin(0.2), settings, workers);
            System.out.println("seed 1: " + adjusted + ", " + unadjusted);
            assertTrue(adjusted.kl() < 0.01 && unadjusted.kl() > 10 * adjusted.kl());
            assertTrue(unadjusted.covarianceError() > 2 * adjusted.covarianceError());
            Chains chains = Chains.run(Banana.standard(), new MetropolisAdjustedLangevin(0.2), settings, workers);
            assertEquals(chains.acceptanceRate(), adjusted.acceptanceRate().orElseThrow());
            double slowest = Diagnostics.ranked(chains.series(1, 1)).effectiveSamples();
            assertTrue(64 * 2000 / slowest <= adjusted.evaluationsPerSample().orElseThrow());
            assertTrue(Diagnostics.ranked(chains.series(0, 2)).rHat() <= adjusted.rHat().orElseThrow());
        }
    }

    @Test
    void exactDrawsAreAsNearAsTheirNumberLetsThem() {
        SplittableRandom random = new SplittableRandom(2);
        double[][] draws = new double[20_000][2];
        for (double[] z : draws) {
            z[0] = random.nextGaussian();
            z[1] = 0.25 * (z[0] * z[0] - 1) + 0.5 * random.nextGaussian();
        }
        Comparison.Row exact = banana.draws("exact", draws);
        System.out.println("seed 2: " + exact);
        assertTrue(exact.kl() < 0.02 && exact.meanError() < 0.04 && exact.covarianceError() < 0.06);
        for (double[] z : draws) {
            z[1] += 0.5;
        }
        Comparison.Row moved = banana.draws("moved", draws);
        assertEquals(0.5, moved.meanError(), 0.04);
        // (0.5 / 0.5)^2 / 2 of the densities
        assertEquals(0.5, moved.kl(), 0.1);
    }

    @Test
    void scoreMatchingIsNearWithThePointsThatItLearnsFrom() {
        try (Backend backend = Backends.open("java", 2)) {
            Grid grid = Grid.of(Banana.standard());
            Comparison.Row points = banana.draws("points", grid.draws(Banana.standard()::logDensity, 20_000, 1));
            Comparison.Row scores = banana.scores(ScoreSettings.of(1).withUpdates(1500), 20_000, 2000, backend);
            System.out.println("seed 1: " + points + ", " + scores);
            assertTrue(points.kl() < 0.02 && points.meanError() < 0.04 && points.covarianceError() < 0.06);
            // 2,000 draws alone give some 0.1
            assertTrue(scores.kl() < 0.25 && scores.meanError() < 0.12 && scores.covarianceError() < 0.15);
        }
    }

    @Test
    void theKlOfShares() {
        assertEquals(Math.log(2), Grid.kl(new double[] {0, 1}, new double[] {0.5, 0.5}), 1e-15);
        assertEquals(0.25 * Math.log(0.5) + 0.75 * Math.log(1.5), Grid.kl(new double[] {0.25, 0.75}, new double[] {0.5,
                0.5}), 1e-15);
        assertEquals(0, Grid.kl(new double[] {1, 1e-200}, new double[] {1, 0}), 1e-15);
    }
}
