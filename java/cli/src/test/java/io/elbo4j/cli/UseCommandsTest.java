package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.NpyReader;
import io.elbo4j.train.data.NpyWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** evaluate, sample and encode on a checkpoint that train has left. */
class UseCommandsTest {
    @TempDir
    static Path directory;
    private static Path data;
    private static Path run;
    private static String checkpoint;

    @TempDir
    Path results;

    @BeforeAll
    static void train() {
        data = Cli.data(directory);
        run = directory.resolve("run");
        checkpoint = run.resolve("checkpoint.safetensors").toString();
        Cli.train(data, run, "--epochs", "3").succeeds();
    }

    private static Cli.Result evaluate(String... more) {
        return Cli.run(Lists.join(List.of("evaluate", "--checkpoint", checkpoint, "--data", "npy=" + data, "--backend",
                "java"), more));
    }

    @Test
    void evaluateGivesTheNumbersOfTheRunsMetrics() throws IOException {
        List<String> lines = Files.readAllLines(run.resolve("metrics.jsonl"));
        JsonObject stored = JsonParser.parseString(lines.get(2)).getAsJsonObject().getAsJsonObject("test");
        JsonObject o = evaluate("--json").succeeds().json();
        for (String term : stored.keySet()) {
            assertEquals(stored.get(term), o.get(term), term);
        }
        assertEquals(4, o.get("rows").getAsInt());
        assertEquals(36, evaluate("--json", "--set", "train").json().get("rows").getAsInt());
    }

    @Test
    void evaluateWithSamplesGivesABoundAboveTheElbo() {
        Cli.Result result = evaluate("--samples", "300", "--json").succeeds();
        JsonObject o = result.json();
        assertEquals("", result.err());
        assertEquals(300, o.get("samples").getAsInt());
        assertTrue(-o.get("nll").getAsDouble() > o.get("elbo").getAsDouble() - 0.5, o.toString());
        assertTrue(evaluate("--samples", "3").succeeds().out().contains("(3 samples)"));
    }

    @Test
    void aRunsFolderIsItsCheckpoint() {
        Cli.Result result = Cli.run("evaluate", "--checkpoint", run.toString(), "--data", "npy=" + data, "--backend",
                "java", "--json").succeeds();
        assertEquals(evaluate("--json").json(), result.json());
        Path file = results.resolve("x.npy");
        Cli.run("sample", "--checkpoint", run.toString(), "--count", "2", "--out", file.toString()).succeeds();
        Cli.run("encode", "--checkpoint", run.toString(), "--data", "npy=" + data, "--out", file.toString())
                .succeeds();
        Cli.run("sample", "--checkpoint", results.toString(), "--out", file.toString())
                .fails(1, results.resolve("checkpoint.safetensors") + ": no such file, expected a checkpoint");
    }

    @Test
    void withoutDataItIsWhatTheRunWasTrainedOn() throws IOException {
        Cli.Result result = Cli.run("evaluate", "--checkpoint", checkpoint, "--backend", "java", "--json").succeeds();
        assertEquals(evaluate("--json").json(), result.json());
        Path file = results.resolve("x.npy");
        assertEquals(40, Cli.run("encode", "--checkpoint", checkpoint, "--out", file.toString(), "--json").succeeds()
                .json().get("rows").getAsInt());
        Path moved = Files.copy(Path.of(checkpoint), results.resolve("moved.safetensors"));
        Cli.run("evaluate", "--checkpoint", moved.toString(), "--backend", "java").fails(1,
                moved + ": no run.json beside it says what it was trained on", "say with --data");
        Files.copy(run.resolve("run.json"), results.resolve("run.json"));
        Path other = results.resolve("other");
        Cli.train(data, other, "--epochs", "1", "--kl-weight", "0.5").succeeds();
        Cli.run("evaluate", "--checkpoint", Files.copy(other.resolve("checkpoint.safetensors"),
                results.resolve("other.safetensors")).toString(), "--backend", "java").fails(1, "no run.json");
    }

    @Test
    void anotherSeedIsOtherNoise() {
        assertNotEquals(evaluate("--json").json().get("elbo"), evaluate("--json", "--seed", "9").json().get("elbo"));
    }

    /** With options after it; to a file of its own kind. */
    private Cli.Result use(String command, String... more) {
        return Cli.run(Lists.join(List.of(command.split(" ")), Lists.join(List.of("--checkpoint", checkpoint,
                "--backend", "java", "--out", outOf(command).toString()), more)));
    }

    private Path outOf(String command) {
        return results.resolve(command.startsWith("scatter") ? "out.png" : "out.npy");
    }

    /** Of a vae nothing lies between z and x, and the mean of q is no draw. */
    @Test
    void aSeedOfWhatIsNotDrawnIsRefused() {
        Path codes = results.resolve("codes.npy");
        NpyWriter.write(codes, 2, 2, Cli.values(4));
        Map<String, String> refused = Map.of("encode", "--what posterior.mean",
                "encode --what posterior.logVariance", "--what posterior.logVariance",
                "decode --z " + codes, "means of p(x | z) of given z",
                "sample --temperature 0", "samples at --temperature 0",
                "interpolate --between 0,1", "interpolations of posterior.mean",
                "traverse", "traversals of posterior.mean",
                "traverse --prior --dimensions 0", "traversals of the prior's mean",
                "scatter", "--what posterior.mean",
                "scatter --what x", "--what x",
                "scatter --what x --colour posterior.mean", "--what x and --colour posterior.mean");
        refused.forEach((command, of) -> {
            use(command, "--seed", "9").fails(2, "--seed has no effect on " + of + ", for which nothing is drawn");
            assertTrue(Files.notExists(outOf(command)), command);
        });
        for (String command : List.of("encode --what z", "encode --what mean", "reconstruct", "sample",
                "sample --temperature 0.1", "scatter --what z", "scatter --what x --colour mean")) {
            use(command).succeeds();
            byte[] before = bytes(outOf(command));
            use(command, "--seed", "9").succeeds();
            assertFalse(Arrays.equals(before, bytes(outOf(command))), command);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void sampleWritesAnArray() {
        Path all = results.resolve("all.npy");
        JsonObject o = Cli.run("sample", "--checkpoint", checkpoint, "--count", "7", "--out", all.toString(), "--json",
                "--backend", "java").succeeds().json();
        assertEquals(7, o.get("rows").getAsInt());
        Images samples = NpyReader.read(all);
        assertEquals(List.of(7, Cli.COLUMNS), List.of(samples.rows(), samples.columns()));
        Path few = results.resolve("few.npy");
        Cli.run("sample", "--checkpoint", checkpoint, "--count", "2", "--out", few.toString()).succeeds();
        assertArrayEquals(samples.copyRows(0, 2), NpyReader.read(few).copyRows(0, 2));
    }

    /** 2,200,000 rows, whose codes are more than 2^31 values. */
    @Test
    void moreCodesThanAnArrayOrMemoryHoldsAreRefused() {
        Path few = Cli.data(results, 1);
        Path out = results.resolve("wide");
        Cli.run("train", "--data", "npy=" + few, "--latent", "1000", "--hidden", "1", "--steps", "1", "--out",
                out.toString(), "--backend", "java").succeeds();
        Path many = results.resolve("many.npy");
        NpyWriter.write(many, 2_200_000, 1, new float[2_200_000]);
        Path file = results.resolve("codes.npy");
        String[] encode = {"encode", "--checkpoint", out.toString(), "--data", "npy=" + many, "--out", file.toString()};
        Cli.run(encode).fails(1, "--set all of 2200000 rows", "at most 2147483 rows");
        if (2L * 1_980_000 * 1000 * 4 > Runtime.getRuntime().maxMemory()) {
            Cli.run(Lists.join(List.of(encode), "--set", "train")).fails(1, "--set train of 1980000 rows",
                    " MB of Java heap", "-Xmx");
        }
        assertTrue(Files.notExists(file));
    }

    @Test
    void moreSamplesThanMemoryHoldsAreRefused() {
        Path file = results.resolve("x.npy");
        Cli.run("sample", "--checkpoint", checkpoint, "--count", "2147483647", "--out", file.toString())
                .fails(2, "--count must be at most 71582787", "30 values", "not 2147483647");
        long most = (Integer.MAX_VALUE - 8) / 30;
        if (most * 32 * 4 > Runtime.getRuntime().maxMemory()) {
            Cli.run("sample", "--checkpoint", checkpoint, "--count", Long.toString(most), "--out", file.toString())
                    .fails(1, "--count " + most, " MB of Java heap", "-Xmx");
        }
        assertTrue(Files.notExists(file));
    }

    @Test
    void aResultThatIsNotPrintedIsAFailure() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        String[][] commands = {{"doctor"}, {"doctor", "--json"}, {"--help"}, {"evaluate", "--checkpoint", checkpoint,
                "--data", "npy=" + data, "--backend", "java"}};
        for (String[] command : commands) {
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            int code = Main.run(new Console(new PrintStream(full), new PrintStream(err), false), command);
            assertEquals(1, code, String.join(" ", command));
            assertTrue(err.toString().contains("standard output could not be written"), err.toString());
        }
    }

    @Test
    void sampleWritesAPicture() throws IOException {
        Path file = results.resolve("samples.png");
        Cli.run("sample", "--checkpoint", checkpoint, "--count", "9", "--out", file.toString()).succeeds();
        // three across: 3 cells of twice 30 pixels and a gutter on either side of each
        assertEquals(3 * 61 + 1, ImageIO.read(file.toFile()).getWidth());
    }

    @Test
    void encodeWritesTheMeansInTheOrderOfTheFile() {
        float[][] parts = new float[3][];
        String[] names = {"all", "train", "test"};
        int[] rows = {40, 36, 4};
        for (int i = 0; i < 3; i++) {
            Path file = results.resolve(names[i] + ".npy");
            JsonObject o = Cli.run("encode", "--checkpoint", checkpoint, "--data", "npy=" + data, "--set", names[i],
                    "--out", file.toString(), "--json").succeeds().json();
            assertEquals(rows[i], o.get("rows").getAsInt());
            Images means = NpyReader.read(file);
            assertEquals(List.of(rows[i], 2), List.of(means.rows(), means.columns()));
            parts[i] = means.copyRows(0, means.rows());
        }
        float[] joined = new float[80];
        System.arraycopy(parts[1], 0, joined, 0, 72);
        System.arraycopy(parts[2], 0, joined, 72, 8);
        assertArrayEquals(parts[0], joined);
    }

    @Test
    void dataOfAnotherWidthIsRefusedWithBothWidths() {
        Path other = Cli.data(results, 31);
        Path out = results.resolve("codes.npy");
        Cli.run("evaluate", "--checkpoint", checkpoint, "--data", "npy=" + other).fails(1, "31", "30");
        Cli.run("encode", "--checkpoint", checkpoint, "--data", "npy=" + other, "--out", out.toString())
                .fails(1, "rows of 31 values", "rows of 30");
        assertTrue(Files.notExists(out));
    }

    @Test
    void placesThatCannotBeWrittenAreNamed() {
        Path out = results.resolve("no-such-folder").resolve("x.npy");
        String expected = " must be in a folder that exists, not '" + out + "'";
        String[][] commands = {{"sample", "--out"}, {"encode", "--out"}, {"reconstruct", "--out"}, {"interpolate",
                "--out"}, {"traverse", "--out"}, {"anomalies", "--out"}, {"evaluate", "--rows"}, {"decode", "--z", data
                        .toString(), "--out"}};
        for (String[] command : commands) {
            String option = command[command.length - 1];
            Cli.run(Lists.join(List.of(command), out.toString(), "--checkpoint", checkpoint)).fails(2, option
                    + expected);
        }
    }

    private void keeps(Path file, String sentence, String... command) throws IOException {
        byte[] before = Files.readAllBytes(file);
        Cli.run(command).fails(2, sentence);
        assertArrayEquals(before, Files.readAllBytes(file));
    }

    /** Also under another name, by a link, and where the run says what the data is. */
    @Test
    void noInputIsWrittenOver() throws IOException {
        Path mine = Files.copy(data, results.resolve("mine.npy"));
        Files.createDirectory(results.resolve("d"));
        Path spelled = results.resolve("d").resolve("..").resolve("mine.npy");
        Path soft = Files.createSymbolicLink(results.resolve("soft.npy"), mine);
        Path hard = Files.createLink(results.resolve("hard.npy"), mine);
        for (Path out : List.of(mine, spelled, soft, hard)) {
            String lost = "'" + out + "' is read by --data npy, and would be lost: write to another file";
            keeps(mine, "--rows " + lost, "evaluate", "--checkpoint", checkpoint, "--data", "npy=" + mine, "--rows",
                    out.toString());
            for (String command : List.of("encode", "reconstruct")) {
                keeps(mine, "--out " + lost, command, "--checkpoint", checkpoint, "--data", "npy=" + mine, "--out",
                        out.toString());
            }
            keeps(mine, "--out '" + out + "' is read by --z", "decode", "--checkpoint", checkpoint, "--z", mine
                    .toString(), "--out", out.toString());
        }
        keeps(mine, "is read by --data npy", "encode", "--checkpoint", checkpoint, "--data", "npy=" + soft, "--stream",
                "--out", mine.toString());
        keeps(data, "is read by --data npy", "encode", "--checkpoint", checkpoint, "--out", data.toString());
        Path model = Files.copy(Path.of(checkpoint), results.resolve("model.npy"));
        String[][] commands = {{"evaluate", "--data", "npy=" + mine, "--rows"}, {"sample", "--out"}, {"encode",
                "--data", "npy=" + mine, "--out"}, {"decode", "--z", mine.toString(), "--out"}, {"reconstruct",
                        "--data", "npy=" + mine, "--out"}};
        for (String[] command : commands) {
            keeps(model, "'" + model + "' is read by --checkpoint", Lists.join(List.of(command), model.toString(),
                    "--checkpoint", model.toString()));
        }
        // a file that is no input is replaced
        Cli.run("encode", "--checkpoint", checkpoint, "--data", "npy=" + data, "--out", mine.toString()).succeeds();
        assertEquals(2, NpyReader.read(mine).columns());
    }

    @Test
    void noPictureOfAFolderIsWrittenOver() throws IOException {
        Path folder = Files.createDirectory(results.resolve("pictures"));
        Path first = folder.resolve("a.png");
        Cli.run("sample", "--checkpoint", checkpoint, "--count", "1", "--out", first.toString()).succeeds();
        Files.copy(first, folder.resolve("b.png"));
        Path samples = Files.copy(first, folder.resolve("samples.png"));
        Path trained = results.resolve("of-pictures");
        Cli.run("train", "--data", "images=" + folder, "--hidden", "2", "--latent", "1", "--steps", "1", "--backend",
                "java", "--out", trained.toString()).succeeds();
        keeps(first, "'" + first + "' is read by --data images", "reconstruct", "--checkpoint", trained.toString(),
                "--out", first.toString());
        Path link = Files.createSymbolicLink(results.resolve("link"), folder);
        for (Path out : List.of(folder, link)) {
            keeps(samples, "--out '" + out + "' is the folder of --data", "train", "--data", "images=" + folder,
                    "--hidden", "2", "--steps", "1", "--backend", "java", "--out", out.toString());
        }
        assertEquals(List.of("a.png", "b.png", "samples.png"), Cli.names(folder));
    }

    @Test
    void idxFilesAreInputsButNotWhatLiesBesideThem() throws IOException {
        Path folder = Files.createDirectory(results.resolve("digits"));
        for (String part : List.of("train", "t10k")) {
            Files.write(folder.resolve(part + "-images-idx3-ubyte"), ByteBuffer.allocate(16 + 30).putInt(0x803)
                    .putInt(1).putInt(5).putInt(6).array());
        }
        Path images = folder.resolve("t10k-images-idx3-ubyte");
        Path link = Files.createSymbolicLink(results.resolve("x.npy"), images);
        keeps(images, "is read by --data mnist", "encode", "--checkpoint", checkpoint, "--data", "mnist=" + folder,
                "--out", link.toString());
        for (int i = 0; i < 2; i++) {
            Cli.run("encode", "--checkpoint", checkpoint, "--data", "mnist=" + folder, "--out", folder.resolve("z.npy")
                    .toString()).succeeds();
        }
    }

    @Test
    void doctorNamesEveryBackend() {
        JsonObject o = Cli.run("doctor", "--json").succeeds().json();
        o.getAsJsonArray("backends").forEach(b -> assertTrue(b.getAsJsonObject().get("available").getAsBoolean()
                || b.getAsJsonObject().get("detail").getAsString().length() > 10, b.toString()));
        assertTrue(o.get("threads").getAsInt() >= 1);
        String text = Cli.run("doctor").succeeds().out();
        for (String name : List.of("java", "cpu", "cuda", "threads", "memory")) {
            assertTrue(text.contains(name), text);
        }
    }
}
