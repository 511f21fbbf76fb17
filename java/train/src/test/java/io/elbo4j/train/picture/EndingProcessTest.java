package io.elbo4j.train.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures drawn after a signal, when Java takes no more hooks, are the same. */
class EndingProcessTest {
    private static final long[] EPOCHS = {1, 2};
    private static final double[] ELBO = {-2, -1};

    @TempDir
    Path dir;

    /** The process that is ended. */
    static final class Drawing {
        private Drawing() {}

        public static void main(String[] args) throws InterruptedException {
            CountDownLatch ending = new CountDownLatch(1);
            CountDownLatch drawn = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                ending.countDown();
                try {
                    drawn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
            new Thread(() -> System.exit(0)).start();
            ending.await();
            try {
                draw(Path.of(args[0]));
            } catch (RuntimeException | Error e) {
                e.printStackTrace();
            } finally {
                drawn.countDown();
            }
        }
    }

    private static void draw(Path folder) {
        Curve.write(folder.resolve("curve.png"), "title", EPOCHS, ELBO, ELBO, "test");
        new Png(2, 2, 1).grid(folder.resolve("grid.png"), new float[] {0, 1, 0.5f, 1}, 1);
    }

    @Test
    void picturesDrawnWhileTheProcessEndsAreTheSame() throws IOException, InterruptedException {
        Path log = dir.resolve("log.txt");
        Path ended = Files.createDirectory(dir.resolve("ended"));
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.awt.headless=true", "-cp", System.getProperty("java.class.path"), Drawing.class.getName(),
                ended.toString()).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        assertTrue(process.waitFor(120, TimeUnit.SECONDS), "the process did not end in 120 s");
        assertEquals("", Files.readString(log));
        Path plain = Files.createDirectory(dir.resolve("plain"));
        draw(plain);
        for (String name : new String[] {"curve.png", "grid.png"}) {
            assertArrayEquals(Files.readAllBytes(plain.resolve(name)), Files.readAllBytes(ended.resolve(name)), name);
        }
    }
}
