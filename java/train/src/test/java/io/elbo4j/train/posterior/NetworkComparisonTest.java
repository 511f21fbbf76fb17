package io.elbo4j.train.posterior;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Workers;
import io.elbo4j.purejava.JavaBackend;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
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

    /** x^3 is too steep for weights of deviation 1: the exact posterior of a wider prior says more of other points. */
    @Test
    void underAWidePriorChainsCoverMoreThanMeanField() {
        try (Backend backend = new JavaBackend(1); Workers workers = new Workers(2)) {
            for (long seed = 0; seed < 2; seed++) {
                NetworkComparison comparison = new NetworkComparison(new NetworkSettings(20, 50, Activation.RELU, 3,
                        3000, 8, 0.005, 2, 500, seed), false);
                NetworkComparison.Row meanField = comparison.meanField(backend);
                NetworkComparison.Row chains = comparison.chains(new HamiltonianMonteCarlo(0.004, 30),
                        new ChainSettings(4, 500, 2000, 0.5, seed), workers);
                print(seed, false, meanField);
                print(seed, false, chains);
                assertTrue(chains.coverage() > meanField.coverage(), "seed " + seed);
                assertTrue(chains.logLikelihood() > meanField.logLikelihood(), "seed " + seed);
            }
        }
    }

    /** Its weights are more likely than any of the chains; of a smooth network the gradient is 0 there. */
    @Test
    void theModeIsWhereTheDensityIsHighest() {
        NetworkComparison comparison = new NetworkComparison(new NetworkSettings(20, 10, Activation.TANH, 1, 40000, 1,
                0.02, 2, 2, 3), false);
        NetworkPosterior posterior = comparison.posterior();
        double[] gradient = new double[posterior.dimensions()];
        double most = posterior.logDensity(comparison.mode(), gradient);
        for (double each : gradient) {
            assertEquals(0, each, 1e-3);
        }
        try (Workers workers = new Workers(2)) {
            Chains chains = Chains.run(posterior, new HamiltonianMonteCarlo(0.02, 30), new ChainSettings(4, 200, 200,
                    0.5, 3), workers);
            for (int c = 0; c < chains.count(); c++) {
                for (int t = 0; t < chains.steps(); t++) {
                    assertTrue(posterior.logDensity(chains.point(c, t)) < most);
                }
            }
        }
        NetworkComparison.Row row = comparison.maximum();
        assertEquals(0, row.deviation());
        assertTrue(Double.isNaN(row.inGap()));
    }

    /** Intervals of an exact posterior hold what they promise where the data is drawn from its prior. */
    @Test
    void whatIsDrawnFromThePriorIsCovered() {
        int sets = 10;
        double[] coverage = new double[sets];
        try (Workers workers = new Workers(2)) {
            for (int s = 0; s < sets; s++) {
                coverage[s] = coverage(s, workers);
            }
        }
        double mean = Arrays.stream(coverage).average().orElseThrow();
        double error = Math.sqrt(Arrays.stream(coverage).map(c -> (c - mean) * (c - mean)).sum() / sets / (sets - 1));
        System.out.printf("seeds 0 to %d, data from the prior: 90 %% intervals cover %.3f, standard error %.3f%n", sets
                - 1, mean, error);
        assertTrue(error < 0.02, "" + error);
        assertEquals(0.9, mean, 3 * error);
    }

    private static double coverage(int seed, Workers workers) {
        Random random = new Random(seed);
        NetworkPosterior prior = new NetworkPosterior(Cubic.of(20, false, seed, 0), 50, Activation.RELU, 1);
        double[] weights = new double[prior.dimensions()];
        Arrays.setAll(weights, i -> random.nextGaussian());
        DoubleUnaryOperator drawn = x -> prior.predict(weights, x) + Cubic.NOISE * random.nextGaussian();
        double[] x = prior.data().x();
        NetworkPosterior posterior = new NetworkPosterior(new Cubic(x, Arrays.stream(x).map(drawn)
                .toArray()), 50, Activation.RELU, 1);
        Chains chains = Chains.run(posterior, new HamiltonianMonteCarlo(0.02, 30), new ChainSettings(4, 300, 500, 0.5,
                seed), workers);
        double[] places = Cubic.of(500, false, seed, 1).x();
        double[][] draws = new double[200][];
        for (int i = 0; i < draws.length; i++) {
            double[] z = chains.point(i % 4, i / 4 * 10);
            draws[i] = Arrays.stream(places).map(at -> posterior.predict(z, at)).toArray();
        }
        Predictive predictive = new Predictive(draws, Cubic.NOISE);
        return IntStream.range(0, places.length).filter(i -> predictive.covers(i, drawn.applyAsDouble(places[i])))
                .count() / (double) places.length;
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

    @Test
    void aPriorOfNoWidthIsRefused() {
        for (double deviation : new double[] {0, Double.NaN, 1e10}) {
            assertEquals("deviation must be from 1e-9 to 1e9, not " + deviation, assertThrows(
                    IllegalArgumentException.class, () -> new NetworkSettings(1, 1, Activation.RELU, deviation, 1, 1, 1,
                            2, 2, 0)).getMessage());
        }
    }

    private static void refused(String message, int points, int units, Activation activation, int updates, int samples,
            double learningRate, int members, int draws) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> new NetworkSettings(points, units,
                activation, 1, updates, samples, learningRate, members, draws, 0)).getMessage());
    }
}
