package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.checkpoint.Safetensors;
import io.elbo4j.train.checkpoint.StoredTensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands in a process of their own, whose heap is small. */
class SmallHeapTest {
    @TempDir
    Path directory;
    private Path data;
    private Path out;

    @BeforeEach
    void writeData() {
        data = Cli.data(directory);
        out = directory.resolve("run");
    }

    private Cli.Result run(String... args) throws Exception {
        return runIn("-Xmx64m", args);
    }

    private Cli.Result runIn(String heap, String... args) throws Exception {
        Path output = directory.resolve("output");
        Path error = directory.resolve("error");
        Process process = new ProcessBuilder(Lists.join(List.of(Path.of(System.getProperty("java.home"), "bin", "java")
                .toString(), heap, "-XX:+UseG1GC", "-cp", System.getProperty("java.class.path"),
                Main.class.getName()), args)).redirectOutput(output.toFile()).redirectError(error.toFile()).start();
        return new Cli.Result(process.waitFor(), read(output), read(error));
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    private Cli.Result train(String hidden) throws Exception {
        return run("train", "--data", "npy=" + data, "--backend", "java", "--threads", "1", "--batch", "8", "--steps",
                "6", "--out", out.toString(), "--hidden", hidden);
    }

    /** 2.4 million parameters take 38 MB with their gradients and moments: 29 MB more would be too many. */
    @Test
    void aModelThatTrainsCanBeSavedAndUsed() throws Exception {
        train("1100,1060").succeeds();
        assertTrue(Files.size(out.resolve("checkpoint.safetensors")) > 28_000_000);
        run("sample", "--checkpoint", out.toString(), "--backend", "java", "--count", "3", "--out",
                directory.resolve("x.npy").toString()).succeeds();
    }

    @Test
    void aHeapThatIsTooSmallIsNoticedBeforeTraining() throws Exception {
        train("1500,1400").fails(1, "-Xmx");
        assertTrue(Files.notExists(out));
    }

    /** Of all that it claims, the file holds nothing. */
    @Test
    void aCheckpointThatClaimsMoreThanItHoldsIsRefused() throws Exception {
        Cli.train(data, out, "--epochs", "1").succeeds();
        Path file = out.resolve("checkpoint.safetensors");
        Safetensors.Content content = Safetensors.read(file);
        Map<String, String> metadata = new HashMap<>(content.metadata());
        metadata.computeIfPresent("elbo4j.checkpoint", (key, state) -> {
            assertTrue(state.contains("\"hidden\":[8]"), state);
            return state.replace("\"hidden\":[8]", "\"hidden\":[100000,60000]");
        });
        List<StoredTensor> none = List.of();
        for (List<StoredTensor> tensors : List.of(content.tensors(), none)) {
            Safetensors.write(file, metadata, tensors);
            run("sample", "--checkpoint", file.toString(), "--backend", "java", "--out",
                    directory.resolve("x.npy").toString()).fails(1, file.toString(), "tensor");
        }
        assertEquals(List.of("data-30.npy", "error", "output", "run"), Cli.names(directory));
    }

    /** Bytes that are 64 MB as float32. */
    @Test
    void dataThatIsLargerThanTheHeapIsStreamed() throws Exception {
        Path large = directory.resolve("large.npy");
        Cli.bytes(large, 20_000, 800, 255);
        String[] train = {"train", "--data", "npy=" + large, "--backend", "java", "--batch", "100", "--hidden", "8",
                "--latent", "2", "--steps", "30", "--out", out.toString(), "--likelihood", "gaussian-shared",
                "--standardise", "column"};
        runIn("-Xmx48m", train).fails(1, large.toString(), "Java heap", "--stream");
        runIn("-Xmx48m", Lists.join(List.of(train), "--stream")).succeeds();
        assertTrue(Files.exists(out.resolve("reconstructions.png")));
        String[] model = {"--checkpoint", out.toString(), "--backend", "java"};
        runIn("-Xmx48m", Lists.join(List.of("evaluate", "--set", "train"), model)).succeeds();
        runIn("-Xmx48m", Lists.join(List.of("encode", "--out", directory.resolve("z.npy").toString()), model))
                .succeeds();
    }
}
