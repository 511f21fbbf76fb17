package io.elbo4j.train.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Activation;
import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.train.ObjectiveKind;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.graph.Parameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightedRowsTest {
    private static final int ROWS = 70;
    private static final int COLUMNS = 5;
    private static final TrainingSettings SETTINGS = TrainingSettings.of(32, 11).withLearningRate(0.01);

    private static float[] values() {
        SplittableRandom random = new SplittableRandom(3);
        float[] values = new float[ROWS * COLUMNS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        return values;
    }

    private static float[] weights(float even, float odd) {
        float[] weights = new float[ROWS];
        for (int r = 0; r < ROWS; r++) {
            weights[r] = r % 2 == 0 ? even : odd;
        }
        return weights;
    }

    /** All parameters after two epochs. */
    private static List<Float> trained(TrainingSettings settings, float[] x, float... weights) {
        Images images = new Images("x", ROWS, 1, COLUMNS, 1, x);
        Model model = new Vae(VaeSettings.of(COLUMNS, 2, 6));
        if (weights.length > 0) {
            images = images.with(WeightedRows.WEIGHT, new Images("weights", ROWS, 1, 1, 1, weights));
            model = new WeightedRows(model);
        }
        List<Float> all = new ArrayList<>();
        try (Backend backend = Backends.open("java", 1);
                Parameters parameters = new Parameters(backend, model.graph().parameters(), 5);
                Trainer trainer = new Trainer(model, parameters, backend, settings, images)) {
            trainer.steps(2 * trainer.stepsPerEpoch());
            parameters.all().forEach(state -> {
                for (float f : state.value().toArray()) {
                    all.add(f);
                }
            });
        }
        return all;
    }

    @ParameterizedTest
    @EnumSource(names = {"ELBO", "SAMPLED_ELBO", "STICKING_THE_LANDING"})
    void aRowOfWeightZeroTeachesNothing(ObjectiveKind kind) {
        TrainingSettings settings = SETTINGS.withObjective(kind, 1);
        float[] other = values();
        for (int r = 1; r < ROWS; r += 2) {
            Arrays.fill(other, r * COLUMNS, (r + 1) * COLUMNS, 0.25f);
        }
        assertEquals(trained(settings, values(), weights(1.5f, 0)), trained(settings, other, weights(1.5f, 0)));
        assertNotEquals(trained(settings, values(), weights(1.5f, 0.5f)), trained(settings, other, weights(1.5f,
                0.5f)));
        assertNotEquals(trained(settings, values(), weights(1.5f, 0)), trained(settings, values(), weights(1.5f,
                0.5f)));
    }

    @Test
    void weightsOfOneAreNone() {
        assertEquals(trained(SETTINGS, values()), trained(SETTINGS, values(), weights(1, 1)));
    }

    @Test
    void refuses() {
        DataException negative = assertThrows(DataException.class, () -> trained(SETTINGS, values(), weights(1, -1)));
        assertEquals("x: the input 'weight' needs values that are at least 0; row 1, column 0 of 'weight' is -1.0",
                negative.getMessage());
        ArgumentException late = assertThrows(ArgumentException.class, () -> trained(SETTINGS.withObjective(
                ObjectiveKind.IMPORTANCE_WEIGHTED, 3), values(), weights(1, 2)));
        assertEquals("objective must be one whose terms add up, as elbo does, for rows with weights, not"
                + " importance-weighted", late.getMessage());
        ArgumentException pooled = assertThrows(ArgumentException.class, () -> new WeightedRows(new Vae(VaeSettings.of(
                COLUMNS, 2, 6).withLikelihood(VaeSettings.LikelihoodKind.SIGMA_VAE))));
        assertEquals(
                "likelihood must be another one than sigma-vae, whose variance counts each row of a batch once, for"
                        + " rows with weights, not sigma-vae", pooled.getMessage());
        Model scored = new WeightedRows(new CategoricalVae(new CategoricalVae.Settings(COLUMNS, List.of(3), 2,
                Activation.TANH, VaeSettings.LikelihoodKind.BERNOULLI, false)));
        ArgumentException score = assertThrows(ArgumentException.class, () -> SETTINGS.objective(scored, 3));
        assertEquals("model must be one that does not learn by the score function, for rows with weights, not"
                + " categorical-vae", score.getMessage());
    }
}
