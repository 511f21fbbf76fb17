package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.data.NpyWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The runnable jar as 1, 2, 4 and 8 processes: one checkpoint and one file of metrics, also where a worker is killed
 * with SIGKILL and the run goes on with another number of them. {@code -Delbo4j.kills=20 -Dtest=WorkersTest} tries at
 * length.
 */
@Timeout(1800)
class WorkersTest {
    private static final int KILLS = Integer.getInteger("elbo4j.kills", 3);
    private static final long SEED = Long.getLong("elbo4j.seed", System.nanoTime());
    /** So many that a run is longer than its kills. */
    private static final int EPOCHS = 400 * KILLS;
    private static final int ROWS = 1100;
    private static final int COLUMNS = 48;

    @TempDir
    Path directory;
    private Path data;
    private int started;

    @BeforeEach
    void writeData() {
        writeData(ROWS);
    }

    private void writeData(int rows) {
        SplittableRandom random = new SplittableRandom(7);
        float[] values = new float[rows * COLUMNS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        data = directory.resolve("data.npy");
        NpyWriter.write(data, rows, COLUMNS, values);
    }

    private record Worker(Process process, Path log) {
        int end() throws Exception {
            if (!process.waitFor(300, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("a worker did not end in 300 s:\n" + Files.readString(log));
            }
            return process.exitValue();
        }

        String text() throws IOException {
            return Files.readString(log);
        }
    }

    private Worker start(List<String> arguments) throws IOException {
        Path log = directory.resolve("log" + started++ + ".txt");
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java")
                .toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", "-jar", System.getProperty(
                        "elbo4j.jar"), "train", "--threads", "1"));
        command.addAll(arguments);
        return new Worker(new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true)
                .redirectOutput(log.toFile()).start(), log);
    }

    private static String addresses(int workers) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        List<String> all = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            all.add("127.0.0.1:" + socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return String.join(",", all);
    }

    /** The same words for all of them, as one would type them. */
    private List<Worker> workers(int count, String... words) throws IOException {
        String addresses = addresses(count);
        List<Worker> all = new ArrayList<>();
        for (int rank = 0; rank < count; rank++) {
            List<String> own = new ArrayList<>(List.of(words));
            if (count > 1) {
                own.addAll(List.of("--workers", addresses, "--rank", Integer.toString(rank)));
            }
            all.add(start(own));
        }
        return all;
    }

    private String[] words(int batch, int epochs, Path out) {
        return new String[] {"--data", "npy=" + data, "--epochs", Integer.toString(epochs), "--batch", Integer.toString(
                batch), "--hidden", "24", "--latent", "3", "--free-bits", "0.05", "--clip", "2", "--seed", "11",
                "--checkpoint-every", "7steps", "--out", out.toString()};
    }

    private static void finish(List<Worker> workers) throws Exception {
        for (Worker worker : workers) {
            assertEquals(0, worker.end(), worker.text());
        }
    }

    /** A line of metrics has a speed, which no two runs share. */
    private static List<String> metrics(Path run) throws IOException {
        return Files.readAllLines(run.resolve("metrics.jsonl")).stream().map(line -> line.replaceAll(
                "\"samples_per_second\":[^,}]*", "")).toList();
    }

    private static void assertSame(Path one, Path other, String what) throws IOException {
        assertEquals(metrics(one), metrics(other), what);
        assertArrayEquals(Files.readAllBytes(one.resolve("checkpoint.safetensors")), Files.readAllBytes(other.resolve(
                "checkpoint.safetensors")), what);
    }

    @Test
    void processesAreOneModel() throws Exception {
        for (int batch : new int[] {32, 64, 256, 1000, 4096}) {
            // a tenth is for tests
            writeData(Math.max(ROWS, batch * 5 / 4));
            Path one = directory.resolve("one-" + batch);
            finish(workers(1, words(batch, 3, one)));
            for (int count : new int[] {2, 4, 8}) {
                Path together = directory.resolve(count + "-" + batch);
                finish(workers(count, words(batch, 3, together)));
                assertSame(one, together, count + " workers, batch " + batch);
            }
        }
    }

    /** Who is killed before is waited for by the others, for minutes. */
    private static void awaitMeeting(List<Worker> all) throws Exception {
        for (Worker worker : all) {
            while (worker.process().isAlive() && !worker.text().contains("backend")) {
                Thread.sleep(20);
            }
        }
    }

    @Test
    void killedAndResumedWithAnotherNumber() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        Path one = directory.resolve("whole");
        finish(workers(1, words(256, EPOCHS, one)));
        Path run = directory.resolve("killed");
        int[] counts = {2, 4, 1, 8};
        int kills = 0;
        boolean done = false;
        while (!done) {
            boolean resumed = Files.exists(run.resolve("checkpoint.safetensors"));
            int count = counts[kills % counts.length];
            List<Worker> all = workers(count, resumed ? new String[] {"--resume", "--out", run.toString()}
                    : words(256, EPOCHS, run));
            int victim = random.nextInt(count);
            String what = "seed " + SEED + ", kill " + kills + ", worker " + victim + " of " + count;
            awaitMeeting(all);
            if (kills < KILLS && !all.get(0).process().waitFor(random.nextInt(2500), TimeUnit.MILLISECONDS)) {
                all.get(victim).process().destroyForcibly();
                for (int rank = 0; rank < count; rank++) {
                    int code = all.get(rank).end();
                    assertTrue(rank == victim ? code == 137 : code == 1, what + ", " + rank + " ended with " + code
                            + ":\n" + all.get(rank).text());
                    assertTrue(rank == victim || all.get(rank).text().contains("worker " + victim), what + ", " + rank
                            + ":\n" + all.get(rank).text());
                }
                kills++;
            } else {
                finish(all);
                done = true;
            }
        }
        assertTrue(kills > 0, "no worker was killed");
        assertSame(one, run, "seed " + SEED + ", " + kills + " kills");
        System.out.println(kills + " workers killed, seed " + SEED);
    }

    @ParameterizedTest
    @CsvSource({"128,3,--batch 128,with --batch 256", "256,4,--epochs 4,with --epochs 3"})
    void otherSettingsAreRefusedByName(int batch, int epochs, String given, String stored) throws Exception {
        String addresses = addresses(2);
        List<String> zero = new ArrayList<>(List.of(words(256, 3, directory.resolve("run"))));
        zero.addAll(List.of("--workers", addresses, "--rank", "0"));
        List<String> one = new ArrayList<>(List.of(words(batch, epochs, directory.resolve("run"))));
        one.addAll(List.of("--workers", addresses, "--rank", "1"));
        Worker first = start(zero);
        Worker second = start(one);
        assertEquals(2, second.end(), second.text());
        assertEquals(1, first.end(), first.text());
        String sentence = given + " contradicts run.json of worker 0, which is of a run " + stored;
        assertTrue(second.text().contains(sentence), second.text());
        assertTrue(first.text().contains("worker 1 ended: " + sentence), first.text());
        assertTrue(Files.notExists(directory.resolve("run/checkpoint.safetensors")));
    }
}
