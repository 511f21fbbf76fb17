package io.elbo4j.train.posterior;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.Workers;
import io.elbo4j.purejava.JavaBackend;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnergyModelTest {
    private static final EnergySettings SMALL = new EnergySettings(4, 3, 8, 10, 0.01, 2, 0.05, 1);

    private static double[][] points(Target target, int count) {
        return Grid.of(target).draws(target::logDensity, count, 1);
    }

    /** The weights of modes that are far apart too: 0.7 and 0.3. */
    @Test
    void theDensityIsThatOfTheData() {
        try (Backend backend = new JavaBackend(2)) {
            for (Target target : List.of(Banana.standard(), TwoModes.standard())) {
                Comparison.Row row = new Comparison(target).energy(EnergySettings.of(1), 20_000, backend);
                System.out.println("seed 1: " + row);
                assertTrue(row.kl() < 0.03 && row.meanError() < 0.2 && row.covarianceError() < 0.3, row.toString());
            }
        }
    }

    private static EnergyModel model(EnergySettings settings, int threads) {
        try (Backend backend = new JavaBackend(threads)) {
            return new EnergyModel(points(Banana.standard(), 100), settings, backend);
        }
    }

    @Test
    void itsGradientAgreesWithDifferences() {
        EnergyModel model = model(SMALL, 1);
        double[] gradient = new double[2];
        for (double[] z : new double[][] {{0.3, -1.2}, {2, 0.7}, {-4, 5}}) {
            model.logDensity(z, gradient);
            for (int d = 0; d < 2; d++) {
                double[] up = z.clone();
                double[] down = z.clone();
                up[d] += 1e-5;
                down[d] -= 1e-5;
                assertEquals((model.logDensity(up) - model.logDensity(down)) / 2e-5, gradient[d], 1e-8);
            }
        }
    }

    /** Chains run on what was learned, which far off is the Gaussian. */
    @Test
    void itIsADensityForChains() {
        EnergyModel model = model(SMALL, 1);
        try (Workers workers = new Workers(1)) {
            Chains chains = Chains.run(model, new HamiltonianMonteCarlo(0.3, 3), new ChainSettings(4, 10, 100, 1, 1),
                    workers);
            assertTrue(chains.acceptanceRate() > 0.5);
        }
        assertEquals(-0.5, model.logDensity(new double[] {3000, 0}) / (1000 * 1000), 0.01);
    }

    @Test
    void everySettingChangesItAndThreadsDoNot() {
        double[] z = {0.5, -0.5};
        double[] before = new double[2];
        double[] after = new double[2];
        model(SMALL, 1).logDensity(z, before);
        model(SMALL, 3).logDensity(z, after);
        assertArrayEquals(before, after);
        for (EnergySettings other : List.of(new EnergySettings(5, 3, 8, 10, 0.01, 2, 0.05, 1), new EnergySettings(4, 2,
                8, 10, 0.01, 2, 0.05, 1), new EnergySettings(4, 3, 9, 10, 0.01, 2, 0.05, 1), SMALL.withUpdates(11),
                new EnergySettings(4, 3, 8, 10, 0.02, 2, 0.05, 1), new EnergySettings(4, 3, 8, 10, 0.01, 3, 0.05, 1),
                new EnergySettings(4, 3, 8, 10, 0.01, 2, 0.06, 1), new EnergySettings(4, 3, 8, 10, 0.01, 2, 0.05, 2))) {
            model(other, 1).logDensity(z, after);
            assertNotEquals(before[0], after[0], other.toString());
        }
    }

    @Test
    void whatCannotBeLearnedIsRefused() {
        assertEquals("width must be a finite number above 0, not 0.0", assertThrows(IllegalArgumentException.class,
                () -> new EnergySettings(4, 0, 8, 10, 0.01, 2, 0.05, 1)).getMessage());
        assertEquals("steps must be at least 1, not 0", assertThrows(IllegalArgumentException.class,
                () -> new EnergySettings(4, 3, 8, 10, 0.01, 0, 0.05, 1)).getMessage());
        assertEquals("stepSize must be a finite number above 0, not NaN", assertThrows(IllegalArgumentException.class,
                () -> new EnergySettings(4, 3, 8, 10, 0.01, 2, Double.NaN, 1)).getMessage());
        try (Backend backend = new JavaBackend(1)) {
            assertEquals("data must be of at least one point, not empty", assertThrows(IllegalArgumentException.class,
                    () -> new EnergyModel(new double[0][], SMALL, backend)).getMessage());
            assertEquals("data must be of points of one length, not [3.0]", assertThrows(IllegalArgumentException.class,
                    () -> new EnergyModel(new double[][] {{1, 2}, {3}}, SMALL, backend)).getMessage());
        }
    }
}
