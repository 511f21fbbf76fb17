package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PosteriorsCommandTest {
    private static final List<String> SMALL = List.of("posteriors", "--backend", "java", "--chains", "8", "--steps",
            "40", "--warm-up", "5", "--updates", "10", "--samples", "4", "--draws", "5", "--seed", "1");

    /** With some options given other values. */
    private static Cli.Result run(String... changes) {
        List<String> args = new ArrayList<>(SMALL);
        for (int i = 0; i < changes.length; i++) {
            int at = args.indexOf(changes[i]);
            if (at >= 0 && changes[i].startsWith("--")) {
                args.set(at + 1, changes[++i]);
            } else {
                args.add(changes[i]);
            }
        }
        return Cli.run(args.toArray(String[]::new));
    }

    private static JsonArray json(String... changes) {
        return run(Lists.join(List.of("--json"), changes)).succeeds().json().getAsJsonArray("posteriors");
    }

    @Test
    void eachMethodOfEachTargetIsALine() {
        List<String> lines = run().succeeds().out().lines().toList();
        assertEquals("8 chains of 5 + 40 steps, 10 updates by 4 samples", lines.get(0));
        assertEquals(2 + 3 * 8, lines.size());
        assertTrue(lines.get(2).startsWith("linear-gaussian  random-walk Metropolis "), lines.get(2));
        assertTrue(lines.get(25).startsWith("two-modes        energy-based model "), lines.get(25));
        JsonArray all = json("--target", "banana");
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
        JsonArray before = json("--target", "banana");
        assertEquals(before, json("--target", "banana", "--threads", "3"));
        for (String[] other : new String[][] {{"--chains", "9"}, {"--steps", "41"}, {"--warm-up", "6"}, {"--spread",
                "0.4"}, {"--seed", "2"}}) {
            assertChanges(before, json(Lists.join(List.of("--target", "banana"), other)), 0, 1, 2, 3);
        }
        assertChanges(before, json("--target", "banana", "--seed", "2"), 4, 5, 6, 7);
        assertChanges(before, json("--target", "banana", "--deviation", "1"), 0);
        assertChanges(before, json("--target", "banana", "--step-size", "0.1"), 1, 2, 3);
        assertChanges(before, json("--target", "banana", "--leaps", "5"), 3);
        assertChanges(before, json("--target", "banana", "--draws", "6"), 6);
        assertChanges(before, json("--target", "banana", "--updates", "11"), 6, 7);
        for (String[] other : new String[][] {{"--updates", "11"}, {"--samples", "5"}, {"--learning-rate", "0.02"}}) {
            JsonArray after = json(Lists.join(List.of("--target", "banana"), other));
            assertChanges(before, after, 4, 5);
            assertEquals(before.get(0), after.get(0));
        }
    }

    private static void assertChanges(JsonArray before, JsonArray after, int... rows) {
        for (int row : rows) {
            assertNotEquals(before.get(row), after.get(row), "row " + row);
        }
    }

    @Test
    void whatCannotBeComparedIsRefused() {
        run("--target", "ring").fails(2, "expected one of linear-gaussian, banana, two-modes, not 'ring'");
        run("--chains", "1").fails(2, "--chains must be at least 2, not 1");
        run("--warm-up", "-1").fails(2, "--warm-up must be at least 0, not -1");
        run("--steps", "7").fails(2, "--steps must be from 8 to 100000000, not 7");
        run("--spread", "NaN").fails(2, "--spread must be a finite number of at least 0, not NaN");
        run("--deviation", "0").fails(2, "--deviation must be a finite number above 0, not 0");
        run("--step-size", "-1").fails(2, "--step-size must be a finite number above 0, not -1");
        run("--samples", "0").fails(2, "--samples must be at least 1, not 0");
        run("--updates", "0").fails(2, "--updates must be at least 1, not 0");
        run("--leaps", "0").fails(2, "--leaps must be at least 1, not 0");
        run("--draws", "0").fails(2, "--draws must be at least 1, not 0");
        run("--learning-rate", "0").fails(2, "--learning-rate must be a finite number above 0, not 0");
        run("--step-size", "3", "--steps", "400").fails(1, "unadjusted Langevin on linear-gaussian: chain ");
    }
}
