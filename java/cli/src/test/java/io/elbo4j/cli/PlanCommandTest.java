package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanCommandTest {
    private static Cli.Result run(String... more) {
        List<String> all = new ArrayList<>(List.of("plan", "--backend", "java"));
        String[] small = {"--population", "6", "--episodes", "2", "--horizon", "3"};
        for (int i = 0; i < small.length; i += 2) {
            if (!List.of(more).contains(small[i])) {
                all.addAll(List.of(small[i], small[i + 1]));
            }
        }
        return Cli.run(Lists.join(all, more));
    }

    private static JsonArray json(String... more) {
        return run(Lists.join(List.of("--json"), more)).succeeds().json().getAsJsonArray("searches");
    }

    @Test
    void eachSearchOfEachSeedIsALine() {
        List<String> lines = run("--search", "cross-entropy,path-integral,random-shooting", "--seeds", "3,4").succeeds()
                .out().lines().toList();
        assertEquals("pendulum: mean return of 2 episodes, plans of 3 steps, best known -140.6", lines.get(0));
        assertEquals(1 + 3 * 2, lines.size());
        assertTrue(lines.get(6).matches("random-shooting  seed 4  +-\\d+\\.\\d \\+- \\d+\\.\\d"), lines.get(6));
        assertFalse(run("--episodes", "1", "--environment", "mud").succeeds().out().matches("(?s).*(NaN|\\+-).*"));
        JsonObject one = run("--json", "--episodes", "1", "--environment", "mud").succeeds().json();
        assertEquals("mud", one.get("environment").getAsString());
        assertTrue(one.getAsJsonArray("searches").get(0).getAsJsonObject().get("standard_error").isJsonNull());
    }

    /** Its episodes end by themselves. */
    @Test
    void anEnvironmentWithoutALimit() {
        for (String name : List.of("fork", "cross")) {
            assertTrue(run("--environment", name).succeeds().out().startsWith(name + ": mean return of 2 episodes"));
        }
    }

    @Test
    void everyOptionChangesTheNumbers() {
        everyOption("cross-entropy", "--elites", "3");
        everyOption("cross-entropy", "--keep", "0.4");
        for (String search : List.of("cross-entropy", "path-integral")) {
            everyOption(search, "--iterations", "3");
            everyOption(search, "--deviation", "0.9");
        }
        everyOption("path-integral", "--temperature", "9");
        everyOption("path-integral", "--effort", "1");
        for (String[] other : new String[][] {{"--seeds", "5"}, {"--population", "7"}, {"--horizon", "4"},
                {"--episodes", "3"}, {"--environment", "cart-pole-swing-up"}}) {
            everyOption("random-shooting", other);
        }
        assertEquals(json("--threads", "1"), json("--threads", "3"));
    }

    private static void everyOption(String search, String... other) {
        assertNotEquals(json("--search", search), json(Lists.join(List.of("--search", search), other)), String.join(" ",
                other));
    }

    @Test
    void whatCannotBeIsRefused() {
        run("--environment", "cart-pole").fails(2,
                "--environment must be one whose actions are in a box with bounds, not"
                        + " cart-pole, whose action is one of 2");
        run("--environment", "pendulm").fails(2, "--environment", "pendulum");
        run("--search", "cem").fails(2, "--search", "expected one of cross-entropy, path-integral, random-shooting");
        run("--episodes", "0").fails(2, "--episodes must be at least 1, not 0");
        run("--horizon", "0").fails(2, "--horizon must be from 1 to 22369621, with 6 plans of 2 episodes, not 0");
        run("--horizon", "2000000000").fails(2, "--horizon must be from 1 to", "not 2000000000");
        run("--population", "2147483647", "--elites", "1").fails(2,
                "--population must be at most 1000000, not 2147483647");
        run("--population", "20000", "--episodes", "20000", "--elites", "1").fails(2,
                "--episodes must be at most 13421, with 20000 plans, not 20000");
        run("--elites", "7").fails(2, "--elites must be from 1 to the population, 6, not 7");
        run("--keep", "1").fails(2, "--keep must be at least 0 and below 1, not 1.0");
        run("--search", "cross-entropy,random-shooting", "--temperature", "1").fails(2,
                "--temperature has no effect on cross-entropy and random-shooting");
        run("--search", "cross-entropy,path-integral", "--temperature", "1").succeeds();
        run("--search", "path-integral,path-integral").fails(2,
                "--search must be different ones, not path-integral,path-integral");
        run("--seeds", "1,2,1").fails(2, "--seeds must be different ones, not 1,2,1");
        run("--temperature", "1").fails(2, "--temperature has no effect on cross-entropy");
        run("--search", "path-integral", "--elites", "1").fails(2, "--elites has no effect on path-integral");
        run("--search", "random-shooting", "--deviation", "1").fails(2, "--deviation has no effect on random-shooting");
        run("--search", "path-integral", "--temperature", "0").fails(2, "--temperature must be above 0");
    }
}
