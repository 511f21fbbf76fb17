package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.train.checkpoint.Safetensors;
import io.elbo4j.train.data.NpyWriter;
import io.elbo4j.train.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The runnable jar, killed with SIGKILL and resumed, ends in the uninterrupted run's checkpoint and metrics; runs
 * started together do not meet. {@code -Delbo4j.kills=200 -Delbo4j.runs=20 -Dtest=KillAndResumeTest} tries at length.
 */
class KillAndResumeTest {
    private static final int KILLS = Integer.getInteger("elbo4j.kills", 4);
    private static final int RUNS = Integer.getInteger("elbo4j.runs", 3);
    private static final long SEED = Long.getLong("elbo4j.seed", System.nanoTime());
    private static final int ROWS = 640;
    private static final int COLUMNS = 48;
    private static final List<String> FILES = List.of("checkpoint.safetensors", "curve.png", "metrics.jsonl",
            "reconstructions.png", "run.json", "samples.png", "steps.jsonl", "traversal.png");

    @TempDir
    Path directory;
    private Path data;

    @BeforeEach
    void writeData() {
        SplittableRandom random = new SplittableRandom(7);
        float[] values = new float[ROWS * COLUMNS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        data = directory.resolve("data.npy");
        NpyWriter.write(data, ROWS, COLUMNS, values);
    }

    /** Starts a command in the test's folder, with a JVM that is quick to start. */
    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java")
                .toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", System.getProperty("elbo4j.jar"),
                "train", "--threads", "1"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log.txt").toFile())).start();
    }

    private Process train(Path out, int evaluateEvery, String checkpointEvery, String... more) throws IOException {
        List<String> args = new ArrayList<>(List.of("--data", "npy=" + data, "--epochs", "60", "--batch", "48",
                "--hidden", "24", "--latent", "3",
                "--seed", "11", "--evaluate-every", Integer.toString(evaluateEvery), "--checkpoint-every",
                checkpointEvery, "--out", out.toString()));
        args.addAll(List.of(more));
        return start(args.toArray(String[]::new));
    }

    private void finish(Process process) throws Exception {
        assertTrue(process.waitFor(300, TimeUnit.SECONDS), "the run did not end in 300 s");
        if (process.exitValue() != 0) {
            fail("a run failed; of all runs:\n" + Files.readString(directory.resolve("log.txt")));
        }
    }

    private static String sha256(Path run) {
        return Safetensors.sha256(run.resolve("checkpoint.safetensors"));
    }

    /** Without what depends on the clock. */
    private static List<JsonObject> metrics(Path run) throws IOException {
        List<JsonObject> lines = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
            JsonObject o = JsonParser.parseString(line).getAsJsonObject();
            o.remove("samples_per_second");
            lines.add(o);
        }
        return lines;
    }

    private static List<String> names(Path run) throws IOException {
        try (Stream<Path> files = Files.list(run)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    private static void await(Path file, Process process) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (!Files.exists(file) && process.isAlive() && System.nanoTime() < deadline) {
            Thread.sleep(1);
        }
        assertTrue(process.isAlive() && Files.exists(file), "the run ended before it could be killed");
    }

    /** Also one whose data stays in its file. */
    @ParameterizedTest
    @CsvSource({"run.json, --stream=false", "checkpoint.safetensors, --stream=false",
            "checkpoint.safetensors, --stream"})
    void aKilledRunEndsInTheSameCheckpoint(String file, String stream) throws Exception {
        Path whole = directory.resolve("whole");
        finish(train(whole, 1, "60min"));
        Path killed = directory.resolve("killed");
        Process process = train(killed, 1, file.equals("run.json") ? "60min" : "1steps", stream);
        await(killed.resolve(file), process);
        process.destroyForcibly().waitFor();
        assertEquals(file.equals("run.json"), Files.notExists(killed.resolve("checkpoint.safetensors")));
        finish(start("--resume", "--out", killed.toString()));
        assertEquals(sha256(whole), sha256(killed));
        assertEquals(metrics(whole), metrics(killed));
        assertEquals(60, metrics(killed).size());
    }

    @Test
    void runsKilledAtRandomMomentsEndInTheSameCheckpoint() throws Exception {
        System.out.println("-Delbo4j.seed=" + SEED);
        SplittableRandom random = new SplittableRandom(SEED);
        List<Path> whole = List.of(directory.resolve("every"), directory.resolve("every-second"));
        long begin = System.nanoTime();
        finish(train(whole.get(0), 1, "60min"));
        long duration = System.nanoTime() - begin;
        finish(train(whole.get(1), 2, "60min"));
        int[] before = new int[3];
        for (int kill = 0; kill < KILLS;) {
            Path run = directory.resolve("run-" + kill);
            int evaluateEvery = 1 + kill % 2;
            String checkpointEvery = List.of("1steps", "5steps", "60min").get(kill % 3);
            Process process = train(run, evaluateEvery, checkpointEvery);
            // half of the time passes before there is anything to resume: one of ten is killed also there
            if (kill % 10 != 0) {
                await(run.resolve("run.json"), process);
            }
            TimeUnit.NANOSECONDS.sleep((long) (duration * random.nextDouble() / (kill % 10 == 0 ? 1 : 2)));
            boolean killed = process.isAlive();
            process.destroyForcibly().waitFor();
            boolean described = Files.exists(run.resolve("run.json"));
            before[!described ? 0 : Files.notExists(run.resolve("checkpoint.safetensors")) ? 1 : 2] += killed ? 1 : 0;
            finish(described ? start("--resume", "--out", run.toString()) : train(run, evaluateEvery, checkpointEvery));
            assertEquals(sha256(whole.get(0)), sha256(run), "kill " + kill);
            assertEquals(metrics(whole.get(evaluateEvery - 1)), metrics(run), "kill " + kill);
            assertEquals(FILES, names(run), "kill " + kill);
            kill += killed ? 1 : 0;
            if (!killed) {
                delete(run);
            }
        }
        System.out.println("killed " + KILLS + " times: " + before[0] + " before the run was described, " + before[1]
                + " before its first checkpoint, " + before[2] + " later");
    }

    private static void delete(Path run) throws IOException {
        for (String name : names(run)) {
            Files.delete(run.resolve(name));
        }
        Files.delete(run);
    }

    @Test
    void runsStartedTogetherHaveAFolderEach() throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < RUNS; i++) {
            processes.add(start("--data", "npy=" + data, "--epochs", "3", "--seed", "11"));
        }
        for (Process process : processes) {
            finish(process);
        }
        List<String> expected = IntStream.rangeClosed(1, RUNS).mapToObj(i -> "npy-" + i).sorted().toList();
        assertEquals(expected, names(directory.resolve("runs")));
        for (String name : expected) {
            Path run = directory.resolve("runs").resolve(name);
            assertEquals(FILES, names(run));
            assertEquals(1, metrics(run).size());
            assertEquals(sha256(directory.resolve("runs/npy-1")), sha256(run));
        }
    }

    @Test
    void aRunInUseIsNotResumedByAnotherProcess() throws Exception {
        Path run = directory.resolve("run");
        finish(train(run, 1, "60min"));
        try (RunFolder folder = RunFolder.open(run)) {
            assertEquals(run, folder.directory());
            Process second = start("--resume", "--epochs", "70", "--out", run.toString());
            assertTrue(second.waitFor(300, TimeUnit.SECONDS));
            assertEquals(1, second.exitValue());
        }
        String log = Files.readString(directory.resolve("log.txt"));
        assertTrue(log.contains(run + " is in use by process " + ProcessHandle.current().pid() + ":"), log);
        assertEquals(60, metrics(run).size());
        finish(start("--resume", "--epochs", "61", "--out", run.toString()));
        assertEquals(61, metrics(run).size());
        assertEquals(FILES, names(run));
    }
}
