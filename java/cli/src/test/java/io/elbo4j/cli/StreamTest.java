package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** --stream changes no result. */
class StreamTest {
    @TempDir
    Path directory;
    private Path data;

    @BeforeEach
    void writeData() {
        data = Cli.data(directory);
    }

    private Path run(String name) {
        return directory.resolve(name);
    }

    private JsonObject plan(String name) throws IOException {
        return JsonParser.parseString(Files.readString(run(name).resolve("run.json"))).getAsJsonObject();
    }

    private void assertSame(String one, String other) throws IOException {
        List<String> names = Cli.names(run(one));
        assertEquals(names, Cli.names(run(other)));
        for (String name : names) {
            if (name.endsWith(".jsonl")) {
                assertEquals(lines(one, name), lines(other, name));
            } else if (!name.equals("run.json")) {
                assertArrayEquals(Files.readAllBytes(run(one).resolve(name)),
                        Files.readAllBytes(run(other).resolve(name)), name);
            }
        }
    }

    /** Without what depends on the clock. */
    private List<String> lines(String name, String file) throws IOException {
        return Files.readAllLines(run(name).resolve(file)).stream()
                .map(line -> line.replaceAll("\"(samples_per_second|seconds)\":[^,}]*", "")).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--binarise dynamic", "--likelihood gaussian --standardise column",
            "--likelihood gaussian-shared --standardise whole --samples 2 --objective importance-weighted"})
    void aRunIsTheSame(String options) throws IOException {
        String[] more = (options + " --epochs 2").split(" ");
        String none = Cli.train(data, run("here"), more).succeeds().err();
        assertEquals(none, Cli.train(data, run("there"), Lists.join(List.of("--stream"), more)).succeeds().err());
        assertSame("here", "there");
        assertEquals(false, plan("here").get("stream").getAsBoolean());
        assertEquals(true, plan("there").get("stream").getAsBoolean());
    }

    /** Bytes are divided by 255, but for a likelihood of counts. */
    @ParameterizedTest
    @EnumSource
    void aRunOnBytesIsTheSame(LikelihoodKind likelihood) throws IOException {
        Path bytes = directory.resolve("bytes.npy");
        Cli.bytes(bytes, 40, 30, 7);
        String[] options = {"--likelihood", likelihood.name().toLowerCase(Locale.ROOT).replace('_', '-'), "--epochs",
                "2"};
        Cli.train(bytes, run("here"), options).succeeds();
        Cli.train(bytes, run("there"), Lists.join(List.of("--stream"), options)).succeeds();
        assertSame("here", "there");
    }

    /** What a node keeps itself is in the checkpoint, and is no average of the optimiser's. */
    @Test
    void aRunOfAnOptimalVarianceGoesOn() throws IOException {
        String[] options = {"--likelihood", "sigma-vae", "--average", "0.9"};
        Cli.train(data, run("whole"), Lists.join(List.of("--steps", "13"), options)).succeeds();
        Cli.train(data, run("parts"), Lists.join(List.of("--steps", "7"), options)).succeeds();
        Cli.train(data, run("parts"), Lists.join(List.of("--resume", "--steps", "13"), options)).succeeds();
        assertArrayEquals(Files.readAllBytes(run("whole").resolve("checkpoint.safetensors")),
                Files.readAllBytes(run("parts").resolve("checkpoint.safetensors")));
        for (String weights : List.of("trained", "average")) {
            Cli.run("evaluate", "--checkpoint", run("whole").toString(), "--weights", weights, "--samples", "3",
                    "--backend", "java").succeeds();
        }
    }

    /** Five steps are an epoch. */
    @Test
    void aRunGoesOnWithOrWithoutIt() throws IOException {
        Cli.train(data, run("whole"), "--steps", "13").succeeds();
        for (String first : List.of("--stream", "--stream=false")) {
            for (String second : List.of("--stream", "--stream=false")) {
                String name = first + second;
                Cli.train(data, run(name), first, "--steps", "7").succeeds();
                Cli.run("train", "--resume", "--out", run(name).toString(), second, "--steps", "13", "--backend",
                        "java").succeeds();
                assertArrayEquals(Files.readAllBytes(run("whole").resolve("checkpoint.safetensors")),
                        Files.readAllBytes(run(name).resolve("checkpoint.safetensors")), name);
                // without --data it is as the run has had it, unless it is asked for
                boolean streamed = !first.equals(second) || first.equals("--stream");
                assertEquals(streamed, plan(name).get("stream").getAsBoolean(), name);
                Cli.run("train", "--resume", "--out", run(name).toString(), "--data", "npy=" + data, "--steps", "14")
                        .succeeds();
                assertEquals(false, plan(name).get("stream").getAsBoolean(), name);
            }
        }
    }

    @Test
    void modelsAreUsedInTheSameWay() throws IOException {
        Cli.train(data, run("run"), "--likelihood", "gaussian", "--standardise", "column", "--epochs", "2").succeeds();
        List<String> model = List.of("--checkpoint", run("run").toString(), "--data", "npy=" + data, "--backend",
                "java");
        Path rows = directory.resolve("rows.npy");
        Path out = directory.resolve("out.npy");
        Path picture = directory.resolve("out.png");
        String[][] commands = {
                {"evaluate", "--json", "--set", "train", "--samples", "30", "--rows", rows.toString()},
                {"encode", "--json", "--out", out.toString()},
                {"encode", "--json", "--what", "mean", "--set", "test", "--out", out.toString()},
                {"reconstruct", "--json", "--set", "train", "--count", "20", "--out", out.toString()},
                {"reconstruct", "--json", "--out", picture.toString()}};
        for (String[] command : commands) {
            List<String> all = new ArrayList<>(List.of(command));
            all.addAll(model);
            Path file = Path.of(command[command.length - 1]);
            String said = Cli.run(all.toArray(String[]::new)).succeeds().out();
            byte[] written = Files.readAllBytes(file);
            all.add("--stream");
            assertEquals(said, Cli.run(all.toArray(String[]::new)).succeeds().out());
            assertArrayEquals(written, Files.readAllBytes(file), command[0]);
        }
    }

    @Test
    void whatCannotBeStreamedIsRefused() throws IOException {
        for (String other : List.of("sprites", "mnist=x", "images=x")) {
            Cli.run("train", "--data", other, "--stream").fails(2, "--stream goes with --data npy=FILE, not with "
                    + other.split("=")[0]);
        }
        Cli.run("train", "--stream").fails(2, "--stream goes with --data npy=FILE, not with sprites");
        String bytes = Files.readString(data, StandardCharsets.ISO_8859_1);
        Files.writeString(data, bytes.replace("'fortran_order': False", "'fortran_order': True "),
                StandardCharsets.ISO_8859_1);
        Cli.train(data, run("run"), "--stream").fails(1, data.toString(), "Fortran order",
                "numpy.save(FILE, numpy.ascontiguousarray(x))");
    }
}
