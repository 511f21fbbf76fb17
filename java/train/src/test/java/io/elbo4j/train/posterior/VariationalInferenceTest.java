package io.elbo4j.train.posterior;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VariationalInferenceTest {
    private static GaussianFit fit(Target target, GaussianFamily family, FitSettings settings) {
        try (Backend backend = Backends.open("java", 1)) {
            GaussianFit fit = VariationalInference.fit(target, family, settings, backend);
            System.out.printf("%s, %s, seed %d: mean %.4f %.4f, covariance %.4f %.4f %.4f%n", target.name(), family,
                    settings.seed(), fit.mean()[0], fit.mean()[1], fit.moments().covariance()[0][0], fit.moments()
                            .covariance()[0][1], fit.moments().covariance()[1][1]);
            return fit;
        }
    }

    private static void assertMoments(GaussianFit fit, double mean1, double mean2, double variance1, double covariance,
            double variance2) {
        Moments moments = fit.moments();
        assertEquals(mean1, moments.mean()[0], 0.02);
        assertEquals(mean2, moments.mean()[1], 0.02);
        assertEquals(variance1, moments.covariance()[0][0], 0.02);
        assertEquals(covariance, moments.covariance()[0][1], 0.02);
        assertEquals(variance2, moments.covariance()[1][1], 0.02);
    }

    /** A full Gaussian is p(z given x) itself; of a diagonal one the precisions are right (Bishop 2006, 10.1.2). */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aGaussianPosteriorIsFound(long seed) {
        FitSettings settings = FitSettings.of(seed);
        assertMoments(fit(LinearObservation.standard(), GaussianFamily.FULL, settings), 4 / 9.0, 4 / 9.0, 5 / 9.0, -4
                / 9.0, 5 / 9.0);
        assertMoments(fit(LinearObservation.standard(), GaussianFamily.DIAGONAL, settings), 4 / 9.0, 4 / 9.0, 0.2, 0,
                0.2);
    }

    /**
     * The best Gaussian for the banana has 1 / v1 = E[-d2 log p / dz1^2] = 1 + 4 curvature^2 v1 / deviation^2 = 1 + v1:
     * the golden ratio; its mean2 is curvature (v1 - 1), its v2 deviation^2, and there is no covariance.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theBestGaussianOfABananaIsFound(long seed) {
        double variance = (Math.sqrt(5) - 1) / 2;
        for (GaussianFamily family : GaussianFamily.values()) {
            assertMoments(fit(Banana.standard(), family, FitSettings.of(seed)), 0, 0.25 * (variance - 1), variance, 0,
                    0.25);
        }
    }

    /** KL of two Gaussians in closed form: (tr(P S) - 2 - log det(P S)) / 2, with P S = I of 5 / 5. */
    @Test
    void theGridHasTheKlOfADiagonalGaussian() {
        LinearObservation target = LinearObservation.standard();
        double[][] factor = {{Math.sqrt(0.2), 0}, {0, Math.sqrt(0.2)}};
        GaussianFit fit = new GaussianFit(new double[] {4 / 9.0, 4 / 9.0}, factor, 0);
        double determinant = (5 * 5 - 4 * 4) * 0.2 * 0.2;
        double expected = (5 * 0.2 * 2 - 2 - Math.log(determinant)) / 2;
        Grid fine = new Grid(6, 150);
        assertEquals(expected, Grid.kl(fine.masses(fit::logDensity), fine.masses(target::logDensity)), 0.01);
        assertEquals(0, Grid.kl(fine.masses(target::logDensity), fine.masses(target::logDensity)));
        assertEquals(1, fine.integral(fit::logDensity), 1e-9);
        Moments moments = fine.moments(new GaussianFit(new double[] {0.5, -1}, new double[][] {{0.7, 0}, {0.3, 0.5}},
                0)::logDensity);
        assertEquals(0.21, moments.covariance()[0][1], 1e-9);
        assertEquals(0.34, moments.covariance()[1][1], 1e-9);
        assertEquals(-1, moments.mean()[1], 1e-9);
    }

    @Test
    void everySettingChangesTheFit() {
        double before = first(new FitSettings(4, 20, 0.05, 1));
        for (FitSettings other : List.of(new FitSettings(5, 20, 0.05, 1), new FitSettings(4, 21, 0.05, 1),
                new FitSettings(4, 20, 0.06, 1), new FitSettings(4, 20, 0.05, 2))) {
            assertNotEquals(before, first(other), other.toString());
        }
        assertEquals(before, first(new FitSettings(4, 20, 0.05, 1)));
    }

    private static double first(FitSettings settings) {
        return fit(LinearObservation.standard(), GaussianFamily.FULL, settings).mean()[0];
    }

    @Test
    void settingsThatFitNothingAreRefused() {
        assertEquals("samples must be at least 1, not 0", assertThrows(IllegalArgumentException.class,
                () -> new FitSettings(0, 1, 1, 1)).getMessage());
        assertEquals("updates must be at least 1, not 0", assertThrows(IllegalArgumentException.class,
                () -> new FitSettings(1, 0, 1, 1)).getMessage());
        assertEquals("learningRate must be a finite number above 0, not 0.0", assertThrows(
                IllegalArgumentException.class, () -> new FitSettings(1, 1, 0, 1)).getMessage());
    }
}
