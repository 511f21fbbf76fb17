package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.train.data.AtomicFile;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
    private static final int TERMINATED = 128 + 15;

    @TempDir
    Path directory;

    /** The process that is ended: it never comes to the end of its file. */
    static final class Writing {
        private Writing() {}

        public static void main(String[] args) {
            Path file = Path.of(args[0]);
            OutputFile.write(new Console(System.out, System.err, false), file, () -> write(file));
        }

        private static void write(Path file) {
            try {
                AtomicFile.write(file, channel -> {
                    AtomicFile.put(channel, ByteBuffer.allocate(1));
                    System.out.println("half");
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void aKilledProcessLeavesNothing() throws Exception {
        assumeTrue(File.separatorChar == '/', "skipped: there is no plain kill here");
        Path file = Files.writeString(directory.resolve("x.npy"), "old");
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Writing.class.getName(), file.toString())
                .redirectErrorStream(true).start();
        assertEquals("half", process.inputReader().readLine());
        assertEquals(2, Cli.names(directory).size());
        process.destroy();
        assertTrue(process.waitFor(120, TimeUnit.SECONDS), "the process did not end in 120 s");
        assertEquals(TERMINATED, process.exitValue());
        assertEquals(List.of("x.npy"), Cli.names(directory));
        assertEquals("old", Files.readString(file));
    }
}
