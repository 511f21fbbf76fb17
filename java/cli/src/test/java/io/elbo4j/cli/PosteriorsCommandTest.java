package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PosteriorsCommandTest {
    private static final SmallComparison SMALL = new SmallComparison("posteriors", List.of("--backend", "java",
            "--chains", "8", "--steps", "40", "--warm-up", "5", "--updates", "10", "--samples", "4", "--draws", "5",
            "--seed", "1"));

    /** A row for each target, of which the first map is the exact one. */
    @Test
    void densitiesAreDrawn(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("densities.png");
        SMALL.run("--target", "banana,two-modes", "--picture", file.toString()).succeeds();
        BufferedImage drawn = ImageIO.read(file.toFile());
        assertEquals(16 + 9 * (192 + 16), drawn.getWidth());
        assertEquals(2 * (26 + 192 + 16), drawn.getHeight());
        for (int map = 0; map < 2 * 9; map++) {
            int dark = 0;
            for (int i = 0; i < 190 * 190; i++) {
                int x = 18 + map % 9 * 208 + i % 190;
                dark += (drawn.getRGB(x, 26 + map / 9 * 234 + i / 190) & 0xff) < 200 ? 1 : 0;
            }
            assertTrue(dark > 20, "map " + map + ": " + dark);
        }
        SMALL.run("--picture", "curve.jpg").fails(2, "--picture must end in .png, not 'curve.jpg'");
    }

    @Test
    void eachMethodOfEachTargetIsALine() {
        List<String> lines = SMALL.run().succeeds().out().lines().toList();
        assertEquals("8 chains of 5 + 40 steps, 10 updates by 4 samples", lines.get(0));
        assertEquals(2 + 3 * 8, lines.size());
        assertTrue(lines.get(2).startsWith("linear-gaussian  random-walk Metropolis "), lines.get(2));
        assertTrue(lines.get(25).startsWith("two-modes        energy-based model "), lines.get(25));
        JsonArray all = SMALL.json("--target", "banana");
        assertEquals(8, all.size());
        JsonObject first = all.get(0).getAsJsonObject();
        for (String name : List.of("mean_error", "covariance_error", "kl", "acceptance_rate", "evaluations_per_sample",
                "r_hat")) {
            assertTrue(first.get(name).getAsDouble() > 0, name);
        }
        assertTrue(all.get(4).getAsJsonObject().get("r_hat").isJsonNull());
    }

    @Test
    void everyOptionChangesTheNumbersOfWhatItIsFor() {
        SmallComparison banana = SMALL.with("--target", "banana");
        JsonArray before = banana.json();
        banana.assertChanges(before, Set.of(), "--threads", "3");
        banana.assertChanges(before, Set.of(0, 1, 2, 3, 4, 5, 6, 7), "--seed", "2");
        Set<Integer> chains = Set.of(0, 1, 2, 3);
        banana.assertChanges(before, chains, "--chains", "9");
        banana.assertChanges(before, chains, "--steps", "41");
        banana.assertChanges(before, chains, "--warm-up", "6");
        banana.assertChanges(before, chains, "--spread", "0.4");
        banana.assertChanges(before, Set.of(0), "--deviation", "1");
        banana.assertChanges(before, Set.of(1, 2, 3), "--step-size", "0.1");
        banana.assertChanges(before, Set.of(3), "--leaps", "5");
        banana.assertChanges(before, Set.of(4, 5), "--samples", "5");
        banana.assertChanges(before, Set.of(4, 5), "--learning-rate", "0.02");
        banana.assertChanges(before, Set.of(4, 5, 6, 7), "--updates", "11");
        banana.assertChanges(before, Set.of(6), "--draws", "6");
    }

    @Test
    void chainsThatNeverMoveAreSaid() {
        assertEquals("note: no proposal of random-walk Metropolis on banana was accepted, its chains stood still: a"
                + " smaller --deviation or --step-size is expected\n", SMALL.run("--target", "banana", "--deviation",
                        "1e9").succeeds().err());
    }

    @Test
    void whatCannotBeComparedIsRefused() {
        SMALL.run("--target", "ring").fails(2, "expected one of linear-gaussian, banana, two-modes, not 'ring'");
        SMALL.run("--target", "banana,two-modes,banana").fails(2, "--target must be different ones, not"
                + " banana,two-modes,banana");
        SMALL.run("--chains", "1").fails(2, "--chains must be at least 2, not 1");
        SMALL.run("--warm-up", "-1").fails(2, "--warm-up must be at least 0, not -1");
        SMALL.run("--steps", "7").fails(2, "--steps must be from 8 to 100000000, not 7");
        SMALL.run("--spread", "NaN").fails(2, "--spread must be a finite number of at least 0, not NaN");
        SMALL.run("--deviation", "0").fails(2, "--deviation must be a finite number above 0, not 0");
        SMALL.run("--step-size", "-1").fails(2, "--step-size must be a finite number above 0, not -1");
        SMALL.run("--samples", "0").fails(2, "--samples must be at least 1, not 0");
        SMALL.run("--updates", "0").fails(2, "--updates must be at least 1, not 0");
        SMALL.run("--leaps", "0").fails(2, "--leaps must be at least 1, not 0");
        SMALL.run("--draws", "0").fails(2, "--draws must be at least 1, not 0");
        SMALL.run("--learning-rate", "0").fails(2, "--learning-rate must be a finite number above 0, not 0");
        SMALL.run("--step-size", "3", "--steps", "400").fails(1, "unadjusted Langevin on linear-gaussian: chain ");
    }
}
