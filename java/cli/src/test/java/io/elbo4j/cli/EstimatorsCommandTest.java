package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EstimatorsCommandTest {
    @TempDir
    Path directory;
    private Path data;
    private Path run;

    @BeforeEach
    void train() {
        data = Cli.data(directory, 30);
        run = directory.resolve("run");
        Cli.train(data, run, "--epochs", "2").succeeds();
    }

    private Cli.Result measure(Path of, String... more) {
        String[] draws = List.of(more).contains("--draws") ? new String[0] : new String[] {"--draws", "50"};
        return Cli.run(Lists.join(List.of(Lists.join(List.of("estimators", "--checkpoint", of.toString(), "--backend",
                "java"), draws)), more));
    }

    private static JsonArray json(Cli.Result result) {
        return result.succeeds().json().getAsJsonArray("measurements");
    }

    @Test
    void eachEstimatorOfEachNumberOfSamplesIsALine() {
        List<String> lines = measure(run, "--samples", "1,2").succeeds().out().lines().toList();
        assertEquals("4 rows, 50 draws of each", lines.get(0));
        assertEquals(2 + 8 + 9, lines.size(), String.join("\n", lines));
        assertTrue(lines.get(2).startsWith("reparameterised, KL in closed form "), lines.get(2));
        JsonArray all = json(measure(run, "--samples", "1,2", "--json"));
        assertEquals(8 + 9, all.size());
        JsonObject first = all.get(0).getAsJsonObject();
        for (String name : List.of("norm", "variance", "signal_to_noise", "standard_error")) {
            assertTrue(first.get(name).getAsDouble() > 0, name);
        }
        assertTrue(lines.get(1).contains("  variance     ratio  signal/noise"), lines.get(1));
        // M = 2 begins after the eight of M = 1; the last two of each are of another bound
        for (int[] pair : new int[][] {{3, 0}, {7, 6}, {6, 6}, {11, 8}, {16, 15}}) {
            JsonObject of = all.get(pair[0]).getAsJsonObject();
            assertEquals(of.get("variance").getAsDouble() / all.get(pair[1]).getAsJsonObject().get("variance")
                    .getAsDouble(), of.get("variance_ratio").getAsDouble(), 1e-12);
        }
    }

    @Test
    void everyOptionChangesTheNumbers() {
        JsonArray before = json(measure(run, "--samples", "2", "--json"));
        assertEquals(before, json(measure(run, "--samples", "2", "--json", "--threads", "3")));
        for (String[] other : new String[][] {{"--rows", "3"}, {"--draws", "51"}, {"--seed", "9"}}) {
            assertNotEquals(before, json(measure(run, Lists.join(List.of("--samples", "2", "--json"), other))));
        }
        assertNotEquals(before, json(measure(run, "--samples", "3", "--json")));
        Path classes = directory.resolve("classes");
        Cli.train(data, classes, "--epochs", "2", "--model", "categorical-vae").succeeds();
        JsonArray one = json(measure(classes, "--samples", "2", "--json"));
        assertEquals(7, one.size());
        assertEquals("exact, all classes", one.get(0).getAsJsonObject().get("estimator").getAsString());
        assertEquals(1, one.get(1).getAsJsonObject().get("variance_ratio").getAsDouble()); // an exact one has no noise
        assertNotEquals(one, json(measure(classes, "--samples", "2", "--json", "--temperature", "0.5")));
    }

    @Test
    void theVariancesAreDrawnIfAsked() throws IOException {
        Path picture = directory.resolve("variance.png");
        String out = measure(run, "--samples", "1,2", "--picture", picture.toString()).succeeds().out();
        assertEquals(measure(run, "--samples", "1,2").succeeds().out(), out);
        assertTrue(ImageIO.read(picture.toFile()).getWidth() > 1000);
        measure(run, "--picture", "variance.npy").fails(2, "--picture must end in .png, not 'variance.npy'");
    }

    @Test
    void whatCannotBeMeasuredIsRefused() {
        measure(run, "--rows", "0").fails(2, "--rows must be at least 1, not 0");
        measure(run, "--draws", "1").fails(2, "--draws must be at least 2, not 1");
        measure(run, "--samples", "1,0").fails(2, "--samples must be numbers of at least 1, not 1,0");
        Path mixture = directory.resolve("mixture");
        Cli.run("train", "--data", "npy=" + data, "--model", "gaussian-mixture", "--epochs", "1", "--backend", "java",
                "--out", mixture.toString()).succeeds();
        measure(mixture).fails(2, "is of another model than vae or categorical-vae");
        measure(run, "--samples", "2,1,2").fails(2, "--samples must be different ones, not 2,1,2");
        measure(run, "--temperature", "0").fails(2, "--temperature goes with a categorical-vae");
        Path prior = directory.resolve("prior");
        Cli.train(data, prior, "--epochs", "1", "--prior", "mixture").succeeds();
        measure(prior).fails(2, "has the prior mixture; estimators are measured with the prior standard");
        Path classes = directory.resolve("classes");
        Cli.train(data, classes, "--epochs", "1", "--model", "categorical-vae").succeeds();
        measure(classes, "--temperature", "0").fails(2, "--temperature must be a number above 0");
        Path standardised = directory.resolve("standardised");
        Cli.train(data, standardised, "--epochs", "1", "--likelihood", "gaussian-fixed", "--standardise", "column")
                .succeeds();
        measure(standardised).fails(2, "was trained with --standardise, which this command does not take");
    }
}
