package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.data.Images;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Labels of the data, and those that a user gives. */
class LabelsTest extends ModelRuns {
    @Test
    void labelsAreGivenInTheirOrder() {
        Path run = trained("conditional-vae");
        String[] sample = {"sample", "--checkpoint", run.toString(), "--count", "8", "--temperature", "0"};
        Images all = array(sample);
        // at temperature 0 z is the same everywhere: only the label tells rows apart
        for (int r = 0; r < 8; r++) {
            Images same = array(Lists.join(List.of(sample), "--label", String.valueOf(r % 4)));
            assertEquals(-1, Arrays.mismatch(all.copyRows(r, 1), same.copyRows(0, 1)), "row " + r);
        }
        assertNotEquals(-1, Arrays.mismatch(all.copyRows(0, 1), all.copyRows(1, 1)));
        String out = directory.resolve("x.npy").toString();
        Cli.run(Lists.join(List.of(sample), "--label", "3,4", "--out", out)).fails(2, "--label", "row 1", "is 4",
                "from 0 to 3");
        Cli.run(Lists.join(List.of(sample), "--label", "a", "--out", out)).fails(2, "--label", "'a'");
        Cli.run("sample", "--checkpoint", trained("vae").toString(), "--label", "1", "--out", out)
                .fails(2, "--label goes with a model of labels", "this one has none");
    }

    @Test
    void dataWithoutLabelsIsRefused() throws IOException {
        Path plain = Cli.data(directory);
        Path out = directory.resolve("run");
        Cli.run("train", "--model", "conditional-vae", "--data", "npy=" + plain, "--out", out.toString())
                .fails(1, "npy=" + plain + " has no array 'label'", "sprites and mnist=DIR");
        Files.delete(data.resolve("t10k-labels-idx1-ubyte"));
        train("conditional-vae", out).fails(1, "holds none of t10k-labels-idx1-ubyte");
        Files.write(data.resolve("t10k-labels-idx1-ubyte"), ByteBuffer.allocate(10).putInt(0x801).putInt(2).array());
        train("conditional-vae", out).fails(1, "t10k-labels-idx1-ubyte: has 2 rows, expected one for each of the 9");
        assertTrue(Files.notExists(out));
        // a model without labels does not look for them
        train("vae", out, "--steps", "1").succeeds();
    }
}
