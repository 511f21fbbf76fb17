package io.elbo4j.train.run;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.NonFiniteException;
import io.elbo4j.train.checkpoint.CheckpointException;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Sentences;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingRunTest extends Runs {
    @Test
    void aCheckpointThatCannotBeWrittenLeavesNoMetricsAndNoFolder() throws IOException {
        Path run = dir.resolve("run");
        Path obstacle = TrainingRun.checkpoint(run);
        String message = assertThrows(DataException.class, () -> start(run, 4, new Collector(s -> {
            try {
                Files.createDirectories(obstacle);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return true;
        }))).getMessage();
        assertTrue(message.startsWith("cannot write " + obstacle + ": "), message);
        assertEquals(List.of(obstacle.getFileName().toString()), Sentences.names(run));
    }

    @Test
    void aRunThatFailsBeforeItSavesRemovesOnlyTheFoldersItMade() throws IOException {
        Path there = Files.createDirectory(dir.resolve("there"));
        for (Path run : List.of(there, there.resolve("new/run"))) {
            assertThrows(IllegalStateException.class, () -> start(run, 4, new Collector(s -> {
                throw new IllegalStateException();
            })));
            assertEquals(List.of(), Sentences.names(there));
        }
    }

    @Test
    void otherLinesAmongTheMetricsAreRefused() throws IOException {
        Path run = dir.resolve("run");
        start(run, 8, new Collector(s -> true));
        String good = Files.readString(run.resolve("metrics.jsonl"));
        for (String wrong : new String[] {"hello", "", "7", "{}", "{\"complete\":true,\"step\":\"x\"}"}) {
            Files.writeString(run.resolve("metrics.jsonl"), good + wrong + "\n");
            String message = assertThrows(DataException.class, () -> resume(run, 12, new Collector(s -> true)))
                    .getMessage();
            assertTrue(message.endsWith("metrics.jsonl: line 3 is no line of metrics written by elbo4j"), message);
            assertEquals(good + wrong + "\n", Files.readString(run.resolve("metrics.jsonl")));
        }
    }

    @Test
    void aFolderThatHoldsARunIsRefused() throws IOException {
        Path run = dir.resolve("run");
        start(run, 2, new Collector(s -> true));
        byte[] before = checkpoint(run);
        assertSentence(run + " already holds a run (checkpoint.safetensors): resume it, or choose another folder",
                () -> start(run, 4, new Collector(s -> true)));
        assertArrayEquals(before, checkpoint(run));
    }

    @Test
    void otherDataIsRefused() throws IOException {
        Path run = dir.resolve("run");
        start(run, 2, new Collector(s -> true));
        byte[] before = checkpoint(run);
        try (Backend backend = new JavaBackend(1)) {
            String message = assertThrows(CheckpointException.class,
                    () -> TrainingRun.resume(run, source(2), backend).close()).getMessage();
            assertTrue(message.contains("was trained on 30 images of 4 x 4 x 1 (fingerprint ")
                    && message.contains("the data now given, train, is 30 images"), message);
        }
        assertArrayEquals(before, checkpoint(run));
    }

    @Test
    void dataThatDoesNotFitIsRefusedBeforeTheFolderIsMade() {
        Path run = dir.resolve("run");
        float[] values = new float[3 * 16];
        values[18] = 1.5f;
        Images bright = new Images("bright", 3, 4, 4, 1, values);
        try (Backend backend = new JavaBackend(1)) {
            assertSentence("bright: the Bernoulli likelihood needs values in [0, 1]; row 1, column 2 is 1.5",
                    () -> TrainingRun.start(
                            run, new DataSource(source(1).train(), bright), MODEL, settings(1), backend));
            VaeSettings wide = new VaeSettings(17, List.of(), 2, Activation.RELU, LikelihoodKind.GAUSSIAN, 1, false);
            assertSentence("train: an image has 16 values (4 x 4 x 1), the model takes 17",
                    () -> TrainingRun.start(run, source(1), wide, settings(1), backend));
        }
        assertFalse(Files.exists(run));
    }

    @Test
    void foldersThatCannotBeMadeAreRefused() throws IOException {
        Path file = Files.writeString(dir.resolve("file"), "precious");
        for (Path run : new Path[] {file, file.resolve("run"), file.resolve("a/b")}) {
            String message = assertThrows(DataException.class, () -> start(run, 4, new Collector(s -> true)))
                    .getMessage();
            System.out.println(message);
            assertTrue(message.startsWith("cannot make the folder " + run + ": "), message);
        }
        assertEquals("precious", Files.readString(file));
    }

    @Test
    void aNumberThatIsNotFiniteLeavesTheLastCheckpoint() throws IOException {
        Path run = dir.resolve("run");
        try (Backend backend = new JavaBackend(1);
                TrainingRun training = TrainingRun.start(run, source(1), MODEL, settings(1e30), backend)) {
            assertThrows(NonFiniteException.class, () -> training.train(8, new Collector(s -> true)));
        }
        assertFalse(Files.exists(run));
    }

    @Test
    void smallDataIsEvaluatedEveryHundredSteps() throws IOException {
        Path run = dir.resolve("run");
        try (Backend backend = new JavaBackend(1);
                TrainingRun training = TrainingRun.start(run, source(1), MODEL, settings(1e-2), backend)) {
            training.train(210, new Collector(s -> true));
        }
        assertEquals(List.of(100L, 200L, 210L), metrics(run).stream().map(o -> o.get("step").getAsLong()).toList());
        resume(run, 300, new Collector(s -> true));
        assertEquals(List.of(100L, 200L, 300L), metrics(run).stream().map(o -> o.get("step").getAsLong()).toList());
    }

    @Test
    void aDescriptionThatIsDamagedOrOfAnotherRunIsRefused() throws IOException {
        Path run = dir.resolve("run");
        start(run, 2, new Collector(s -> true));
        Path plan = run.resolve("run.json");
        String good = Files.readString(plan);
        for (String wrong : new String[] {"", "7", "{}", good.substring(0, good.length() / 2),
                good.replace("\"evaluateEvery\": 1", "\"evaluateEvery\": 0"),
                good.replace("\"steps\": 2", "\"steps\": 2, \"checkpointEvery\": \"soon\"")}) {
            Files.writeString(plan, wrong);
            assertSentence(plan + ": is no description of a run written by elbo4j", () -> resume(run, 4, null));
        }
        Files.writeString(plan, good.replace("\"format\": 1", "\"format\": 1, \"version\": \"é\""),
                StandardCharsets.ISO_8859_1);
        assertSentence(plan + ": is no description of a run written by elbo4j", () -> resume(run, 4, null));
        Files.writeString(plan, good.replace("\"format\": 1", "\"format\": 2"));
        assertSentence(plan + ": has format 2, expected 1: it is of another version of elbo4j",
                () -> resume(run, 4, null));
        Files.writeString(plan, good.replace("\"seed\": 4", "\"seed\": 5"));
        assertSentence(TrainingRun.checkpoint(run) + " is not of the run that " + plan
                + " describes: one of them has been replaced", () -> resume(run, 4, null));
        Files.writeString(plan, good);
        resume(run, 4, new Collector(s -> true));
    }

    @Test
    void theDescriptionIsWholeAndSaysNothingOfTimeOrPlace() throws IOException {
        Path first = dir.resolve("first");
        Path second = dir.resolve("second");
        RunPlan plan = plan().withSteps(2).withSource("npy=/data.npy").withCheckpointEvery(CheckpointEvery.of("7min"))
                .withOrigin("1.2", List.of("train", "--data", "npy=/data.npy"));
        for (Path run : List.of(first, second)) {
            try (Backend backend = new JavaBackend(1);
                    TrainingRun training = TrainingRun.start(RunFolder.create(run), plan, source(1), backend)) {
                training.train(2, new Collector(s -> true));
            }
            assertEquals(plan, RunPlan.read(run.resolve("run.json")));
        }
        assertEquals(Files.readString(first.resolve("run.json")), Files.readString(second.resolve("run.json")));
    }
}
