package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.checkpoint.Safetensors;
import io.elbo4j.train.data.NpyWriter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line of elbo4j with this project's jar on its class path. */
class ResidualVaeTest {
    private static final int COLUMNS = 12;

    @TempDir
    Path directory;
    private Path data;

    /** Rows that lie near a plane. */
    @BeforeEach
    void writeData() {
        data = directory.resolve("data.npy");
        Random random = new Random(1);
        float[] values = new float[400 * COLUMNS];
        for (int r = 0; r < 400; r++) {
            double a = random.nextGaussian();
            double b = random.nextGaussian();
            for (int c = 0; c < COLUMNS; c++) {
                values[r * COLUMNS + c] = (float) (a * Math.sin(c) + b * Math.cos(c) + 0.3 * random.nextGaussian());
            }
        }
        NpyWriter.write(data, 400, COLUMNS, values);
    }

    private record Result(int exitCode, String said) {
        Result succeeds() {
            assertEquals(0, exitCode, said);
            return this;
        }
    }

    private static Result elbo4j(String... arguments) throws Exception {
        List<String> jars = new ArrayList<>(List.of(System.getProperty("model.jar")));
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar")).forEach(jars::add);
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java")
                .toString(), "-cp", String.join(File.pathSeparator, jars), "io.elbo4j.cli.Main"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        return new Result(process.waitFor(), said);
    }

    private Result train(Path out, String... more) throws Exception {
        List<String> all = new ArrayList<>(List.of("train", "--model", "residual-vae", "--data", "npy=" + data,
                "--backend", "java", "--batch", "40", "--out", out.toString()));
        all.addAll(List.of(more));
        return elbo4j(all.toArray(String[]::new));
    }

    private static String sha256(Path run) {
        return Safetensors.sha256(run.resolve("checkpoint.safetensors"));
    }

    private static double elbo(Path run, int line) throws IOException {
        String text = Files.readAllLines(run.resolve("metrics.jsonl")).get(line);
        return Double.parseDouble(text.replaceAll(".*\"test\":\\{\"elbo\":([-0-9.E]+).*", "$1"));
    }

    @Test
    void theModelIsListed() throws Exception {
        assertTrue(elbo4j("models").succeeds().said.matches("(?s).*residual-vae +an example of a user's.*"));
        assertTrue(elbo4j("models", "residual-vae").succeeds().said.contains("--deviation=X"));
    }

    @Test
    void itIsTrainedResumedAndEvaluated() throws Exception {
        Path whole = directory.resolve("whole");
        train(whole, "--epochs", "20", "--evaluate-every", "10", "--learning-rate", "0.01").succeeds();
        assertTrue(elbo(whole, 1) > elbo(whole, 0) && elbo(whole, 1) > -15, elbo(whole, 0) + " " + elbo(whole, 1));
        Path parts = directory.resolve("parts");
        train(parts, "--steps", "77", "--evaluate-every", "10", "--learning-rate", "0.01").succeeds();
        elbo4j("train", "--resume", "--out", parts.toString(), "--epochs", "20").succeeds();
        assertEquals(sha256(whole), sha256(parts));
        String evaluated = elbo4j("evaluate", "--checkpoint", whole.toString(), "--backend", "java", "--samples", "50",
                "--json").succeeds().said;
        assertTrue(evaluated.contains("\"elbo\":" + elbo(whole, 1)), evaluated);
        String out = directory.resolve("out.npy").toString();
        for (String command : List.of("sample", "encode", "reconstruct")) {
            elbo4j(command, "--checkpoint", whole.toString(), "--out", out).succeeds();
        }
        elbo4j("encode", "--checkpoint", whole.toString(), "--out", out).succeeds();
        elbo4j("decode", "--checkpoint", whole.toString(), "--z", out, "--out", directory.resolve("x.npy").toString())
                .succeeds();
    }

    @Test
    void everyOptionChangesTheBits() throws Exception {
        Set<String> found = new TreeSet<>();
        String[] options = {"--blocks=2", "--blocks=1", "--latent=3", "--deviation=0.7", "--temper=2",
                "--kl-weight=0.5"};
        for (int i = 0; i < options.length; i++) {
            Path run = directory.resolve("run" + i);
            train(run, "--steps", "5", options[i]).succeeds();
            found.add(sha256(run));
        }
        assertEquals(options.length, found.size());
    }

    @Test
    void whatItRefusesIsASentence() throws Exception {
        Path run = directory.resolve("run");
        assertEquals("elbo4j: --deviation must be from 1e-9 to 1e9, not 0.0", train(run, "--deviation", "0").said
                .strip());
        assertTrue(train(run, "--hidden", "3").said.contains("--hidden goes with --model"));
        assertTrue(Files.notExists(run));
    }
}
