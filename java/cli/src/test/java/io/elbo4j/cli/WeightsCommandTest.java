package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsCommandTest {
    private static final SmallComparison SMALL = new SmallComparison("weights", List.of("--backend", "java",
            "--points", "8", "--units", "5",
            "--updates", "10", "--samples", "2", "--members", "3", "--draws", "20", "--chains", "3", "--steps", "10",
            "--warm-up", "5", "--leaps", "3", "--seed", "1"));

    @Test
    void eachWayIsALine() {
        List<String> lines = SMALL.run().succeeds().out().lines().toList();
        assertEquals("8 points, 5 relu units; 3 chains of 5 + 10 steps of 3 leaps", lines.get(0));
        assertEquals(2 + 2 * 4, lines.size());
        assertTrue(lines.get(2).startsWith("cubic  MAP "), lines.get(2));
        assertTrue(lines.get(3).startsWith("cubic  mean field "), lines.get(3));
        assertTrue(lines.get(8).startsWith("gap    ensemble of 3 "), lines.get(8));
        JsonArray all = SMALL.json("--data", "gap");
        assertEquals(4, all.size());
        JsonObject last = all.get(3).getAsJsonObject();
        assertEquals("HMC", last.get("method").getAsString());
        for (String name : List.of("coverage", "deviation", "in_gap", "outside", "acceptance_rate", "r_hat")) {
            assertTrue(last.get(name).getAsDouble() > 0, name);
        }
        assertTrue(all.get(0).getAsJsonObject().get("r_hat").isJsonNull());
        for (String name : List.of("in_gap", "outside")) {
            assertTrue(all.get(0).getAsJsonObject().get(name).isJsonNull(), name); // one function has no doubt
        }
        assertEquals(0, all.get(0).getAsJsonObject().get("deviation").getAsDouble());
    }

    /** An R-hat that is infinite, and a user has to know why. */
    @Test
    void chainsThatNeverMoveAreSaid() {
        Cli.Result result = SMALL.run("--data", "gap", "--json", "--step-size", "100").succeeds();
        assertEquals("note: no proposal of HMC on gap was accepted, its chains stood still: a smaller --step-size is"
                + " expected\n", result.err());
        JsonObject row = result.json().getAsJsonArray("weights").get(3).getAsJsonObject();
        assertEquals(0, row.get("acceptance_rate").getAsDouble());
        assertEquals("Infinity", row.get("r_hat").getAsString()); // JSON has no such number
        Cli.Result two = SMALL.run("--data", "gap", "--chains", "2", "--step-size", "100").succeeds();
        assertTrue(two.out().stripTrailing().endsWith(" Infinity"), two.out());
        assertEquals("", SMALL.run("--data", "gap").succeeds().err());
    }

    @Test
    void everyOptionChangesTheNumbersOfWhatItIsFor() {
        SmallComparison gap = SMALL.with("--data", "gap");
        JsonArray before = gap.json();
        gap.assertChanges(before, Set.of(), "--threads", "3");
        Set<Integer> all = Set.of(0, 1, 2, 3);
        gap.assertChanges(before, all, "--data", "cubic");
        gap.assertChanges(before, all, "--points", "9");
        gap.assertChanges(before, all, "--units", "6");
        gap.assertChanges(before, all, "--activation", "tanh");
        gap.assertChanges(before, all, "--seed", "2");
        gap.assertChanges(before, Set.of(0, 1, 3), "--deviation", "1.5");
        gap.assertChanges(before, Set.of(0, 1, 2), "--updates", "11");
        gap.assertChanges(before, Set.of(0, 1, 2), "--learning-rate", "0.01");
        gap.assertChanges(before, Set.of(1), "--samples", "3");
        gap.assertChanges(before, Set.of(2), "--members", "4");
        gap.assertChanges(before, Set.of(1, 3), "--draws", "21");
        Set<Integer> chains = Set.of(3);
        gap.assertChanges(before, chains, "--chains", "4");
        gap.assertChanges(before, chains, "--warm-up", "6");
        gap.assertChanges(before, chains, "--steps", "11");
        gap.assertChanges(before, chains, "--spread", "0.4");
        gap.assertChanges(before, chains, "--step-size", "0.03");
        gap.assertChanges(before, chains, "--leaps", "4");
    }

    @Test
    void aRateThatIsTooLargeIsSaid() {
        SMALL.run("--json", "--learning-rate", "1e9", "--updates", "50").fails(1,
                "mean field flew off to infinity: a smaller learning rate keeps it");
    }

    /** A panel for each way; of mean field a band is filled, of the most likely weights there is none. */
    @Test
    void functionsAreDrawn(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("functions.png");
        SMALL.run("--data", "gap", "--picture", file.toString()).succeeds();
        BufferedImage drawn = ImageIO.read(file.toFile());
        assertEquals(90 + 4 * 300 + 3 * 70 + 30, drawn.getWidth());
        for (int panel = 0; panel < 4; panel++) {
            int band = 0;
            for (int i = 0; i < 300 * 300; i++) {
                int x = 90 + panel * 370 + i % 300;
                band += (drawn.getRGB(x, 94 + i / 300) & 0xffffff) == 0xc9dcf0 ? 1 : 0;
            }
            assertEquals(panel > 0, band > 300, "panel " + panel + ": " + band);
        }
        byte[] gap = Files.readAllBytes(file);
        SMALL.run("--data", "cubic", "--picture", file.toString()).succeeds();
        assertFalse(Arrays.equals(gap, Files.readAllBytes(file)));
        SMALL.run("--picture", file.toString()).fails(2, "--picture goes with one --data, as --data gap, not with 2");
        SMALL.run("--data", "gap", "--picture", "curve.jpg").fails(2, "--picture must end in .png, not 'curve.jpg'");
    }

    @Test
    void nothingIsComparedTwice() {
        SMALL.run("--data", "gap,cubic,gap").fails(2, "--data must be different ones, not gap,cubic,gap");
    }

    @Test
    void helpSaysWhatTheColumnsAre() {
        assertTrue(Cli.run("weights", "--help").succeeds().out().contains("in their 90 % intervals"));
    }

    @Test
    void whatCannotBeComparedIsRefused() {
        SMALL.run("--data", "square").fails(2, "expected one of cubic, gap, not 'square'");
        SMALL.run("--activation", "gelu").fails(2, "expected one of relu, tanh, not 'gelu'");
        SMALL.run("--points", "0").fails(2, "--points must be at least 1, not 0");
        SMALL.run("--units", "0").fails(2, "--units must be at least 1, not 0");
        SMALL.run("--deviation", "0").fails(2, "--deviation must be from 1e-9 to 1e9, not 0");
        SMALL.run("--updates", "0").fails(2, "--updates must be at least 1, not 0");
        SMALL.run("--samples", "0").fails(2, "--samples must be at least 1, not 0");
        SMALL.run("--learning-rate", "0").fails(2, "--learning-rate must be a finite number above 0, not 0");
        SMALL.run("--members", "1").fails(2, "--members must be at least 2, not 1");
        SMALL.run("--draws", "1").fails(2, "--draws must be at least 2, not 1");
        SMALL.run("--chains", "1").fails(2, "--chains must be at least 2, not 1");
        SMALL.run("--step-size", "0").fails(2, "--step-size must be a finite number above 0, not 0");
        SMALL.run("--leaps", "0").fails(2, "--leaps must be at least 1, not 0");
    }
}
