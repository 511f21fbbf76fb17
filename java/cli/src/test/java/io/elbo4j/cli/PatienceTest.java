package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that learns its few rows by heart ends when the others are not explained better any more. */
class PatienceTest {
    private static final int PATIENCE = 3;

    @TempDir
    Path directory;
    private Path data;
    private Path whole;

    @BeforeEach
    void train() {
        data = Cli.data(directory, 30);
        whole = directory.resolve("whole");
        Cli.Result result = train(whole, "--epochs", "300").succeeds();
        assertTrue(result.out().contains("ended       after 3 evaluations without a better ELBO of the test set"),
                result.out());
    }

    private Cli.Result train(Path out, String... more) {
        return Cli.train(data, out, Lists.join(List.of("--learning-rate", "0.05", "--patience", "" + PATIENCE),
                more));
    }

    private static List<Double> elbos(Path of) throws IOException {
        return Files.readAllLines(of.resolve("metrics.jsonl")).stream().map(line -> JsonParser.parseString(line)
                .getAsJsonObject().getAsJsonObject("test").get("elbo").getAsDouble()).toList();
    }

    private static Path best(Path of) {
        return of.resolve("best.safetensors");
    }

    @Test
    void itEndsWhereTheLastEvaluationsWereNoBetterAndKeepsTheBest() throws IOException {
        List<Double> elbos = elbos(whole);
        assertTrue(elbos.size() < 300, elbos.toString());
        double most = elbos.stream().mapToDouble(e -> e).max().orElseThrow();
        assertEquals(elbos.size() - 1 - PATIENCE, elbos.indexOf(most));
        for (int end = PATIENCE + 1; end < elbos.size(); end++) {
            List<Double> before = elbos.subList(0, end);
            assertTrue(end - 1 - before.indexOf(before.stream().mapToDouble(e -> e).max().orElseThrow()) < PATIENCE,
                    "it could have ended at " + end);
        }
        JsonObject found = Cli.run("evaluate", "--checkpoint", best(whole).toString(), "--backend", "java", "--json")
                .succeeds().json();
        assertEquals(most, found.get("elbo").getAsDouble(), 1e-9 * Math.abs(most));
        JsonObject last = Cli.run("evaluate", "--checkpoint", whole.toString(), "--backend", "java", "--json")
                .succeeds().json();
        assertEquals(elbos.get(elbos.size() - 1), last.get("elbo").getAsDouble(), 1e-9 * Math.abs(most));
    }

    @Test
    void aRunInPartsIsTheSame() throws IOException {
        Path parts = directory.resolve("parts");
        // in the middle of an epoch, and at the end of one
        train(parts, "--steps", "7").succeeds();
        for (int epochs : new int[] {4, 300}) {
            Cli.run("train", "--resume", "--out", parts.toString(), "--epochs", "" + epochs).succeeds();
        }
        assertEquals(elbos(whole), elbos(parts));
        assertEquals(-1, Files.mismatch(whole.resolve("checkpoint.safetensors"), parts.resolve(
                "checkpoint.safetensors")));
        assertEquals(-1, Files.mismatch(best(whole), best(parts)));
    }

    @Test
    void theBestThatAKilledProcessHasNotWrittenIsWrittenByTheNext() throws IOException {
        List<Double> elbos = elbos(whole);
        Path parts = directory.resolve("parts");
        train(parts, "--epochs", "" + (elbos.size() - PATIENCE)).succeeds();
        assertEquals(-1, Files.mismatch(best(whole), best(parts)));
        // as if the process had ended between the line of metrics and this
        Files.delete(best(parts));
        Cli.run("train", "--resume", "--out", parts.toString(), "--epochs", "300").succeeds();
        assertEquals(-1, Files.mismatch(best(whole), best(parts)));
        assertEquals(elbos, elbos(parts));
    }

    @Test
    void aRunThatHasEndedGoesOnWithMorePatienceAlone() throws IOException {
        List<Double> before = elbos(whole);
        byte[] checkpoint = Files.readAllBytes(whole.resolve("checkpoint.safetensors"));
        Cli.run("train", "--resume", "--out", whole.toString(), "--epochs", "300").succeeds();
        assertEquals(before, elbos(whole));
        assertTrue(java.util.Arrays.equals(checkpoint, Files.readAllBytes(whole.resolve("checkpoint.safetensors"))));
        Cli.run("train", "--resume", "--out", whole.toString(), "--epochs", "300", "--patience", "5").succeeds();
        assertEquals(before, elbos(whole).subList(0, before.size()));
        assertTrue(elbos(whole).size() > before.size());
    }

    @Test
    void withoutPatienceNothingIsKept() {
        Path out = directory.resolve("plain");
        Cli.train(data, out, "--epochs", "2").succeeds();
        assertFalse(Files.exists(best(out)));
        Cli.train(data, directory.resolve("none"), "--patience", "0").fails(2, "--patience must be at least 1, not 0");
    }
}
