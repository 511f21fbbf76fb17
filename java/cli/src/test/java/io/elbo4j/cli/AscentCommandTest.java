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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AscentCommandTest {
    private static Cli.Result run(String model, String... more) {
        String[] steps = List.of(more).contains("--steps") ? new String[0] : new String[] {"--steps", "10"};
        return Cli.run(Lists.join(List.of(Lists.join(List.of("ascent", "--model", model, "--backend", "java"), steps)),
                more));
    }

    private static JsonArray json(String model, String... more) {
        return run(model, Lists.join(List.of("--json"), more)).succeeds().json().getAsJsonArray("curves");
    }

    @Test
    void eachQuantityIsAColumnAndEachNumberOfStepsALine() {
        List<String> lines = run("gaussian-mixture").succeeds().out().lines().toList();
        assertEquals("gaussian-mixture, 500 points; nats a point", lines.get(0));
        assertEquals(" steps  log p(x), gradient  log p(x), EM  expected log-likelihood, EM", lines.get(1));
        assertEquals(2 + 6, lines.size()); // 1, 2, 3, 4, 6 and 10 steps
        JsonArray all = json("linear-gaussian");
        assertEquals(6, all.size());
        JsonObject bound = all.get(4).getAsJsonObject();
        assertEquals("ELBO", bound.get("quantity").getAsString());
        assertEquals("[1.0,2.0,3.0,4.0,6.0,10.0]", bound.get("steps").toString());
        assertTrue(bound.getAsJsonArray("nats").get(5).getAsDouble() < -3);
        assertEquals("KL(q || p(z | x))", all.get(5).getAsJsonObject().get("quantity").getAsString());
    }

    @Test
    void jsonSaysWhatWasClimbed() {
        JsonObject all = run("linear-gaussian", "--json", "--points", "7", "--seed", "3").succeeds().json();
        assertEquals("linear-gaussian", all.get("model").getAsString());
        assertEquals(7, all.get("points").getAsInt());
        assertEquals(3, all.get("seed").getAsInt());
        assertEquals(0.02, all.get("learning_rate").getAsDouble());
        assertTrue(run("gaussian-mixture", "--points", "1").succeeds().out().startsWith("gaussian-mixture, 1 point; "));
    }

    @Test
    void helpSaysWhatTheGapsAre() {
        String help = String.join(" ", Cli.run("ascent", "--help").succeeds().out().split("\\s+"));
        assertTrue(help.contains("the expected log-likelihood lies above log p(x)"), help);
        assertTrue(help.contains("of the gradients, which Adam follows"), help);
    }

    @Test
    void everyOptionChangesTheNumbersOfWhatItIsFor() {
        for (String model : List.of("gaussian-mixture", "linear-gaussian")) {
            JsonArray before = json(model);
            assertEquals(before, json(model, "--threads", "3"));
            for (String[] other : new String[][] {{"--points", "400"}, {"--seed", "2"}, {"--steps", "11"}}) {
                JsonArray after = json(model, other);
                for (int i = 0; i < before.size(); i++) {
                    assertNotEquals(before.get(i), after.get(i), model + " " + i);
                }
            }
            JsonArray after = json(model, "--learning-rate", "0.01");
            assertNotEquals(before.get(0), after.get(0));
            assertEquals(before.get(1), after.get(1)); // EM
        }
    }

    @Test
    void theCurvesAreDrawnIfAsked(@TempDir Path directory) throws IOException {
        Path picture = directory.resolve("ascent.png");
        String out = run("linear-gaussian", "--picture", picture.toString()).succeeds().out();
        assertEquals(run("linear-gaussian").succeeds().out(), out);
        assertTrue(ImageIO.read(picture.toFile()).getWidth() > 1000);
        run("linear-gaussian", "--picture", "ascent.npy").fails(2, "--picture must end in .png, not 'ascent.npy'");
    }

    @Test
    void whatCannotBeClimbedIsRefused() {
        run("vae").fails(2, "expected one of gaussian-mixture, linear-gaussian, not 'vae'");
        run("linear-gaussian", "--points", "0").fails(2, "--points must be at least 1, not 0");
        run("linear-gaussian", "--steps", "0").fails(2, "--steps must be at least 1, not 0");
        run("linear-gaussian", "--learning-rate", "NaN").fails(2,
                "--learning-rate must be a finite number above 0, not NaN");
        run("linear-gaussian", "--learning-rate", "1e3").fails(1, "the gradient of log p(x) flew off to infinity in"
                + " step 1: a smaller learning rate keeps it");
    }
}
