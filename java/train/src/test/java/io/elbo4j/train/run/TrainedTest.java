package io.elbo4j.train.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.Coder;
import io.elbo4j.train.ElboTerms;
import io.elbo4j.train.Encoder;
import io.elbo4j.train.Evaluator;
import io.elbo4j.train.Scorer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.checkpoint.CheckpointException;
import io.elbo4j.train.checkpoint.Safetensors;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Labels;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.model.ConditionalVae;
import io.elbo4j.train.model.HierarchicalVae;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Trained models from their checkpoints, for rows one at a time. */
class TrainedTest extends Runs {
    private static final VaeSettings GAUSSIAN = new VaeSettings(16, List.of(8), 2, Activation.RELU,
            LikelihoodKind.GAUSSIAN, 1, false);
    private static final ConditionalVae.Settings CONDITIONAL = new ConditionalVae.Settings(16, 5, List.of(8), 2,
            Activation.RELU, LikelihoodKind.BERNOULLI, false, ConditionalVae.Prior.LEARNED);

    private static Images labelled(Images images) {
        int[] labels = new int[images.rows()];
        for (int r = 0; r < labels.length; r++) {
            labels[r] = r % 5;
        }
        return images.with(Images.LABEL, Labels.oneHot("labels", labels, 5));
    }

    private static DataSource labelledSource() {
        return new DataSource(labelled(source(1).train()), labelled(source(1).test()));
    }

    private Path run(Record model, DataSource data, Standardisation.Kind kind) {
        Path run = dir.resolve("run");
        RunPlan plan = RunPlan.of(data, model, settings(1e-2)).withStandardise(kind);
        try (Backend backend = new JavaBackend(1);
                TrainingRun training = TrainingRun.start(RunFolder.create(run), plan, data, backend)) {
            training.train(6, new Collector(s -> true));
        }
        return run;
    }

    @Test
    void anEncoderAndAScorerGiveTheFirstRowOfMany() {
        Path run = run(GAUSSIAN, source(1), Standardisation.Kind.COLUMN);
        Images test = source(1).test();
        float[] x = test.copyRows(0, 1);
        try (Backend backend = new JavaBackend(2);
                Trained vae = Vae.load(run, backend);
                Encoder encoder = vae.encoder();
                Scorer scorer = vae.scorer();
                Evaluator evaluator = new Evaluator(vae.model(), vae.parameters(), backend, test, 4,
                        vae.checkpoint().standardisation())) {
            float[] z = new float[encoder.columns()];
            encoder.encode(x, z);
            assertArrayEquals(Arrays.copyOf(vae.coder().encode(test), 2), z);
            float[] again = new float[2];
            encoder.encode(test.copyRows(3, 1), again);
            encoder.encode(x, again);
            assertArrayEquals(z, again);
            ElboTerms expected = evaluator.rows(0).get(0);
            assertEquals(expected, scorer.score(x));
            assertEquals("x must hold 16 numbers, not 15", assertThrows(IllegalArgumentException.class,
                    () -> scorer.score(new float[15])).getMessage());
            assertEquals("z must hold 2 numbers, not 3", assertThrows(IllegalArgumentException.class,
                    () -> encoder.encode(x, new float[3])).getMessage());
            // for inference the optimiser's moments stay in the file
            assertTrue(vae.parameters().all().stream().allMatch(s -> s.slots().isEmpty()));
            assertArrayEquals(x, test.copyRows(0, 1));
        }
    }

    /** The sums of the rows are those of the whole, and of the data as given. */
    @Test
    void rowsAddUp() {
        Path run = run(GAUSSIAN, source(1), Standardisation.Kind.WHOLE);
        Images test = source(1).test();
        try (Backend backend = new JavaBackend(1);
                Trained vae = Trained.load(run, backend);
                Evaluator evaluator = new Evaluator(vae.model(), vae.parameters(), backend, test, 4,
                        vae.checkpoint().standardisation())) {
            ElboTerms mean = evaluator.evaluate(7).elbo();
            List<ElboTerms> rows = evaluator.rows(7);
            assertEquals(test.rows(), rows.size());
            assertEquals(mean.kl(), rows.stream().mapToDouble(ElboTerms::kl).average().orElseThrow(), 1e-5);
            assertEquals(mean.reconstruction(), rows.stream().mapToDouble(ElboTerms::reconstruction).average()
                    .orElseThrow(), 1e-5);
            double[] each = evaluator.logLikelihoods(7, done -> {});
            assertEquals(evaluator.logLikelihood(7, done -> {}), Arrays.stream(each).average().orElseThrow(),
                    1e-9);
        }
    }

    @Test
    void aConditionalVaeIsTrainedResumedAndGivenLabels() throws IOException {
        Path run = run(CONDITIONAL, labelledSource(), Standardisation.Kind.NONE);
        Images test = labelledSource().test();
        try (Backend backend = new JavaBackend(1);
                Trained trained = Trained.load(run, backend);
                Encoder encoder = trained.encoder();
                Scorer scorer = trained.scorer();
                Evaluator evaluator = new Evaluator(trained.model(), trained.parameters(), backend, test, 4)) {
            assertEquals(CONDITIONAL, trained.checkpoint().model());
            float[] label = test.array(Images.LABEL).copyRows(0, 1);
            float[] z = new float[2];
            encoder.with(Images.LABEL, label).encode(test.copyRows(0, 1), z);
            assertArrayEquals(Arrays.copyOf(trained.coder().encode(test), 2), z);
            assertEquals(evaluator.rows(0).get(0), scorer.with(Images.LABEL, label).score(test.copyRows(0, 1)));
            assertEquals("the model has no input 'colour' here; it has label, x", assertThrows(
                    IllegalArgumentException.class, () -> encoder.with("colour", label)).getMessage());
        }
        // other labels are other data
        String message = assertThrows(CheckpointException.class, () -> {
            try (Backend backend = new JavaBackend(1)) {
                TrainingRun.resume(run, source(1), backend).close();
            }
        }).getMessage();
        assertTrue(message.contains("resume with the run's own data"), message);
        assertEquals(List.of("curve.png", "reconstructions.png", "samples.png", "traversal.png"), names(run));
    }

    private static List<String> names(Path run) throws IOException {
        return files(run).keySet().stream().filter(name -> name.endsWith(".png")).toList();
    }

    @Test
    void aCheckpointNamesItsModel() {
        Path file = Trained.checkpoint(run(CONDITIONAL, labelledSource(), Standardisation.Kind.NONE));
        Safetensors.Content content = Safetensors.read(file);
        JsonObject state = JsonParser.parseString(content.metadata().get("elbo4j.checkpoint")).getAsJsonObject();
        assertEquals("conditional-vae", state.get("kind").getAsString());
        try (Backend backend = new JavaBackend(1)) {
            assertEquals(file + ": is of a ConditionalVae, not of a Vae", assertThrows(CheckpointException.class,
                    () -> Vae.load(file, backend)).getMessage());
        }
        Map<String, String> metadata = new HashMap<>(content.metadata());
        for (String[] wrong : new String[][] {{"\"conditional-vae\"", "\"gan\"",
                "names a model that is not here: there is no model 'gan'; there are " + Models.names()},
                {"\"conditional-vae\"", "7", "kind = '7', expected a string"},
                {"\"kind\":\"conditional-vae\",", "", "model.prior = 'LEARNED', expected one of"},
                {"\"classes\":5", "\"classes\":0", "model.classes must be at least 1, not 0"},
                {"\"classes\":5", "\"classes\":6", "has the shape [21, 8], expected [22, 8]"}}) {
            String text = content.metadata().get("elbo4j.checkpoint");
            assertTrue(text.contains(wrong[0]), text);
            metadata.put("elbo4j.checkpoint", text.replace(wrong[0], wrong[1]));
            Path other = dir.resolve("other.safetensors");
            Safetensors.write(other, metadata, content.tensors());
            String message = assertThrows(CheckpointException.class, () -> Checkpoint.read(other)).getMessage();
            assertTrue(message.contains(wrong[2]), message);
        }
    }

    /** What earlier versions wrote names no kind, and so does a VAE's file of today: their bytes are the same. */
    @Test
    void aVaesCheckpointHasNoKind() {
        Path run = run(MODEL, source(1), Standardisation.Kind.NONE);
        String state = Safetensors.read(Trained.checkpoint(run)).metadata().get("elbo4j.checkpoint");
        assertFalse(state.contains("kind"), state);
        assertTrue(state.startsWith("{\"model\":{\"columns\":16,\"hidden\":[8],\"latent\":2,"), state);
        assertEquals(MODEL, Checkpoint.of(state).model());
        assertEquals(MODEL, Checkpoint.of("{\"kind\":\"vae\"," + state.substring(1)).model());
    }

    @Test
    void aHierarchicalVaesPicturesAreDrawn() throws IOException {
        HierarchicalVae.Settings model = new HierarchicalVae.Settings(16, List.of(6, 5), List.of(4, 3),
                Activation.TANH, false);
        Path run = run(model, source(1), Standardisation.Kind.NONE);
        assertEquals(List.of("curve.png", "reconstructions.png", "samples.png", "traversal.png"), names(run));
        try (Backend backend = new JavaBackend(1); Trained trained = Trained.load(run, backend)) {
            Coder coder = trained.coder();
            float[] z = coder.prior(3);
            assertArrayEquals(Arrays.copyOf(coder.decode(z), 16), coder.decode(Arrays.copyOf(z,
                    3)));
        }
    }

    @Test
    void settingsWithoutARegisteredModelAreRefused() {
        record Foreign(long columns) {}
        assertTrue(assertThrows(IllegalArgumentException.class, () -> RunPlan.of(source(1), new Foreign(16),
                TrainingSettings.of(8, 1))).getMessage().startsWith("no kind of model has settings of "));
    }
}
