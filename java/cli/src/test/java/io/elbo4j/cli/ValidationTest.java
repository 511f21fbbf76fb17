package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.data.NpyWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run with a validation set never sees the test set. */
class ValidationTest {
    private static final int TEST_ROWS = 4;

    @TempDir
    Path directory;

    /** Under the one name of what it is evaluated on. */
    private static String metrics(Path of) throws IOException {
        return Files.readString(of.resolve("metrics.jsonl")).replaceAll("\"[a-z_]*(seconds|per_second)\":[^,}]*", "")
                .replace("\"validation\":", "\"test\":");
    }

    private Cli.Result train(Path data, String out, String... more) {
        return Cli.train(data, directory.resolve(out), more);
    }

    @Test
    void otherTestRowsChangeNothing() throws IOException {
        Path data = Cli.data(directory);
        float[] values = Cli.values(Cli.ROWS * Cli.COLUMNS);
        for (int i = values.length - TEST_ROWS * Cli.COLUMNS; i < values.length; i++) {
            values[i] = 1 - values[i];
        }
        Path other = directory.resolve("other.npy");
        NpyWriter.write(other, Cli.ROWS, Cli.COLUMNS, values);
        String out = train(data, "a", "--validation", "0.25", "--epochs", "3").succeeds().out();
        assertTrue(out.contains(": 27 images to train, 9 to validate"), out);
        assertTrue(out.contains("  validation ELBO -"), out);
        assertFalse(out.contains("test"), out);
        String lines = Files.readString(directory.resolve("a").resolve("metrics.jsonl"));
        assertTrue(lines.contains("\"validation\":{") && !lines.contains("test"), lines);
        String json = train(data, "json", "--validation", "0.25", "--epochs", "1", "--json").succeeds().out();
        assertTrue(json.contains("\"validation\":{") && !json.contains("\"test\""), json);
        train(other, "b", "--validation", "0.25", "--epochs", "3").succeeds();
        assertEquals(metrics(directory.resolve("a")), metrics(directory.resolve("b")));
        train(data, "c", "--epochs", "3").succeeds();
        train(other, "d", "--epochs", "3").succeeds();
        assertNotEquals(metrics(directory.resolve("c")), metrics(directory.resolve("d")));
        // which is what `evaluate` takes
        assertNotEquals(evaluated("a", data), evaluated("b", other));
        assertEquals(evaluated("a", data), evaluated("b", data));
    }

    private double evaluated(String run, Path data) {
        return Cli.run("evaluate", "--checkpoint", directory.resolve(run).toString(), "--data", "npy=" + data,
                "--backend", "java", "--json").succeeds().json().get("elbo").getAsDouble();
    }

    @Test
    void aRunInPartsIsTheSame() throws IOException {
        Path data = Cli.data(directory);
        train(data, "whole", "--validation", "0.25", "--epochs", "3").succeeds();
        train(data, "parts", "--validation", "0.25", "--steps", "5").succeeds();
        Path parts = directory.resolve("parts");
        Cli.run("train", "--resume", "--out", parts.toString(), "--epochs", "3", "--validation", "0.5").fails(2,
                "--validation");
        Cli.run("train", "--resume", "--out", parts.toString(), "--epochs", "3").succeeds();
        Path whole = directory.resolve("whole");
        assertEquals(-1, Files.mismatch(whole.resolve("checkpoint.safetensors"), parts.resolve(
                "checkpoint.safetensors")));
        assertEquals(metrics(whole), metrics(parts));
        train(data, "more", "--validation", "0.5", "--epochs", "3").succeeds();
        assertNotEquals(-1, Files.mismatch(whole.resolve("checkpoint.safetensors"), directory.resolve("more").resolve(
                "checkpoint.safetensors")));
    }

    /** As a run whose test set is these rows, which has them from its own file. */
    @Test
    void dataOfOnesOwnStandsForTheTestSet() throws IOException {
        Path data = Cli.data(directory);
        float[] values = Cli.values(Cli.ROWS * Cli.COLUMNS);
        Path held = directory.resolve("held.npy");
        NpyWriter.write(held, TEST_ROWS, Cli.COLUMNS, Arrays.copyOfRange(values, (Cli.ROWS - TEST_ROWS) * Cli.COLUMNS,
                values.length));
        for (int i = (Cli.ROWS - TEST_ROWS) * Cli.COLUMNS; i < values.length; i++) {
            values[i] = 1 - values[i];
        }
        Path other = directory.resolve("other.npy");
        NpyWriter.write(other, Cli.ROWS, Cli.COLUMNS, values);
        train(data, "test", "--epochs", "4", "--patience", "2", "--learning-rate", "0.1").succeeds();
        for (String stream : new String[] {"--no", "--stream"}) {
            String[] more = {"--validation-data", "npy=" + held, "--patience", "2", "--learning-rate", "0.1"};
            String[] all = stream.equals("--no") ? more : Stream.concat(Stream.of(more), Stream.of(stream)).toArray(
                    String[]::new);
            String out = train(other, "own" + stream, Stream.concat(Stream.of(all), Stream.of("--epochs", "4")).toArray(
                    String[]::new)).succeeds().out();
            assertTrue(out.contains(": 36 images to train, 4 to validate"), out);
            assertEquals(metrics(directory.resolve("test")), metrics(directory.resolve("own" + stream)));
            assertEquals(-1, Files.mismatch(directory.resolve("test").resolve("best.safetensors"), directory.resolve(
                    "own" + stream).resolve("best.safetensors")));
            // in parts, and where the data is now
            train(other, "parts" + stream, Stream.concat(Stream.of(all), Stream.of("--steps", "7")).toArray(
                    String[]::new)).succeeds();
            Path moved = Files.move(held, directory.resolve("moved.npy"));
            String[] resume = {"train", "--resume", "--out", directory.resolve("parts" + stream).toString(), "--epochs",
                    "4"};
            Cli.run(resume).fails(1, held.toString());
            Cli.run(Stream.concat(Stream.of(resume), Stream.of("--validation-data", "npy=" + moved)).toArray(
                    String[]::new)).succeeds();
            assertEquals(metrics(directory.resolve("test")), metrics(directory.resolve("parts" + stream)));
            Files.move(moved, held);
        }
        // the rows that the run was judged by, as anomalies are
        String anomalies = Cli.run("anomalies", "--checkpoint", directory.resolve("own--no").toString(), "--backend",
                "java").succeeds().out();
        assertTrue(anomalies.contains("4 test rows against 4 validation rows"), anomalies);
    }

    /** As of the data that is trained on: not even its test set may be another one. */
    @Test
    void aRunIsNotResumedOnOtherRows() throws IOException {
        Path data = Cli.data(directory);
        float[] values = new float[TEST_ROWS * Cli.COLUMNS];
        Path held = directory.resolve("held.npy");
        NpyWriter.write(held, TEST_ROWS, Cli.COLUMNS, values);
        train(data, "own", "--validation-data", "npy=" + held, "--steps", "3").succeeds();
        Path run = directory.resolve("own");
        byte[] before = Files.readAllBytes(run.resolve("run.json"));
        String[] resume = {"train", "--resume", "--out", run.toString(), "--steps", "6", "--validation-data", "npy="
                + held};
        values[Cli.COLUMNS] = 0.5f;
        NpyWriter.write(held, TEST_ROWS, Cli.COLUMNS, values);
        Cli.run(resume).fails(1, "is evaluated on other rows than those now given, " + held,
                "resume with the run's own");
        values[Cli.COLUMNS] = 1.5f;
        NpyWriter.write(held, TEST_ROWS, Cli.COLUMNS, values);
        Cli.run(resume).fails(1, "is evaluated on other rows");
        assertArrayEquals(before, Files.readAllBytes(run.resolve("run.json")));
        // of an earlier version, which did not say what they were
        String earlier = new String(before, StandardCharsets.UTF_8).replaceAll("  \"evaluatedOn\".*\n", "");
        assertNotEquals(before.length, earlier.length());
        Files.writeString(run.resolve("run.json"), earlier);
        Cli.run(resume).fails(1, "row 1, column 0 is 1.5");
        values[Cli.COLUMNS] = 0;
        NpyWriter.write(held, TEST_ROWS, Cli.COLUMNS, values);
        Cli.run(resume).succeeds();
    }

    @Test
    void anotherKindOfSetContradictsTheRun() {
        Path data = Cli.data(directory);
        Path held = directory.resolve("held.npy");
        NpyWriter.write(held, TEST_ROWS, Cli.COLUMNS, new float[TEST_ROWS * Cli.COLUMNS]);
        train(data, "own", "--validation-data", "npy=" + held, "--steps", "3").succeeds();
        train(data, "plain", "--steps", "3").succeeds();
        Cli.run("train", "--resume", "--out", directory.resolve("own").toString(), "--validation", "0.1").fails(2,
                "--validation 0.1 contradicts", "which is of a run with --validation-data npy=" + held
                        + ": leave the option out");
        Cli.run("train", "--resume", "--out", directory.resolve("plain").toString(), "--validation", "0.1").fails(2,
                "--validation 0.1 contradicts", "which is of a run without: leave the option out");
    }

    @Test
    void dataThatDoesNotFitIsRefusedBeforeThereIsAFolder() throws IOException {
        Path data = Cli.data(directory);
        Path narrow = Cli.data(directory, 29);
        train(data, "none", "--validation-data", "npy=" + narrow).fails(2, "--validation-data must be rows of"
                + " 1 x 30 x 1 (height x width x channels), as of " + data + ", not 1 x 29 x 1 of " + narrow);
        train(data, "none", "--validation-data", "npy=" + directory.resolve("nothing.npy")).fails(1, "nothing.npy");
        train(data, "none", "--validation-data", "npy=" + data, "--validation", "0.5").fails(2, "--validation 0.5 and"
                + " --validation-data", "give one of them");
        Path large = directory.resolve("large.npy");
        NpyWriter.write(large, 2, Cli.COLUMNS, new float[2 * Cli.COLUMNS]);
        float[] values = new float[2 * Cli.COLUMNS];
        values[Cli.COLUMNS + 3] = 1.5f;
        NpyWriter.write(large, 2, Cli.COLUMNS, values);
        train(data, "none", "--validation-data", "npy=" + large).fails(1, large + ": ", "row 1, column 3 is 1.5");
        assertFalse(Files.exists(directory.resolve("none")));
        train(data, "plain", "--epochs", "1").succeeds();
        Cli.run("train", "--resume", "--out", directory.resolve("plain").toString(), "--validation-data", "npy=" + data)
                .fails(2, "--validation-data", "contradicts", "which is of a run without");
    }

    @Test
    void aThirdSetOfAMusicFileValidates() throws IOException {
        Path music = Files.writeString(directory.resolve("music.json"),
                "{\"train\": [[[60], [62], [64]], [[60], [62]]],"
                        + " \"test\": [[[80], [81]]], \"valid\": [[[60], [62]]]}");
        String[] common = {"--backend", "java", "--threads", "1", "--latent", "2", "--units", "4", "--width", "4",
                "--model", "deep-markov-model", "--steps", "3", "--data"};
        String out = Cli.run(Stream.of(Stream.of("train", "--out", directory.resolve("valid").toString(),
                "--validation-data", "music=" + music), Stream.of(common), Stream.of("music=" + music)).flatMap(s -> s)
                .toArray(String[]::new)).succeeds().out();
        assertTrue(out.contains(": 2 sequences to train, 1 to validate"), out);
        // the same as a test set
        Path swapped = Files.writeString(directory.resolve("swapped.json"), "{\"train\": [[[60], [62], [64]], [[60],"
                + " [62]]], \"test\": [[[60], [62]]]}");
        Cli.run(Stream.of(Stream.of("train", "--out", directory.resolve("test").toString()), Stream.of(common), Stream
                .of("music=" + swapped)).flatMap(s -> s).toArray(String[]::new)).succeeds();
        assertEquals(metrics(directory.resolve("test")), metrics(directory.resolve("valid")));
    }

    @Test
    void aShareThatIsNoneIsRefused() {
        for (String share : new String[] {"0", "1", "-0.1", "NaN"}) {
            train(Cli.data(directory), "none", "--validation", share).fails(2, "--validation must be above 0 and"
                    + " below 1");
        }
    }

    /** An epoch would be chosen by what it was trained on. */
    @Test
    void theRunsOwnDataIsNoValidationSet() throws IOException {
        Path data = Cli.data(directory);
        Path link = Files.createSymbolicLink(directory.resolve("link.npy"), data);
        Path hard = Files.createLink(directory.resolve("hard.npy"), data);
        Path folder = Files.createDirectory(directory.resolve("folder"));
        for (Path same : List.of(data, link, hard, folder.resolve("..").resolve(data.getFileName()))) {
            train(data, "none", "--validation-data", "npy=" + same).fails(2, "--validation-data must be other data than"
                    + " npy=" + data + ", whose rows the run is trained or tested on, not npy=" + same);
        }
        Cli.run("train", "--validation-data", "sprites", "--out", directory.resolve("none").toString()).fails(2,
                "--validation-data must be other data than sprites");
        Path digits = Cli.digits(directory);
        Path other = Files.createSymbolicLink(directory.resolve("digits-again"), digits);
        Cli.run("train", "--data", "mnist=" + digits, "--validation-data", "mnist=" + other, "--out", directory.resolve(
                "none").toString()).fails(2, "--validation-data must be other data than mnist=" + digits);
        assertFalse(Files.exists(directory.resolve("none")));
    }

    /** Of a copy it is the rows that tell. */
    @Test
    void rowsThatAreTrainedOnAreSaid() throws IOException {
        Path data = Cli.data(directory);
        Path copy = Files.copy(data, directory.resolve("copy.npy"));
        String said = train(data, "copy", "--validation-data", "npy=" + copy, "--steps", "3").succeeds().err();
        assertTrue(said.contains("note: 36 of the 40 rows of --validation-data are trained on, too: what is chosen by"
                + " them is not chosen by new data\nnote: 4 of the 40 rows of --validation-data are rows of the test"
                + " set, too: what is chosen by them is not tested by new data\n"), said);
        Path held = directory.resolve("held.npy");
        NpyWriter.write(held, TEST_ROWS, Cli.COLUMNS, new float[TEST_ROWS * Cli.COLUMNS]);
        String none = train(data, "own", "--validation-data", "npy=" + held, "--steps", "3").succeeds().err();
        assertFalse(none.contains("note: "), none);
    }
}
