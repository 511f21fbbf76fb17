package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlCommandTest {
    private static Cli.Result run(String... more) {
        List<String> all = new ArrayList<>(List.of("control", "sac", "--backend", "java"));
        String[] small = {"--steps", "60", "--evaluate-every", "25", "--episodes", "2", "--widths", "8", "--batch", "8",
                "--random-steps", "20"};
        for (int i = 0; i < small.length; i += 2) {
            if (!List.of(more).contains(small[i])) {
                all.addAll(List.of(small[i], small[i + 1]));
            }
        }
        return Cli.run(Lists.join(all, more));
    }

    private static JsonObject json(String... more) {
        return run(Lists.join(List.of("--json"), more)).succeeds().json();
    }

    @Test
    void eachEvaluationOfEachSeedIsALine() {
        List<String> lines = run("--seeds", "3,4").succeeds().out().lines().toList();
        assertTrue(lines.get(0).matches("sac, pendulum: mean return of 2 episodes; random actions -[\\d.]+, best known"
                + " -140\\.6"), lines.get(0));
        assertEquals(7, lines.size());
        assertTrue(lines.get(1).startsWith("seed 3       25 steps        5 updates "), lines.get(1));
        assertTrue(lines.get(3).startsWith("seed 3       60 steps       40 updates "), lines.get(3));
        assertTrue(lines.get(6).startsWith("seed 4       60 steps       40 updates "), lines.get(6));
        JsonObject one = json("--environment", "pendulum-angle");
        assertEquals("pendulum-angle", one.get("environment").getAsString());
        assertEquals(-140.3, one.get("ceiling").getAsDouble());
        assertEquals(3, one.getAsJsonArray("points").size());
    }

    @Test
    void everyOptionChangesTheReturns() {
        JsonArray before = json().getAsJsonArray("points");
        assertEquals(before, json("--threads", "3").getAsJsonArray("points"));
        for (String[] other : new String[][] {{"--seeds", "5"}, {"--widths", "9"}, {"--batch", "9"}, {"--discount",
                "0.5"}, {"--rate", "0.1"}, {"--learning-rate", "0.01"}, {"--capacity", "30"}, {"--random-steps", "21"},
                {"--episodes", "3"}}) {
            JsonArray after = json(other).getAsJsonArray("points");
            assertNotEquals(last(before), last(after), String.join(" ", other));
        }
    }

    private static double last(JsonArray points) {
        return points.get(points.size() - 1).getAsJsonObject().get("return").getAsDouble();
    }

    @Test
    void theCurvesAreDrawnIfAsked(@TempDir Path directory) throws IOException {
        Path picture = directory.resolve("control.png");
        String out = run("--picture", picture.toString()).succeeds().out();
        assertEquals(run().succeeds().out(), out);
        assertTrue(ImageIO.read(picture.toFile()).getWidth() > 1000);
        run("--picture", "control.npy").fails(2, "--picture must end in .png, not 'control.npy'");
    }

    @Test
    void environmentsAreListed() {
        String out = Cli.run("control", "--list").succeeds().out();
        assertEquals(13, out.lines().count());
        assertTrue(out.contains("pendulum-pixels          pendulum seen as a picture"), out);
        assertEquals(13, Cli.run("control", "--list", "--json").succeeds().out().split("\"limit\"").length - 1);
    }

    @Test
    void whatCannotBeIsRefused() {
        run("--environment", "cart-pole").fails(2, "--environment must be one whose actions are in a box, for sac, not"
                + " cart-pole, whose action is one of 2");
        run("--environment", "pendulm").fails(2, "--environment must be one of acrobot, cart-pole,");
        run("--rate", "2").fails(2, "--rate must be above 0 and below 1, not 2.0");
        run("--steps", "0").fails(2, "--steps must be at least 1, not 0");
        run("--evaluate-every", "0").fails(2, "--evaluate-every must be at least 1, not 0");
        run("--episodes", "0").fails(2, "--episodes must be at least 1, not 0");
        run("--widths", "0").fails(2, "--widths must be at least 1 each, not [0]");
        Cli.run("control", "--stesp", "5").fails(2, "'--stesp'");
        Cli.run("control", "dqm").fails(2, "expected one of sac, not 'dqm'");
    }
}
