package io.elbo4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.exact.FactorAnalysis;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.LinearGaussian;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RefinementTest {
    private static final int ROWS = 100;
    private static final int COLUMNS = 3;

    private static Images data(boolean real) {
        SplittableRandom random = new SplittableRandom(6);
        float[] x = new float[ROWS * COLUMNS];
        double z = 0;
        for (int i = 0; i < x.length; i++) {
            z = i % COLUMNS == 0 ? random.nextGaussian() : z;
            x[i] = (float) (real ? 0.3 + (i % COLUMNS + 1) * z + 0.5 * random.nextGaussian() : random.nextDouble());
        }
        return new Images("toy", ROWS, 1, COLUMNS, 1, x);
    }

    private static Map<String, float[]> trained(Model model, Images images, TrainingSettings settings, int steps) {
        Map<String, float[]> values = new HashMap<>();
        try (Backend backend = new JavaBackend(2);
                Parameters parameters = new Parameters(backend, model.graph().parameters(), 5);
                Trainer trainer = new Trainer(model, parameters, backend, settings, images)) {
            trainer.steps(steps);
            parameters.all().forEach(s -> values.put(s.parameter().name(), s.value().toArray()));
        }
        return values;
    }

    /**
     * Local steps that are too small for float32 leave q as it is: the training step is then the plain one, to the bit,
     * also of x that is drawn.
     */
    @Test
    void withoutAnyDistanceItIsPlainTraining() {
        for (VaeSettings settings : List.of(VaeSettings.of(COLUMNS, 2, 5), VaeSettings.of(COLUMNS, 2, 5).withBinarise(),
                new VaeSettings(COLUMNS, List
                        .of(), 2, Activation.RELU, LikelihoodKind.GAUSSIAN_SHARED, 1, false))) {
            TrainingSettings plain = TrainingSettings.of(64, 3).withKlWarmUp(2).withObjective(ObjectiveKind.ELBO, 3);
            Map<String, float[]> expected = trained(new Vae(settings), data(false), plain, 11);
            Map<String, float[]> found = trained(new Vae(settings), data(false), plain.withRefinement(
                    new RefinementSettings(2, 1e-30)), 11);
            expected.forEach((name, values) -> assertArrayEquals(values, found.get(name), settings + ", " + name));
            assertFalse(Arrays.equals(expected.get("posterior.weight"), trained(new Vae(settings), data(false), plain
                    .withRefinement(RefinementSettings.of(2)), 11).get("posterior.weight")));
        }
    }

    /**
     * Of one latent dimension the best q is p(z | x), and there the gradient of the ELBO in the decoder's parameters is
     * that of log p(x), which is known: one step of gradient descent goes along it, the encoder being as it began.
     */
    @Test
    void theDecoderFollowsTheGradientOfLogP() {
        LinearGaussian model = new LinearGaussian(new LinearGaussian.Settings(COLUMNS, 1, 0.3));
        Images data = data(true);
        double[][] rows = new double[ROWS][COLUMNS];
        for (int i = 0; i < ROWS * COLUMNS; i++) {
            rows[i / COLUMNS][i % COLUMNS] = data.value(i / COLUMNS, i % COLUMNS);
        }
        double rate = 1e-3;
        int seeds = 10;
        double[][] steps = new double[seeds][COLUMNS];
        double[] plain = new double[COLUMNS];
        double[] exact = new double[COLUMNS];
        try (Backend backend = new JavaBackend(2); Parameters parameters = new Parameters(backend, model.graph()
                .parameters(), 5)) {
            Parameters.State weight = parameters.all().stream().filter(s -> s.parameter().name().equals(
                    "decoder.weight")).findFirst().orElseThrow();
            float[] before = weight.value().toArray();
            for (int c = 0; c < COLUMNS; c++) {
                double h = 1.0 / 128;
                for (int sign = -1; sign <= 1; sign += 2) {
                    float[] moved = before.clone();
                    moved[c] += (float) (sign * h);
                    weight.value().set(moved);
                    FactorAnalysis at = model.exact(parameters);
                    exact[c] += sign * at.logMarginal(rows) / (2 * h);
                }
            }
            for (int seed = 0; seed < seeds; seed++) {
                TrainingSettings settings = TrainingSettings.of(ROWS, seed).withLearningRate(rate).withOptimiser(
                        OptimiserSettings.of(OptimiserSettings.Kind.SGD)).withObjective(ObjectiveKind.ELBO, 30);
                float[] after = trained(model, data, settings.withRefinement(new RefinementSettings(1500, 0.1)), 1).get(
                        "decoder.weight");
                float[] unrefined = trained(model, data, settings, 1).get("decoder.weight");
                for (int c = 0; c < COLUMNS; c++) {
                    steps[seed][c] = (after[c] - before[c]) / rate;
                    plain[c] += (unrefined[c] - before[c]) / rate / seeds;
                }
            }
        }
        for (int c = 0; c < COLUMNS; c++) {
            double mean = 0;
            double squares = 0;
            for (double[] step : steps) {
                mean += step[c] / seeds;
            }
            for (double[] step : steps) {
                squares += (step[c] - mean) * (step[c] - mean);
            }
            double error = Math.sqrt(squares / (seeds - 1) / seeds);
            System.out.printf("refined step, seeds 0 to 9, column %d: %.4f with standard error %.4f, gradient of"
                    + " log p(x) %.4f, unrefined step %.4f%n", c, mean, error, exact[c], plain[c]);
            assertEquals(exact[c], mean, 5 * error);
            assertTrue(Math.abs(plain[c] - exact[c]) > 100 * error, "unrefined step differs by " + plain[c]);
        }
    }
}
