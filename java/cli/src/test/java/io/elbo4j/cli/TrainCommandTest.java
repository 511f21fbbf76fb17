package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.Activation;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.checkpoint.Safetensors;
import io.elbo4j.train.data.NpyReader;
import io.elbo4j.train.data.NpyWriter;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.run.RunFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainCommandTest {
    private static final List<String> FILES = List.of("checkpoint.safetensors", "curve.png", "metrics.jsonl",
            "reconstructions.png", "run.json", "samples.png", "steps.jsonl", "traversal.png");

    @TempDir
    Path directory;
    private Path data;
    private Path out;

    @BeforeEach
    void writeData() {
        data = Cli.data(directory);
        out = directory.resolve("run");
    }

    private static String sha256(Path run) {
        return Safetensors.sha256(run.resolve("checkpoint.safetensors"));
    }

    @Test
    void leavesCheckpointMetricsAndPictures() throws IOException {
        Cli.Result result = Cli.train(data, out, "--epochs", "3").succeeds();
        assertEquals(FILES, Cli.names(out));
        assertEquals("", result.err());
        assertTrue(result.out().contains("epoch 3  step 15  train ELBO -"), result.out());
        assertTrue(result.out().contains(out.resolve("checkpoint.safetensors").toString()), result.out());
        for (String picture : FILES) {
            assertTrue(!picture.endsWith(".png") || ImageIO.read(out.resolve(picture).toFile()) != null, picture);
        }
        List<String> lines = Files.readAllLines(out.resolve("metrics.jsonl"));
        assertEquals(3, lines.size());
        JsonObject last = JsonParser.parseString(lines.get(2)).getAsJsonObject();
        assertEquals(3, last.get("epoch").getAsInt());
        assertTrue(last.get("samples_per_second").getAsDouble() > 0);
        for (String set : List.of("train", "test")) {
            JsonObject terms = last.getAsJsonObject(set);
            assertEquals(terms.get("elbo").getAsDouble(),
                    terms.get("reconstruction").getAsDouble() - terms.get("kl").getAsDouble(), 1e-9);
        }
    }

    @Test
    void withJsonPrintsOneObject() {
        JsonObject o = Cli.train(data, out, "--epochs", "1", "--json").succeeds().json();
        assertEquals(5, o.get("step").getAsInt());
        assertEquals(1, o.get("epochs_completed").getAsInt());
        assertEquals(4, o.getAsJsonArray("pictures").size());
        assertEquals("java", o.get("backend").getAsString());
        assertEquals(2, o.getAsJsonObject("test").getAsJsonArray("kl_per_dimension").size());
        assertFalse(o.get("interrupted").getAsBoolean());
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 7, 14})
    void aRunInTwoPartsEndsInTheSameCheckpoint(int steps) throws IOException {
        Path whole = directory.resolve("whole");
        Cli.train(data, whole, "--epochs", "3", "--kl-warm-up", "2").succeeds();
        Cli.train(data, out, "--steps", Integer.toString(steps), "--kl-warm-up", "2").succeeds();
        Cli.run("train", "--resume", "--out", out.toString(), "--data", "npy=" + data, "--epochs", "3", "--backend",
                "java").succeeds();
        assertEquals(sha256(whole), sha256(out));
        assertEquals(3, Files.readAllLines(out.resolve("metrics.jsonl")).size());
        assertEquals(FILES, Cli.names(out));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5, 7})
    void resumingAFinishedRunChangesNoFile(int steps) throws IOException {
        Cli.train(data, out, "--steps", Integer.toString(steps)).succeeds();
        Map<String, ByteBuffer> before = new TreeMap<>();
        for (String name : FILES) {
            before.put(name, ByteBuffer.wrap(Files.readAllBytes(out.resolve(name))));
        }
        Cli.Result result = Cli.train(data, out, "--steps", "1", "--resume").succeeds();
        assertTrue(result.out().contains(steps + " steps already"), result.out());
        assertEquals(FILES, Cli.names(out));
        for (String name : FILES) {
            assertEquals(before.get(name), ByteBuffer.wrap(Files.readAllBytes(out.resolve(name))), name);
        }
    }

    @Test
    void aRunThatFailsAtOnceUsesUpNoFolder() {
        Cli.Result result = Cli.train(data, out, "--likelihood", "gaussian-fixed", "--standard-deviation", "1e-18");
        assertEquals(1, result.exitCode(), result.out());
        assertTrue(result.err().contains("a larger standard deviation (it is 1.0E-18) may help"), result.err());
        assertTrue(Files.notExists(out));
    }

    @Test
    void aCollapseIsSaidOnceThereIsEnoughToJudgeBy() {
        Path many = directory.resolve("many.npy");
        NpyWriter.write(many, 1000, 4, Cli.values(4000));
        String[] silent = {"--kl-weight", "1e6", "--learning-rate", "1e-9", "--steps"};
        assertFalse(Cli.train(many, out, Lists.join(List.of(silent), "499")).succeeds().out().contains("collapsed"));
        String checkpoint = out.resolve("checkpoint.safetensors").toString();
        String[] evaluate = {"evaluate", "--checkpoint", checkpoint, "--data", "npy=" + many};
        assertFalse(Cli.run(evaluate).succeeds().out().contains("collapsed"));
        assertTrue(Cli.train(many, out, Lists.join(List.of(silent), "500", "--resume")).succeeds().out()
                .contains("collapsed"));
        assertTrue(Cli.run(evaluate).succeeds().out().contains("collapsed"));
        // 4 rows are too few
        Path few = Cli.data(directory, 4);
        assertFalse(Cli.run("evaluate", "--checkpoint", checkpoint, "--data", "npy=" + few).succeeds().out()
                .contains("collapsed"));
        assertFalse(Cli.train(few, directory.resolve("few"), Lists.join(List.of(silent), "505")).succeeds().out()
                .contains("collapsed"));
    }

    @ParameterizedTest
    @CsvSource({"--hidden, '8,8', 8", "--latent, 3, 2", "--activation, tanh, relu", "--likelihood, gaussian, bernoulli",
            "--binarise, dynamic, none", "--batch, 9, 8", "--learning-rate, 0.5, 0.001", "--kl-weight, 2.0, 1.0",
            "--kl-warm-up, 1.0, 0.0", "--free-bits, 0.5, 0.0", "--clip, 1.0, Infinity", "--seed, 6, 5"})
    void anOptionThatContradictsTheCheckpointIsRefused(String option, String given, String stored) {
        Cli.train(data, out, "--epochs", "1").succeeds();
        String before = sha256(out);
        Cli.run("train", "--resume", "--out", out.toString(), "--data", "npy=" + data, "--epochs", "2", option, given)
                .fails(2, option + " " + given + " contradicts", "with " + option + " " + stored);
        assertEquals(before, sha256(out));
    }

    @Test
    void otherDataIsNotTheRunsOwn() {
        Cli.train(data, out, "--epochs", "1").succeeds();
        Path other = Cli.data(directory, 29);
        Cli.train(other, out, "--epochs", "2", "--resume")
                .fails(1, "36 images of 1 x 30 x 1", "36 images of 1 x 29 x 1");
    }

    @Test
    void aFolderWithARunIsNotOverwritten() {
        Cli.train(data, out, "--epochs", "1").succeeds();
        String before = sha256(out);
        Cli.train(data, out, "--epochs", "1").fails(1, "already holds a run");
        assertEquals(before, sha256(out));
    }

    @Test
    void everyModelOptionReachesTheCheckpoint() {
        Cli.run("train", "--data", "npy=" + data, "--out", out.toString(), "--steps", "1",
                "--hidden", "7,5", "--activation", "softplus", "--likelihood", "gaussian-shared",
                "--standard-deviation", "0.5", "--free-bits", "0.1", "--clip", "3").succeeds();
        Checkpoint checkpoint = Checkpoint.read(out.resolve("checkpoint.safetensors")).checkpoint();
        assertEquals(new VaeSettings(30, List.of(7, 5), 20, Activation.SOFTPLUS, LikelihoodKind.GAUSSIAN_SHARED, 0.5,
                false), checkpoint.model());
        assertEquals(0.1, checkpoint.training().freeBits());
        assertEquals(3, checkpoint.training().clip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bernoulli", "gaussian", "gaussian-shared", "gaussian-fixed", "continuous-bernoulli",
            "laplace", "student-t", "sigma-vae"})
    void everyLikelihoodTrains(String likelihood) {
        Cli.train(data, out, "--epochs", "1", "--likelihood", likelihood).succeeds();
        assertEquals(FILES, Cli.names(out));
    }

    @Test
    void classesAreAsManyAsAreSaid() throws IOException {
        Path bytes = directory.resolve("bytes.npy");
        Cli.bytes(bytes, 40, 30, 255);
        Cli.train(bytes, out, "--steps", "1", "--likelihood", "categorical", "--classes", "200")
                .fails(1,
                        "the categorical likelihood needs values that are class numbers, whole numbers from 0 to 199;"
                                + " row ", ", column ");
        Cli.train(bytes, out, "--steps", "1", "--likelihood", "categorical", "--classes", "1")
                .fails(2, "--classes must be from 2 to 2^24, not 1");
        Cli.train(bytes, out, "--steps", "1", "--classes", "4").fails(2,
                "--classes must be left out with the likelihood"
                        + " bernoulli (it goes with categorical and discretised-logistic-mixture), not 4");
        Cli.train(bytes, out, "--steps", "1", "--likelihood", "categorical", "--components", "4").fails(2,
                "--components must be left out with the likelihood categorical (it goes with"
                        + " discretised-logistic-mixture), not 4");
        Cli.train(bytes, out, "--steps", "1", "--likelihood", "discretised-logistic-mixture", "--components", "0")
                .fails(2, "--components must be at least 1, not 0");
        Cli.train(bytes, out, "--steps", "1", "--likelihood", "discretised-logistic-mixture", "--classes", "200")
                .fails(1,
                        "the discretised-logistic-mixture likelihood needs values that are class numbers, whole numbers"
                                + " from 0 to 199; row ", ", column ");
        Cli.train(bytes, out, "--steps", "1", "--likelihood", "categorical", "--classes", "256").succeeds();
        Path more = directory.resolve("more");
        Cli.train(bytes, more, "--steps", "1", "--likelihood", "categorical", "--classes", "300").succeeds();
        assertEquals(300, ((VaeSettings) Checkpoint.read(more.resolve("checkpoint.safetensors")).checkpoint().model())
                .classes());
        assertNotEquals(sha256(out), sha256(more));
    }

    /** A reconstruction has the library of its row, a sample one of size 1. */
    @Test
    void aLibrarySizeIsObserved() throws IOException {
        Path counts = directory.resolve("counts.npy");
        Cli.bytes(counts, 40, 30, 7);
        Cli.train(counts, out, "--steps", "1", "--library-size", "observed").fails(2, "--library-size must be left out"
                + " with the likelihood bernoulli (it goes with those of counts)");
        Cli.train(counts, out, "--steps", "2", "--likelihood", "negative-binomial", "--library-size", "observed")
                .succeeds();
        String checkpoint = out.toString();
        Path samples = directory.resolve("samples.npy");
        Cli.run("sample", "--checkpoint", checkpoint, "--count", "3", "--out", samples.toString()).succeeds();
        for (int r = 0; r < 3; r++) {
            double sum = 0;
            for (float share : NpyReader.read(samples).copyRows(r, 1)) {
                sum += share;
            }
            assertEquals(1, sum, 1e-5);
        }
        Cli.run("reconstruct", "--checkpoint", checkpoint, "--out", directory.resolve("pairs.npy").toString())
                .succeeds();
        Cli.run("evaluate", "--checkpoint", checkpoint, "--samples", "2").succeeds();
        Path zeros = directory.resolve("zeros.npy");
        Cli.bytes(zeros, 40, 30, 0);
        Cli.train(zeros, directory.resolve("no"), "--steps", "1", "--likelihood", "poisson", "--library-size",
                "observed").fails(1, "the library size of row 0, the sum of its counts, is 0, expected above 0");
    }

    @Test
    void aNumberThatIsNotFiniteStopsTheRunAndKeepsTheCheckpoint() {
        Cli.train(data, out, "--epochs", "1", "--likelihood", "gaussian", "--learning-rate", "1e6", "--steps", "1000")
                .fails(2, "--epochs", "--steps");
        Cli.Result result = Cli.train(data, out, "--likelihood", "gaussian", "--learning-rate", "1e30", "--epochs",
                "9");
        assertEquals(1, result.exitCode(), result.out());
        assertTrue(result.err().matches("(?s)elbo4j: step \\d+: .*heckpoint.*"), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
    }

    @Test
    void aLineOfMetricsThatACrashCutOffIsWrittenAgain() throws IOException {
        Cli.train(data, out, "--epochs", "1").succeeds();
        Path metrics = out.resolve("metrics.jsonl");
        String first = Files.readString(metrics);
        Files.writeString(metrics, first + first.substring(0, 20));
        Cli.train(data, out, "--epochs", "2", "--resume").succeeds();
        List<String> lines = Files.readAllLines(metrics);
        assertEquals(2, lines.size());
        assertEquals(first.strip(), lines.get(0));
        assertEquals(2, JsonParser.parseString(lines.get(1)).getAsJsonObject().get("epoch").getAsInt());
    }

    /** A run that was killed after its first line of metrics, before its first checkpoint. */
    private void killed(String... more) throws IOException {
        Cli.train(data, out, Lists.join(List.of(more), "--epochs", "3", "--checkpoint-every", "60min")).succeeds();
        for (String file : FILES) {
            if (!file.equals("run.json")) {
                Files.delete(out.resolve(file));
            }
        }
        Files.writeString(out.resolve(".elbo4j.lock"), "1\n");
    }

    @Test
    void aRunKilledBeforeItsFirstCheckpointIsResumedWithItsFolderAlone() throws IOException {
        Path whole = directory.resolve("whole");
        Cli.train(data, whole, "--epochs", "3", "--free-bits", "0.5").succeeds();
        killed("--free-bits", "0.5");
        Cli.run("train", "--resume", "--out", out.toString()).succeeds();
        assertEquals(sha256(whole), sha256(out));
        assertEquals(3, Files.readAllLines(out.resolve("metrics.jsonl")).size());
        assertEquals(FILES, Cli.names(out));
    }

    @ParameterizedTest
    @CsvSource({"--latent, 3, 2", "--seed, 6, 5", "--batch, 9, 8", "--evaluate-every, 2, 1"})
    void anOptionThatContradictsTheDescriptionIsRefused(String option, String given, String stored) throws IOException {
        killed();
        Cli.run("train", "--resume", "--out", out.toString(), option, given)
                .fails(2, option + " " + given + " contradicts", "run.json", "with " + option + " " + stored);
        Cli.run("train", "--resume", "--out", out.toString(), option, stored).succeeds();
    }

    @Test
    void howOftenItIsEvaluatedStandsInTheDescriptionAlone() {
        Cli.train(data, out, "--epochs", "1").succeeds();
        Cli.run("train", "--resume", "--out", out.toString(), "--evaluate-every", "2")
                .fails(2, "--evaluate-every 2 contradicts " + out.resolve("run.json") + ", which is of a run with");
    }

    /** Under a locale that cannot read a path it is no path either. */
    @ParameterizedTest
    @ValueSource(strings = {"", "npy", "npy=", "flies=x", "npy=a\0b", "images=~nobody/x", "mnist"})
    void aSourceThatIsNoneIsRefused(String source) throws IOException {
        killed();
        Path file = out.resolve("run.json");
        JsonObject run = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        run.addProperty("source", source);
        Files.writeString(file, run.toString());
        Cli.run("train", "--resume", "--out", out.toString()).fails(1, file + ": its source ", "--data");
        Cli.run("train", "--resume", "--out", out.toString(), "--data", "npy=" + data).succeeds();
    }

    @Test
    void otherDataIsNotTheRunsOwnBeforeItsFirstCheckpointEither() throws IOException {
        killed();
        Cli.run("train", "--resume", "--out", out.toString(), "--data", "npy=" + Cli.data(directory, 29))
                .fails(1, "36 images of 1 x 30 x 1", "36 images of 1 x 29 x 1");
        Path moved = Files.move(data, directory.resolve("moved.npy"));
        Cli.run("train", "--resume", "--out", out.toString()).fails(1, data.toString(), "no such file");
        Cli.run("train", "--resume", "--out", out.toString(), "--data", "npy=" + moved).succeeds();
    }

    @Test
    void aRunOfAnEarlierVersionIsResumedWithItsData() throws IOException {
        Path whole = directory.resolve("whole");
        Cli.train(data, whole, "--epochs", "3").succeeds();
        Cli.train(data, out, "--epochs", "1").succeeds();
        Files.delete(out.resolve("run.json"));
        Cli.run("train", "--resume", "--out", out.toString(), "--data", "npy=" + data, "--epochs", "3").succeeds();
        assertEquals(sha256(whole), sha256(out));
    }

    @Test
    void theDescriptionSaysWhatWasAskedFor() throws IOException {
        Path here = Path.of("").toAbsolutePath();
        Path relative = here.relativize(data.toAbsolutePath());
        Cli.train(relative, out, "--steps", "7", "--checkpoint-every", "9min").succeeds();
        JsonObject run = JsonParser.parseString(Files.readString(out.resolve("run.json"))).getAsJsonObject();
        assertEquals("npy=" + here.resolve(relative), run.get("source").getAsString());
        assertEquals(7, run.get("steps").getAsInt());
        assertEquals("9min", run.get("checkpointEvery").getAsString());
        assertEquals(1, run.get("evaluateEvery").getAsInt());
        assertEquals("train", run.getAsJsonArray("command").get(0).getAsString());
        assertEquals(36, run.getAsJsonObject("start").getAsJsonObject("data").get("rows").getAsInt());
        Cli.run("train", "--resume", "--out", out.toString(), "--steps", "9").succeeds();
        String longer = Files.readString(out.resolve("run.json"));
        assertEquals(9, JsonParser.parseString(longer).getAsJsonObject().get("steps").getAsInt());
    }

    @Test
    void smallDataIsNotEvaluatedAtEveryEpoch() throws IOException {
        Cli.run("train", "--data", "npy=" + data, "--out", out.toString(), "--hidden", "8", "--batch", "8",
                "--epochs", "45").succeeds();
        List<String> lines = Files.readAllLines(out.resolve("metrics.jsonl"));
        assertEquals(List.of(20, 40, 45), lines.stream().map(line -> JsonParser.parseString(line).getAsJsonObject()
                .get("epoch").getAsInt()).toList());
    }

    @Test
    void aResumedRunDrawsThePicturesThatAreMissing() throws IOException {
        Cli.train(data, out, "--epochs", "1").succeeds();
        byte[] samples = Files.readAllBytes(out.resolve("samples.png"));
        Files.delete(out.resolve("samples.png"));
        Cli.run("train", "--resume", "--out", out.toString()).succeeds();
        assertEquals(ByteBuffer.wrap(samples), ByteBuffer.wrap(Files.readAllBytes(out.resolve("samples.png"))));
    }

    @Test
    void aFolderInUseIsRefused() {
        Cli.train(data, out, "--epochs", "1").succeeds();
        try (RunFolder folder = RunFolder.open(out)) {
            String holder = folder.directory() + " is in use by process " + ProcessHandle.current().pid();
            Cli.run("train", "--resume", "--out", out.toString()).fails(1, holder);
            Cli.train(data, out).fails(1, holder);
        }
    }

    /** What was not asked for and has no effect is not said: of a Bernoulli likelihood no classes. */
    @Test
    void aModelIsDescribedByWhatHasAnEffect() {
        String[][] cases = {{"bernoulli", "binarise none, prior standard"},
                {"gaussian-fixed", "standard-deviation 0.1, binarise none, prior standard"},
                {"categorical", "binarise none, classes 256, prior standard"},
                {"discretised-logistic-mixture", "binarise none, classes 256, components 5, prior"
                        + " standard"},
                {"poisson", "binarise none, library-size none, prior standard"}};
        Path data = directory.resolve("zeros.npy");
        NpyWriter.write(data, 20, 3, new float[60]);
        for (String[] c : cases) {
            String out = Cli.train(data, directory.resolve("of-" + c[0]), "--steps", "1", "--likelihood", c[0])
                    .succeeds().out();
            assertTrue(out.contains("model    vae: hidden 8, latent 2, activation relu, likelihood " + c[0] + ", "
                    + c[1]
                    + " ("), out);
        }
        String out = Cli.train(data, directory.resolve("mixture"), "--steps", "1", "--prior", "mixture").succeeds()
                .out();
        assertTrue(out.contains("prior mixture, prior-components 10 ("), out);
        Cli.train(data, directory.resolve("refused"), "--library-size", "none").fails(2, "--library-size must be left"
                + " out with the likelihood bernoulli (it goes with those of counts), not none");
    }

    /** The last tenth is the test set: its rows are counted where they stand in the file. */
    @Test
    void aRowOfTheTestSetIsNamedByItsPlaceInTheFile() {
        Path data = directory.resolve("bright.npy");
        float[] values = new float[Cli.ROWS * 3];
        values[38 * 3 + 1] = 2;
        NpyWriter.write(data, Cli.ROWS, 3, values);
        String expected = "the Bernoulli likelihood needs values in [0, 1]; row 38, column 1 is 2.0";
        Path out = directory.resolve("bright");
        Cli.train(data, out).fails(1, expected);
        Cli.train(data, out, "--stream").fails(1, expected);
        values[38 * 3 + 1] = 0;
        values[17 * 3 + 2] = -1;
        NpyWriter.write(data, Cli.ROWS, 3, values);
        for (String share : List.of("0.1", "0.9")) {
            Cli.train(data, out, "--validation", share).fails(1, "row 17, column 2 is -1.0");
        }
        Cli.train(data, out, "--likelihood", "poisson", "--validation", "0.5").fails(1, "row 17, column 2 is -1.0");
    }
}
