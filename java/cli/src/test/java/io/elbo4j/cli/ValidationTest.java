package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.data.NpyWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run with a validation set never sees the test set. */
class ValidationTest {
    private static final int TEST_ROWS = 4;

    @TempDir
    Path directory;

    private static String metrics(Path of) throws IOException {
        return Files.readString(of.resolve("metrics.jsonl")).replaceAll("\"[a-z_]*(seconds|per_second)\":[^,}]*", "");
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

    @Test
    void aShareThatIsNoneIsRefused() {
        for (String share : new String[] {"0", "1", "-0.1", "NaN"}) {
            train(Cli.data(directory), "none", "--validation", share).fails(2, "--validation must be above 0 and"
                    + " below 1");
        }
    }
}
