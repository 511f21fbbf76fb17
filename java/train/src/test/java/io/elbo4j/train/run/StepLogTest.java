package io.elbo4j.train.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.EpochReport;
import io.elbo4j.train.NonFiniteException;
import io.elbo4j.train.data.Sentences;
import io.elbo4j.train.graph.Parameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Four steps are an epoch of 30 rows, the last of which has 6. */
class StepLogTest extends Runs {
    private static List<JsonObject> lines(Path run) throws IOException {
        List<JsonObject> lines = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("steps.jsonl"))) {
            lines.add(JsonParser.parseString(line).getAsJsonObject());
        }
        return lines;
    }

    private List<EpochReport> run(Path run, long every, long steps, long stopAfter, List<Double> norms) {
        Collector collector = new Collector(step -> step < stopAfter);
        try (Backend backend = new JavaBackend(1);
                TrainingRun training = Files.exists(run.resolve("run.json")) ? TrainingRun.resume(run, source(1),
                        backend)
                        : TrainingRun.start(RunFolder.create(run), plan(), source(1), backend)) {
            training.withLogEvery(every).train(steps, collector);
            norms.add(norm(training.parameters()));
        }
        return collector.reports;
    }

    private static double norm(Parameters parameters) {
        double squares = 0;
        for (Parameters.State s : parameters.all()) {
            Matrix gradient = s.gradient();
            for (float g : gradient.reshape(1, gradient.rows() * gradient.columns()).toArray()) {
                squares += (double) g * g;
            }
        }
        return Math.sqrt(squares);
    }

    @Test
    void aLineIsAboutTheRowsSinceTheLastOneAlsoThroughTheEndOfAnEpoch() throws IOException {
        Path run = dir.resolve("run");
        List<Double> norms = new ArrayList<>();
        List<EpochReport> epochs = run(run, 1, 8, 8, norms);
        List<JsonObject> each = lines(run);
        assertEquals(8, each.size());
        assertEquals(List.of(8L, 8L, 8L, 6L, 8L, 8L, 8L, 6L), each.stream().map(o -> o.get("rows").getAsLong())
                .toList());
        for (int e = 0; e < 2; e++) {
            double sum = 0;
            for (JsonObject o : each.subList(4 * e, 4 * e + 4)) {
                sum += o.get("rows").getAsLong() * o.get("elbo").getAsDouble();
            }
            assertEquals(epochs.get(e).train().elbo(), sum / 30, 1e-9);
        }
        assertEquals(norms.get(0), each.get(7).get("gradient_norm").getAsDouble(), 1e-12);
        assertEquals(1.5 + 1 / 30.0, each.get(5).get("epoch").getAsDouble(), 1e-12); // 16 of 30 rows

        Path other = dir.resolve("other");
        run(other, 3, 8, 8, norms);
        List<JsonObject> every = lines(other);
        assertEquals(List.of(3L, 6L, 8L), every.stream().map(o -> o.get("step").getAsLong()).toList());
        double expected = 0;
        for (JsonObject o : each.subList(3, 6)) {
            expected += o.get("rows").getAsLong() * o.get("kl").getAsDouble();
        }
        assertEquals(expected / 22, every.get(1).get("kl").getAsDouble(), 1e-9);
        assertEquals(each.get(5).get("gradient_norm"), every.get(1).get("gradient_norm"));
    }

    @Test
    void linesOfStepsThatAreDoneAgainMakeWay() throws IOException {
        Path run = dir.resolve("run");
        List<Double> norms = new ArrayList<>();
        run(run, 1, 8, 3, norms);
        List<JsonObject> before = lines(run);
        assertEquals(3, before.size());
        // a process was killed after its checkpoint: two more lines, one of them cut off
        Files.writeString(run.resolve("steps.jsonl"), "{\"step\":4,\"seconds\":9}\n{\"step\":5,\"se",
                StandardOpenOption.APPEND);
        run(run, 1, 8, 8, norms);
        List<JsonObject> after = lines(run);
        assertEquals(before, after.subList(0, 3));
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L), after.stream().map(o -> o.get("step").getAsLong())
                .toList());
        for (int i = 1; i < 8; i++) {
            assertTrue(after.get(i).get("seconds").getAsDouble() >= after.get(i - 1).get("seconds").getAsDouble());
        }
        // what it was told about changes no bit
        Path other = dir.resolve("other");
        run(other, 100, 8, 8, norms);
        Assertions.assertArrayEquals(checkpoint(other), checkpoint(run));
    }

    @Test
    void aRunThatSavesNothingLeavesNone() throws IOException {
        Path there = Files.createDirectory(dir.resolve("there"));
        Assertions.assertThrows(IllegalStateException.class, () -> start(there, 400, new Collector(s -> {
            if (s == 3) {
                throw new IllegalStateException();
            }
            return true;
        })));
        assertEquals(List.of(), Sentences.names(there));
        assertFalse(Files.exists(there.resolve("steps.jsonl")));
    }

    /** It is what one wants to see; and the folder is as good as new. */
    @Test
    void theLinesOfARunThatDivergesStay() throws IOException {
        Path run = dir.resolve("run");
        try (Backend backend = new JavaBackend(1);
                TrainingRun training = TrainingRun.start(run, source(1), MODEL, settings(1e15), backend)) {
            Assertions.assertThrows(NonFiniteException.class, () -> training.withLogEvery(1).train(8, new Collector(
                    s -> true)));
        }
        assertEquals(List.of("steps.jsonl"), Sentences.names(run));
        assertEquals(1, lines(run).get(0).get("step").getAsLong());
        assertTrue(Double.isFinite(lines(run).get(0).get("elbo").getAsDouble()));
        start(run, 8, new Collector(s -> true));
        assertEquals(List.of(8L), lines(run).stream().map(o -> o.get("step").getAsLong()).toList());
    }

    @Test
    void aFileOfOthersIsRefusedAndStays() throws IOException {
        Path there = Files.createDirectory(dir.resolve("there"));
        Path file = Files.writeString(there.resolve("steps.jsonl"), "1. buy milk\n");
        Sentences.assertSentence(file + ": line 1 is no line of steps written by elbo4j", () -> start(there, 4,
                new Collector(s -> true)));
        assertEquals("1. buy milk\n", Files.readString(file));
        assertEquals(List.of("steps.jsonl"), Sentences.names(there));
    }

    @Test
    void noStepsBetweenLinesAreRefused() {
        try (Backend backend = new JavaBackend(1);
                TrainingRun run = TrainingRun.start(RunFolder.create(dir.resolve("run")), plan(), source(1), backend)) {
            assertEquals("steps must be at least 1, not 0", Assertions.assertThrows(ArgumentException.class,
                    () -> run.withLogEvery(0)).getMessage());
        }
    }
}
