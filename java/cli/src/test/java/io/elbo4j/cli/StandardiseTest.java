package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.train.checkpoint.Safetensors;
import io.elbo4j.train.checkpoint.StoredTensor;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.NpyReader;
import io.elbo4j.train.data.NpyWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** --standardise: data and the same data times 8 are one to the model; all that is reported is of the data as given. */
class StandardiseTest {
    private static final float TIMES = 8;

    @TempDir
    Path directory;
    private Path data;
    private Path large;

    @BeforeEach
    void writeData() {
        data = Cli.data(directory);
        float[] values = Cli.values(Cli.ROWS * Cli.COLUMNS);
        for (int i = 0; i < values.length; i++) {
            values[i] *= TIMES;
        }
        large = directory.resolve("large.npy");
        NpyWriter.write(large, Cli.ROWS, Cli.COLUMNS, values);
    }

    private Path run(Path of) {
        return directory.resolve("run-" + of.getFileName());
    }

    private Cli.Result train(Path of, String kind, String... more) {
        return Cli.train(of, run(of), Lists.join(List.of("--likelihood", "gaussian", "--standardise", kind), more));
    }

    private JsonObject evaluate(Path model, Path on) {
        return Cli.run("evaluate", "--checkpoint", run(model).toString(), "--data", "npy=" + on, "--samples", "20",
                "--json").succeeds().json();
    }

    private float[] array(String command, Path of, String... more) {
        Path file = directory.resolve("out.npy");
        Cli.run(Lists.join(List.of(command, "--checkpoint", run(of).toString(), "--out", file.toString()), more))
                .succeeds();
        Images images = NpyReader.read(file);
        return images.copyRows(0, images.rows());
    }

    @ParameterizedTest
    @ValueSource(strings = {"column", "whole"})
    void logDensitiesAreThoseOfTheDataAsGiven(String kind) throws IOException {
        train(data, kind, "--epochs", "2").succeeds();
        train(large, kind, "--epochs", "2").succeeds();
        double volume = Cli.COLUMNS * Math.log(TIMES);
        JsonObject one = JsonParser.parseString(Files.readAllLines(run(data).resolve("metrics.jsonl")).get(1))
                .getAsJsonObject();
        JsonObject other = JsonParser.parseString(Files.readAllLines(run(large).resolve("metrics.jsonl")).get(1))
                .getAsJsonObject();
        for (String set : List.of("train", "test")) {
            for (String term : List.of("elbo", "reconstruction")) {
                assertEquals(one.getAsJsonObject(set).get(term).getAsDouble() - volume,
                        other.getAsJsonObject(set).get(term).getAsDouble(), 1e-9, set + " " + term);
            }
            assertEquals(one.getAsJsonObject(set).get("kl"), other.getAsJsonObject(set).get("kl"));
        }
        JsonObject evaluated = evaluate(large, large);
        assertEquals(other.getAsJsonObject("test").get("elbo"), evaluated.get("elbo"));
        assertEquals(evaluate(data, data).get("nll").getAsDouble() + volume, evaluated.get("nll").getAsDouble(), 1e-9);
        // the checkpoint's mean and deviation, not those of the data at hand
        assertTrue(evaluate(data, large).get("elbo").getAsDouble() < evaluated.get("elbo").getAsDouble() - volume);
    }

    @Test
    void samplesAreUndoneAndCodesAreTheSame() {
        train(data, "column", "--epochs", "1").succeeds();
        train(large, "column", "--epochs", "1").succeeds();
        float[] samples = array("sample", data, "--count", "5");
        for (int i = 0; i < samples.length; i++) {
            samples[i] *= TIMES;
        }
        assertArrayEquals(samples, array("sample", large, "--count", "5"));
        assertArrayEquals(array("encode", data, "--data", "npy=" + data),
                array("encode", large, "--data", "npy=" + large));
    }

    /** The mean of 36 rows uniform in [0, 1] and in [0, 8]; only of these, which are the training rows. */
    @Test
    void theCheckpointKeepsIt() {
        train(large, "whole", "--steps", "1").succeeds();
        float[] values = Cli.values(36 * Cli.COLUMNS);
        double mean = 0;
        double square = 0;
        for (float v : values) {
            mean += TIMES * (double) v / values.length;
            square += TIMES * TIMES * (double) v * v / values.length;
        }
        Safetensors.Content content = Safetensors.read(run(large).resolve("checkpoint.safetensors"));
        StoredTensor stored = content.tensor("standardisation.mean");
        assertArrayEquals(new long[] {1, 1}, stored.shape());
        assertEquals(mean, stored.values()[0], 1e-6);
        assertEquals(Math.sqrt(square - mean * mean), content.tensor("standardisation.deviation").values()[0], 1e-6);
        train(data, "none", "--steps", "1").succeeds();
        assertFalse(Safetensors.read(run(data).resolve("checkpoint.safetensors")).tensors().stream()
                .anyMatch(t -> t.name().contains("standardisation")));
    }

    @Test
    void resumedItEndsInTheSameCheckpoint() throws IOException {
        train(data, "column", "--epochs", "3").succeeds();
        String whole = Safetensors.sha256(run(data).resolve("checkpoint.safetensors"));
        Path parts = directory.resolve("parts");
        String[] options = {"--likelihood", "gaussian", "--standardise", "column"};
        Cli.train(data, parts, Lists.join(List.of(options), "--steps", "7")).succeeds();
        Cli.train(data, parts, "--standardise", "whole", "--resume", "--epochs", "3")
                .fails(2, "--standardise whole contradicts", "with --standardise column");
        Cli.train(data, parts, "--resume", "--epochs", "3").succeeds();
        assertEquals(whole, Safetensors.sha256(parts.resolve("checkpoint.safetensors")));
        // as if it had been killed before its first checkpoint
        Files.delete(parts.resolve("checkpoint.safetensors"));
        Cli.train(data, parts, "--resume", "--epochs", "3").succeeds();
        assertEquals(whole, Safetensors.sha256(parts.resolve("checkpoint.safetensors")));
    }

    @Test
    void bernoulliIsRefused() {
        Cli.train(data, run(data), "--standardise", "column")
                .fails(2, "--standardise column goes with a likelihood of any numbers", "not with the Bernoulli",
                        "[0, 1]");
        Cli.train(data, run(data), "--standardise", "rows").fails(2, "--standardise", "none, column, whole", "'rows'");
        assertTrue(Files.notExists(run(data)));
    }

    /** As of an ordinary table of measurements: the ELBO is not finite at the first step. */
    @Test
    void dataOfAWideRangeIsNamedAndCanBeTrainedOn() {
        float[] values = Cli.values(Cli.ROWS * Cli.COLUMNS);
        for (int i = 0; i < values.length; i++) {
            values[i] *= i % Cli.COLUMNS == 0 ? 1 : 300;
        }
        values[1] = 300;
        values[2] = 0;
        NpyWriter.write(large, Cli.ROWS, Cli.COLUMNS, values);
        String[] train = {"train", "--data", "npy=" + large, "--backend", "java", "--likelihood", "gaussian",
                "--epochs", "3"};
        Cli.Result failed = Cli.run(Lists.join(List.of(train), "--out", run(large).toString()));
        assertEquals(1, failed.exitCode(), failed.out());
        List<String> said = failed.err().lines().toList();
        String range = "the values of " + large + " range from 0.0 to 300.0";
        assertTrue(said.get(0).startsWith("note: " + range) && said.get(0).contains("--standardise"), failed.err());
        assertTrue(said.get(1).contains("is not finite") && said.get(1).contains(range + ": --standardise column"),
                failed.err());
        assertFalse(said.get(1).contains("learning rate"), failed.err());
        assertEquals(2, said.size(), failed.err());
        // a model of values in [0, 1] on others
        Cli.train(data, run(data), "--likelihood", "gaussian", "--epochs", "1").succeeds();
        float[] far = new float[10 * Cli.COLUMNS];
        Arrays.fill(far, 3e30f);
        Path other = directory.resolve("far.npy");
        NpyWriter.write(other, 10, Cli.COLUMNS, far);
        Cli.run("evaluate", "--checkpoint", run(data).toString(), "--data", "npy=" + other, "--backend", "java")
                .fails(1, "is not finite", "the values of " + other + " range from 3.0E30 to 3.0E30");
        for (String kind : List.of("column", "whole")) {
            Path out = directory.resolve(kind);
            Cli.Result result = Cli.run(Lists.join(List.of(train), "--out", out.toString(), "--standardise", kind))
                    .succeeds();
            assertEquals("", result.err());
            assertTrue(result.out().contains("standardised (" + kind + ")"), result.out());
        }
    }
}
