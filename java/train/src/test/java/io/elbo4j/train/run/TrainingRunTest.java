package io.elbo4j.train.run;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.EpochReport;
import io.elbo4j.train.NonFiniteException;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.checkpoint.CheckpointException;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Sentences;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingRunTest {
    private static final VaeSettings MODEL = new VaeSettings(16, List.of(8), 2, Activation.RELU,
            LikelihoodKind.BERNOULLI, 1, true);

    @TempDir
    Path dir;

    private static TrainingSettings settings(double learningRate) {
        return new TrainingSettings(8, learningRate, 1, 1.5, 0, Double.POSITIVE_INFINITY, 4);
    }

    private static Images images(String name, int rows, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[rows * 16];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        return new Images(name, rows, 4, 4, 1, values);
    }

    private static DataSource source(long seed) {
        return new DataSource(images("train", 30, seed), images("test", 10, 99));
    }

    /** Collects reports; goes on while {@code goOn} holds for the number of steps done. */
    private static class Collector implements TrainingRun.Listener {
        private final List<EpochReport> reports = new ArrayList<>();
        private final LongPredicate goOn;

        Collector(LongPredicate goOn) {
            this.goOn = goOn;
        }

        @Override
        public boolean step(Trainer.Progress progress, long stepsPerEpoch) {
            assertEquals(4, stepsPerEpoch);
            return goOn.test(progress.step());
        }

        @Override
        public void epoch(EpochReport report) {
            reports.add(report);
        }
    }

    private static RunPlan plan() {
        return RunPlan.of(source(1), MODEL, settings(1e-2)).withEvaluateEvery(1);
    }

    private TrainingRun.Outcome start(Path run, long steps, Collector collector) {
        try (Backend backend = new JavaBackend(1);
                TrainingRun training = TrainingRun.start(RunFolder.create(run), plan(), source(1), backend)) {
            return training.train(steps, collector);
        }
    }

    private TrainingRun.Outcome resume(Path run, long steps, Collector collector) {
        try (Backend backend = new JavaBackend(2);
                TrainingRun training = TrainingRun.resume(run, source(1), backend)) {
            return training.train(steps, collector);
        }
    }

    private static byte[] checkpoint(Path run) throws IOException {
        return Files.readAllBytes(TrainingRun.checkpoint(run));
    }

    /** Lines of metrics without what depends on the clock. */
    private static List<JsonObject> metrics(Path run) throws IOException {
        List<JsonObject> lines = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
            JsonObject o = JsonParser.parseString(line).getAsJsonObject();
            JsonElement speed = o.remove("samples_per_second");
            assertTrue(speed.isJsonNull() || speed.getAsDouble() > 0);
            lines.add(o);
        }
        return lines;
    }

    /** All that is in a folder. */
    private static Map<String, ByteBuffer> files(Path run) throws IOException {
        Map<String, ByteBuffer> files = new TreeMap<>();
        for (String name : Sentences.names(run)) {
            files.put(name, ByteBuffer.wrap(Files.readAllBytes(run.resolve(name))));
        }
        return files;
    }

    private static void cutLastLine(Path metrics) throws IOException {
        List<String> lines = Files.readAllLines(metrics);
        Files.write(metrics, lines.subList(0, lines.size() - 1));
    }

    @Test
    void aStoppedRunEndsInTheCheckpointOfAnUninterruptedOne() throws IOException {
        Path whole = dir.resolve("new/whole");
        Collector collector = new Collector(s -> true);
        TrainingRun.Outcome outcome = start(whole, 10, collector);
        assertFalse(outcome.stopped());
        assertEquals(List.of(4L, 8L, 10L), collector.reports.stream().map(EpochReport::step).toList());
        assertEquals(List.of(true, true, false), collector.reports.stream().map(EpochReport::complete).toList());
        assertEquals(List.of(1L, 2L, 3L), collector.reports.stream().map(EpochReport::epoch).toList());
        assertEquals(collector.reports.get(2).test(), outcome.test());
        for (String picture : new String[] {"curve", "reconstructions", "samples", "traversal"}) {
            assertTrue(outcome.pictures().contains(whole.resolve(picture + ".png")), picture);
            assertTrue(Files.size(whole.resolve(picture + ".png")) > 0);
        }
        for (long stop = 1; stop < 10; stop++) {
            long last = stop;
            Path parts = dir.resolve("parts" + stop);
            TrainingRun.Outcome stopped = start(parts, 10, new Collector(s -> s < last));
            assertTrue(stopped.stopped() && stopped.pictures().isEmpty());
            assertEquals(stop, Checkpoint.read(TrainingRun.checkpoint(parts)).checkpoint().position().step());
            resume(parts, 10, new Collector(s -> true));
            assertArrayEquals(checkpoint(whole), checkpoint(parts), "stopped after " + stop);
            assertEquals(metrics(whole), metrics(parts), "stopped after " + stop);
        }
    }

    @Test
    void metricsAheadOfTheCheckpointAreWrittenAgain() throws IOException {
        Path whole = dir.resolve("whole");
        start(whole, 12, new Collector(s -> true));
        Path killed = dir.resolve("killed");
        start(killed, 4, new Collector(s -> true));
        byte[] early = checkpoint(killed);
        resume(killed, 8, new Collector(s -> true));
        // as earlier versions could leave it, and killed while the next line was written
        Files.write(TrainingRun.checkpoint(killed), early);
        Files.writeString(killed.resolve("metrics.jsonl"),
                Files.readString(killed.resolve("metrics.jsonl")) + "{\"epoch\":3,\"st");
        resume(killed, 12, new Collector(s -> true));
        assertArrayEquals(checkpoint(whole), checkpoint(killed));
        assertEquals(metrics(whole), metrics(killed));
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 4, 6, 8})
    void aLineOfMetricsThatTheCheckpointIsAheadOfIsWrittenAgain(long steps) throws IOException {
        Path whole = dir.resolve("whole");
        start(whole, steps, new Collector(s -> true));
        List<JsonObject> before = metrics(whole);
        cutLastLine(whole.resolve("metrics.jsonl"));
        resume(whole, steps, new Collector(s -> true));
        assertEquals(before, metrics(whole));
        Path killed = dir.resolve("killed");
        start(killed, steps, new Collector(s -> true));
        cutLastLine(killed.resolve("metrics.jsonl"));
        resume(killed, 12, new Collector(s -> true));
        Path longer = dir.resolve("longer");
        start(longer, 12, new Collector(s -> true));
        assertEquals(metrics(longer), metrics(killed));
        assertArrayEquals(checkpoint(longer), checkpoint(killed));
    }

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
    void aRunKilledBeforeItsFirstCheckpointBeginsAgain() throws IOException {
        Path run = dir.resolve("run");
        start(run, 8, new Collector(s -> true));
        byte[] before = checkpoint(run);
        List<String> lines = Files.readAllLines(run.resolve("metrics.jsonl"));
        Files.delete(TrainingRun.checkpoint(run));
        assertSentence(run + " already holds a run (run.json): resume it, or choose another folder",
                () -> start(run, 8, new Collector(s -> true)));
        resume(run, 8, new Collector(s -> true));
        assertArrayEquals(before, checkpoint(run));
        assertEquals(lines.size(), Files.readAllLines(run.resolve("metrics.jsonl")).size());
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

    @ParameterizedTest
    @ValueSource(longs = {2, 4, 6, 8})
    void aRunThatIsDoneIsOnlyEvaluated(long steps) throws IOException {
        Path run = dir.resolve("run");
        TrainingRun.Outcome first = start(run, steps, new Collector(s -> true));
        Map<String, ByteBuffer> before = files(run);
        for (long asked : new long[] {steps, 1}) {
            TrainingRun.Outcome second = resume(run, asked, new Collector(s -> {
                throw new AssertionError("no step is left to do");
            }));
            assertEquals(first.test(), second.test());
            assertEquals(before, files(run));
        }
    }

    private static void copy(Path from, Path to) {
        try {
            Files.createDirectories(to);
            for (String name : Sentences.names(from)) {
                Files.copy(from.resolve(name), to.resolve(name));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Arguments> waysToSave() {
        return Stream.of(Arguments.of(1, null), Arguments.of(2, null), Arguments.of(1, "1steps"),
                Arguments.of(2, "3steps"), Arguments.of(3, "5steps"), Arguments.of(1, "60min"));
    }

    /** What stands in the folder after a step is what a kill leaves there. */
    @ParameterizedTest
    @MethodSource("waysToSave")
    void killedAfterAnyStepARunEndsInTheSameCheckpointAndMetrics(long evaluateEvery, String checkpointEvery)
            throws IOException {
        Path whole = dir.resolve("whole");
        RunPlan plan = plan().withEvaluateEvery(evaluateEvery)
                .withCheckpointEvery(checkpointEvery == null ? null : CheckpointEvery.of(checkpointEvery));
        int steps = 18;
        try (Backend backend = new JavaBackend(1);
                TrainingRun training = TrainingRun.start(RunFolder.create(whole), plan, source(1), backend)) {
            training.train(steps, new Collector(s -> {
                copy(whole, dir.resolve("killed" + s));
                return true;
            }));
        }
        List<Long> expected = LongStream.rangeClosed(1, steps).filter(s -> s % (4 * evaluateEvery) == 0 || s == steps)
                .boxed().toList();
        assertEquals(expected, metrics(whole).stream().map(o -> o.get("step").getAsLong()).toList());
        for (int step = 1; step <= steps; step++) {
            Path killed = dir.resolve("killed" + step);
            if (checkpointEvery != null && checkpointEvery.endsWith("steps")) {
                // the copy was made before the last of these steps was saved
                long every = CheckpointEvery.of(checkpointEvery).count();
                long saved = (step - 1) / every * every;
                assertEquals(saved > 0, Files.exists(TrainingRun.checkpoint(killed)), "at step " + step);
                assertEquals(saved, saved == 0 ? 0
                        : Checkpoint.read(TrainingRun.checkpoint(killed)).checkpoint().position().step());
            }
            resume(killed, steps, new Collector(s -> true));
            assertArrayEquals(checkpoint(whole), checkpoint(killed), "killed after step " + step);
            assertEquals(metrics(whole), metrics(killed), "killed after step " + step);
            assertEquals(Sentences.names(whole), Sentences.names(killed), "killed after step " + step);
        }
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
    void picturesThatAnInterruptLeavesOutAreDrawnByAResumedRun() throws IOException {
        Path whole = dir.resolve("whole");
        start(whole, 4, new Collector(s -> true));
        Path run = dir.resolve("run");
        Collector interrupted = new Collector(s -> true) {
            @Override
            public boolean picture(Path file) {
                return !file.endsWith("reconstructions.png");
            }
        };
        TrainingRun.Outcome outcome = start(run, 4, interrupted);
        assertTrue(outcome.stopped());
        assertEquals(List.of(run.resolve("curve.png"), run.resolve("reconstructions.png")), outcome.pictures());
        assertFalse(resume(run, 4, new Collector(s -> true)).stopped());
        for (String picture : new String[] {"curve.png", "reconstructions.png", "samples.png", "traversal.png"}) {
            assertEquals(files(whole).get(picture), files(run).get(picture), picture);
        }
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

    @Test
    void aRunOfAnEarlierVersionGoesOn() throws IOException {
        Path whole = dir.resolve("whole");
        start(whole, 12, new Collector(s -> true));
        Path run = dir.resolve("run");
        start(run, 6, new Collector(s -> true));
        Files.delete(run.resolve("run.json"));
        resume(run, 12, new Collector(s -> true));
        assertArrayEquals(checkpoint(whole), checkpoint(run));
        assertEquals(metrics(whole), metrics(run));
        assertTrue(Files.exists(run.resolve("run.json")));
    }
}
