package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The numbers themselves are those of {@code MutualInformationTest}. */
class DisentanglementCommandTest {
    @TempDir
    Path directory;

    private Path sprites(String... more) {
        Path out = directory.resolve("run" + more.length);
        Cli.run(Lists.join(List.of("train", "--steps", "5", "--hidden", "8", "--latent", "3", "--backend", "java",
                "--out", out.toString()), more)).succeeds();
        return out;
    }

    private static Cli.Result measure(Path run, String... more) {
        return Cli.run(Lists.join(List.of("disentanglement", "--checkpoint", run.toString(), "--backend", "java"),
                more));
    }

    @Test
    void theFactorsOfTheSpritesAreMeasured() {
        Path run = sprites();
        JsonObject found = measure(run, "--rows", "100", "--json").succeeds().json();
        JsonArray factors = found.getAsJsonArray("factors");
        assertEquals(List.of("shape", "scale", "orientation", "x", "y"), StreamSupport.stream(factors.spliterator(),
                false).map(f -> f.getAsJsonObject().get("factor").getAsString()).toList());
        double sum = 0;
        for (JsonElement f : factors) {
            assertEquals(3, f.getAsJsonObject().getAsJsonArray("information").size());
            double most = f.getAsJsonObject().get("entropy").getAsDouble();
            for (JsonElement nats : f.getAsJsonObject().getAsJsonArray("information")) {
                assertTrue(nats.getAsDouble() <= most, f.toString());
            }
            sum += f.getAsJsonObject().get("gap").getAsDouble();
        }
        assertEquals(sum / 5, found.get("mig").getAsDouble(), 1e-12);
        List<String> lines = measure(run, "--rows", "100").succeeds().out().lines().toList();
        assertEquals(7, lines.size(), String.join("\n", lines));
        assertTrue(lines.get(0).startsWith("MIG ") && lines.get(0).endsWith(": 100 rows, 5 draws of each, nats"), lines
                .get(0));
        for (String[] other : new String[][] {{"--rows", "99"}, {"--rows", "100", "--draws", "6"},
                {"--rows", "100", "--seed", "9"}, {"--rows", "100", "--bins", "5"}}) {
            assertNotEquals(found.get("mig"), measure(run, Lists.join(List.of("--json"), other)).succeeds().json().get(
                    "mig"), String.join(" ", other));
        }
    }

    /** Three classes of an IDX file's 12 rows, four of each. */
    @Test
    void theFactorOfDigitsIsTheirLabel() throws IOException {
        Path data = Cli.digits(directory);
        Path run = directory.resolve("of-digits");
        Cli.run("train", "--data", "mnist=" + data, "--steps", "3", "--hidden", "4", "--latent", "1", "--backend",
                "java", "--out", run.toString()).succeeds();
        JsonArray factors = measure(run, "--json").succeeds().json().getAsJsonArray("factors");
        assertEquals(1, factors.size());
        assertEquals("label", factors.get(0).getAsJsonObject().get("factor").getAsString());
        assertEquals(Math.log(3), factors.get(0).getAsJsonObject().get("entropy").getAsDouble(), 1e-12);
        measure(run, "--bins", "8").fails(2,
                "--bins has no effect on mnist, whose factor is the label: it goes with the"
                        + " continuous factors of the sprites");
        // there is no second dimension
        assertTrue(measure(run).succeeds().out().lines().toList().get(2).contains(" -  "));
    }

    @Test
    void whatCannotBeMeasuredIsRefused() {
        Path run = sprites();
        measure(run, "--rows", "1").fails(2, "--rows must be at least 2, not 1");
        measure(run, "--draws", "0").fails(2, "--draws must be at least 1, not 0");
        measure(run, "--bins", "1").fails(2, "--bins must be from 2 to 1000, not 1");
        Path other = directory.resolve("other");
        Cli.train(Cli.data(directory, 30), other, "--epochs", "1").succeeds();
        measure(other).fails(1, "labels come with sprites and mnist=DIR");
        Path mixture = sprites("--model", "categorical-vae");
        measure(mixture).fails(2, "is of a model without an output 'posterior.logVariance'");
    }

    @Test
    void dataWithoutKnownFactorsIsRefused() {
        Path run = directory.resolve("npy");
        Cli.train(Cli.data(directory), run, "--steps", "2").succeeds();
        measure(run).fails(1, "disentanglement goes with data of known factors, not with npy: labels come with sprites"
                + " and mnist=DIR");
    }
}
