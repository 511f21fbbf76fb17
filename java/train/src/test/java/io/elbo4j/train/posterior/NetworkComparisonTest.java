package io.elbo4j.train.posterior;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Workers;
import io.elbo4j.purejava.JavaBackend;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkComparisonTest {
    private static final HamiltonianMonteCarlo HMC = new HamiltonianMonteCarlo(0.02, 30);

    private static void print(long seed, boolean gap, NetworkComparison.Row row) {
        System.out.printf("%s, seed %d%s: 90 %% intervals cover %.3f, log p(y) %.3f, deviation %.3f, in the middle"
                + " %.2f of it, at 6 %.2f, R-hat %s%n", row.method(), seed, gap ? ", gap" : "", row.coverage(), row
                        .logLikelihood(), row.deviation(), row.inGap(), row.outside(), row.rHat());
    }

    @Test
    void meanFieldCoversTheDataAndWidensOutside() {
        double mean = 0;
        try (Backend backend = new JavaBackend(1)) {
            for (long seed = 0; seed < 3; seed++) {
                NetworkComparison.Row row = new NetworkComparison(NetworkSettings.of(seed), false).meanField(backend);
                print(seed, false, row);
                assertTrue(row.coverage() >= 0.7, "seed " + seed);
                assertTrue(row.outside() >= 1.7, "seed " + seed);
                mean += row.coverage() / 3;
            }
        }
        assertTrue(mean >= 0.8 && mean <= 0.97, "" + mean);
    }

    /** Where there is no data the chain and the ensemble are less sure than at it, mean-field inference is surer. */
    @Test
    void meanFieldDoesNotSeeTheGap() {
        try (Backend backend = new JavaBackend(1); Workers workers = new Workers(2)) {
            for (long seed = 0; seed < 3; seed++) {
                long number = seed;
                NetworkComparison comparison = new NetworkComparison(NetworkSettings.of(seed), true);
                NetworkComparison.Row meanField = comparison.meanField(backend);
                NetworkComparison.Row ensemble = comparison.ensemble(backend);
                NetworkComparison.Row chains = comparison.chains(HMC, new ChainSettings(4, 500, 2000, 0.5, seed),
                        workers);
                List.of(meanField, ensemble, chains).forEach(row -> print(number, true, row));
                assertTrue(meanField.inGap() < 1, "seed " + seed);
                assertTrue(chains.inGap() >= 2.4, "seed " + seed);
                assertTrue(ensemble.inGap() > 1, "seed " + seed);
                assertTrue(chains.rHat().getAsDouble() < 1.01, "seed " + seed);
            }
        }
    }

    @Test
    void settingsThatSayNothingAreRefused() {
        refused("points must be at least 1, not 0", 0, 1, Activation.RELU, 1, 1, 1, 2, 2);
        refused("units must be at least 1, not 0", 1, 0, Activation.RELU, 1, 1, 1, 2, 2);
        refused("activation must be relu or tanh, not GELU", 1, 1, Activation.GELU, 1, 1, 1, 2, 2);
        refused("updates must be at least 1, not 0", 1, 1, Activation.RELU, 0, 1, 1, 2, 2);
        refused("samples must be at least 1, not 0", 1, 1, Activation.RELU, 1, 0, 1, 2, 2);
        refused("learningRate must be a finite number above 0, not 0.0", 1, 1, Activation.RELU, 1, 1, 0, 2, 2);
        refused("members must be at least 2, not 1", 1, 1, Activation.RELU, 1, 1, 1, 1, 2);
        refused("draws must be at least 2, not 1", 1, 1, Activation.RELU, 1, 1, 1, 2, 1);
    }

    private static void refused(String message, int points, int units, Activation activation, int updates, int samples,
            double learningRate, int members, int draws) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> new NetworkSettings(points, units,
                activation, updates, samples, learningRate, members, draws, 0)).getMessage());
    }
}
