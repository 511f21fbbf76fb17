package io.elbo4j.train.estimator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.CategoricalVae;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EstimatorsTest {
    private static final long SEED = 20_261_129;
    private static final int COLUMNS = 6;
    private static final int DRAWS = 4000;

    private static Map<String, Measurement> measured(Model model, List<Estimator> estimators, int... samples) {
        SplittableRandom random = new SplittableRandom(SEED);
        float[] rows = new float[4 * COLUMNS];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = random.nextInt(2);
        }
        Map<String, Measurement> all = new HashMap<>();
        try (Backend backend = new JavaBackend(2);
                Parameters parameters = new Parameters(backend, model.graph().parameters(), 3)) {
            // larger than at first, so that z matters
            parameters.all().forEach(s -> {
                float[] values = s.value().toArray();
                for (int i = 0; i < values.length; i++) {
                    values[i] *= 2;
                }
                s.value().set(values);
            });
            new Estimators(backend, parameters, rows, DRAWS, SEED).measure(estimators, samples, m -> {
                System.out.printf("%s, %d: variance %.4g, bias %.2f standard errors%n", m.estimator().name(), m
                        .samples(), m.variance(), m.standardErrors());
                all.put(m.estimator().name() + " " + m.samples(), m);
            });
        }
        return all;
    }

    private static double variance(Map<String, Measurement> all, String name) {
        return all.get(name).variance();
    }

    @Test
    void estimatorsOfAGaussianHaveNoBiasAndThePathHasLessNoise() {
        VaeSettings settings = VaeSettings.of(COLUMNS, 2, 5).withActivation(Activation.TANH);
        Map<String, Measurement> all = measured(new Vae(settings), GaussianEstimators.of(settings), 1, 4);
        assertEquals(8 + 9, all.size());
        all.values().forEach(m -> assertTrue(Math.abs(m.standardErrors()) < 4, m.toString()));
        assertTrue(variance(all, "score function 4") > 3 * variance(all, "reparameterised, KL in closed form 4"));
        assertTrue(variance(all, "score function, the other samples as a baseline 4") < variance(all,
                "score function 4"));
        for (int samples : new int[] {1, 4}) {
            assertBaselinesHelp(all, samples, "score function, a moving average as a baseline",
                    "score function, a learned baseline");
        }
        // rows differ, and one number is one for all
        assertTrue(variance(all, "score function, a learned baseline 1") < 0.5 * variance(all,
                "score function, a moving average as a baseline 1"));
        for (String name : List.of("reparameterised, KL in closed form", "reparameterised, sampled KL",
                "sticking the landing", "score function")) {
            assertEquals(4, variance(all, name + " 1") / variance(all, name + " 4"), 0.6, name);
        }
        assertEquals(variance(all, "importance-weighted 1"), variance(all, "reparameterised, sampled KL 1"), 1e-3
                * variance(all, "importance-weighted 1"));
    }

    @Test
    void classesAreEstimatedByTheirScoreWithoutBiasAndRelaxedWithOne() {
        CategoricalVae.Settings settings = new CategoricalVae.Settings(COLUMNS, List.of(5), 4, Activation.TANH,
                LikelihoodKind.BERNOULLI, false);
        Map<String, Measurement> all = measured(new CategoricalVae(settings), CategoricalEstimators.of(settings, 1), 1,
                4);
        assertEquals(6 + 6, all.size());
        Measurement exact = all.get("exact, all classes 1");
        assertEquals(0, exact.variance(), 1e-12);
        all.values().stream().filter(m -> !m.estimator().biased()).forEach(m -> assertTrue(Math.abs(m
                .standardErrors()) < 4, m.toString()));
        assertTrue(all.values().stream().filter(m -> m.estimator().biased()).anyMatch(m -> Math.abs(m
                .standardErrors()) > 10), "a relaxed class is another model");
        assertBaselinesHelp(all, 4, "score function, a moving average as a baseline",
                "score function, the other samples as a baseline");
        assertTrue(variance(all, "Gumbel-softmax 1") < variance(all, "score function 1"));
    }

    private static void assertBaselinesHelp(Map<String, Measurement> all, int samples, String... names) {
        for (String name : names) {
            Measurement m = all.get(name + " " + samples);
            assertTrue(Math.abs(m.standardErrors()) < 3, m.toString());
            assertTrue(m.variance() < variance(all, "score function " + samples), m.toString());
        }
    }

    @Test
    void anotherPriorIsRefused() {
        assertEquals("prior must be standard, whose KL has a closed form, not mixture", assertThrows(
                IllegalArgumentException.class, () -> GaussianEstimators.of(VaeSettings.of(COLUMNS, 2, 5)
                        .withMixturePrior(3))).getMessage());
    }

    @Test
    void tooFewDrawsAreRefused() {
        try (Backend backend = new JavaBackend(1);
                Parameters none = new Parameters(backend, List.of(), 1)) {
            assertEquals("draws must be at least 2, not 1", assertThrows(IllegalArgumentException.class,
                    () -> new Estimators(backend, none, new float[1], 1, 0)).getMessage());
        }
    }
}
