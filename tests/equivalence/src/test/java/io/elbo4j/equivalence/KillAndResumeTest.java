package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.checkpoint.Safetensors;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar, killed with SIGKILL in the middle and resumed, ends in the uninterrupted run's checkpoint. */
class KillAndResumeTest {
    private static final String EPOCHS = "4";

    @TempDir
    Path directory;

    private Process start(Path out, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java")
                .toString(), "-jar", System.getProperty("elbo4j.jar"), "train", "--epochs", EPOCHS, "--hidden", "64",
                "--latent", "5", "--seed", "11", "--out", out.toString()));
        command.addAll(List.of(more));
        File log = directory.resolve("log-" + out.getFileName() + more.length).toFile();
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
    }

    private void finish(Process process, Path out) throws Exception {
        assertTrue(process.waitFor(300, TimeUnit.SECONDS), "the run did not end in 300 s");
        assertEquals(0, process.exitValue(), () -> "the run into " + out + " failed");
    }

    @Test
    void aKilledRunEndsInTheSameCheckpoint() throws Exception {
        Path whole = directory.resolve("whole");
        finish(start(whole), whole);

        Path killed = directory.resolve("killed");
        Process process = start(killed);
        Path checkpoint = killed.resolve("checkpoint.safetensors");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (!Files.exists(checkpoint) && process.isAlive() && System.nanoTime() < deadline) {
            Thread.sleep(2);
        }
        assertTrue(process.isAlive(), "the run ended before it could be killed");
        process.destroyForcibly().waitFor();
        Safetensors.read(checkpoint);

        finish(start(killed, "--resume"), killed);
        assertEquals(Safetensors.sha256(whole.resolve("checkpoint.safetensors")), Safetensors.sha256(checkpoint));
        assertEquals(Integer.parseInt(EPOCHS), Files.readAllLines(killed.resolve("metrics.jsonl")).size());
    }
}
