package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WeightsCommandTest {
    private static final List<String> SMALL = List.of("weights", "--backend", "java", "--points", "8", "--units", "5",
            "--updates", "10", "--samples", "2", "--members", "3", "--draws", "20", "--chains", "3", "--steps", "10",
            "--warm-up", "5", "--leaps", "3", "--seed", "1");

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
        return run(Lists.join(List.of("--json"), changes)).succeeds().json().getAsJsonArray("weights");
    }

    @Test
    void eachWayIsALine() {
        List<String> lines = run().succeeds().out().lines().toList();
        assertEquals("8 points, 5 relu units; 3 chains of 5 + 10 steps of 3 leaps", lines.get(0));
        assertEquals(2 + 2 * 4, lines.size());
        assertTrue(lines.get(2).startsWith("cubic  MAP "), lines.get(2));
        assertTrue(lines.get(3).startsWith("cubic  mean field "), lines.get(3));
        assertTrue(lines.get(8).startsWith("gap    ensemble of 3 "), lines.get(8));
        JsonArray all = json("--data", "gap");
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

    /** They have no R-hat, and a user has to know why. */
    @Test
    void chainsThatNeverMoveAreSaid() {
        Cli.Result result = run("--data", "gap", "--json", "--step-size", "100").succeeds();
        assertEquals("note: no proposal of HMC on gap was accepted, its chains stood still: a smaller --step-size is"
                + " expected, not 100.0\n", result.err());
        JsonObject row = result.json().getAsJsonArray("weights").get(3).getAsJsonObject();
        assertEquals(0, row.get("acceptance_rate").getAsDouble());
        assertTrue(row.get("r_hat").isJsonNull());
        assertEquals("", run("--data", "gap").succeeds().err());
    }

    @Test
    void everyOptionChangesTheNumbersOfWhatItIsFor() {
        JsonArray before = json("--data", "gap");
        assertEquals(before, json("--data", "gap", "--threads", "3"));
        for (String[] other : new String[][] {{"--points", "9"}, {"--units", "6"}, {"--activation", "tanh"}, {"--seed",
                "2"}}) {
            assertChanges(before, json(Lists.join(List.of("--data", "gap"), other)), 0, 1, 2, 3);
        }
        assertChanges(before, json("--data", "cubic"), 0, 1, 2, 3);
        assertChanges(before, json("--data", "gap", "--deviation", "1.5"), 0, 1, 3);
        for (String[] other : new String[][] {{"--updates", "11"}, {"--learning-rate", "0.01"}}) {
            assertChanges(before, json(Lists.join(List.of("--data", "gap"), other)), 0, 1, 2);
        }
        assertChanges(before, json("--data", "gap", "--samples", "3"), 1);
        assertChanges(before, json("--data", "gap", "--members", "4"), 2);
        assertChanges(before, json("--data", "gap", "--draws", "21"), 1, 3);
        for (String[] other : new String[][] {{"--chains", "4"}, {"--warm-up", "6"}, {"--steps", "11"}, {"--spread",
                "0.4"}, {"--step-size", "0.03"}, {"--leaps", "4"}}) {
            assertChanges(before, json(Lists.join(List.of("--data", "gap"), other)), 3);
        }
    }

    /** These rows, and no others. */
    private static void assertChanges(JsonArray before, JsonArray after, Integer... rows) {
        for (int row = 0; row < 4; row++) {
            if (List.of(rows).contains(row)) {
                assertNotEquals(before.get(row), after.get(row), "row " + row);
            } else {
                assertEquals(before.get(row), after.get(row), "row " + row);
            }
        }
    }

    @Test
    void helpSaysWhatTheColumnsAre() {
        assertTrue(Cli.run("weights", "--help").succeeds().out().contains("in their 90 % intervals"));
    }

    @Test
    void whatCannotBeComparedIsRefused() {
        run("--data", "square").fails(2, "expected one of cubic, gap, not 'square'");
        run("--activation", "gelu").fails(2, "expected one of relu, tanh, not 'gelu'");
        run("--points", "0").fails(2, "--points must be at least 1, not 0");
        run("--units", "0").fails(2, "--units must be at least 1, not 0");
        run("--deviation", "0").fails(2, "--deviation must be from 1e-9 to 1e9, not 0");
        run("--updates", "0").fails(2, "--updates must be at least 1, not 0");
        run("--samples", "0").fails(2, "--samples must be at least 1, not 0");
        run("--learning-rate", "0").fails(2, "--learning-rate must be a finite number above 0, not 0");
        run("--members", "1").fails(2, "--members must be at least 2, not 1");
        run("--draws", "1").fails(2, "--draws must be at least 2, not 1");
        run("--chains", "1").fails(2, "--chains must be at least 2, not 1");
        run("--step-size", "0").fails(2, "--step-size must be a finite number above 0, not 0");
        run("--leaps", "0").fails(2, "--leaps must be at least 1, not 0");
    }
}
