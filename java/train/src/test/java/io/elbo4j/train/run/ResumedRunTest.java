package io.elbo4j.train.run;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.EpochReport;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.Sentences;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stopped or killed anywhere, a run that goes on ends as one that was never stopped. */
class ResumedRunTest extends Runs {
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
    void picturesThatAnInterruptLeavesOutAreDrawnByAResumedRun() throws IOException {
        Path whole = dir.resolve("whole");
        start(whole, 4, new Collector(s -> true));
        Path run = dir.resolve("run");
        List<String> said = new ArrayList<>();
        Collector interrupted = new Collector(s -> true) {
            @Override
            public boolean pictures(int drawn, int all) {
                said.add(drawn + " of " + all);
                return drawn < 2;
            }
        };
        TrainingRun.Outcome outcome = start(run, 4, interrupted);
        assertTrue(outcome.stopped());
        assertEquals(List.of("0 of 4", "1 of 4", "2 of 4"), said);
        assertEquals(List.of(run.resolve("curve.png"), run.resolve("reconstructions.png")), outcome.pictures());
        assertFalse(resume(run, 4, new Collector(s -> true)).stopped());
        for (String picture : new String[] {"curve.png", "reconstructions.png", "samples.png", "traversal.png"}) {
            assertEquals(files(whole).get(picture), files(run).get(picture), picture);
        }
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
