package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImitateCommandTest {
    private static Cli.Result run(String... more) {
        List<String> all = new ArrayList<>(List.of("imitate", "--backend", "java"));
        String[] small = {"--updates", "10", "--episodes", "20", "--demonstrations", "8", "--widths", "8", "--batch",
                "8",
                "--learning-rate", "0.01"};
        for (int i = 0; i < small.length; i += 2) {
            if (!List.of(more).contains(small[i])) {
                all.addAll(List.of(small[i], small[i + 1]));
            }
        }
        return Cli.run(Lists.join(all, more));
    }

    private static JsonArray json(String... more) {
        return run(Lists.join(List.of("--json"), more)).succeeds().json().getAsJsonArray("policies");
    }

    @Test
    void eachPolicyOfEachSeedIsALine() {
        List<String> lines = run("--policy", "mixture,gaussian,gaussian-mean,bins,independent-bins,conditional-vae",
                "--seeds", "3,4").succeeds().out().lines().toList();
        assertEquals("fork: 10 updates, 20 episodes", lines.get(0));
        assertEquals(2 + 6 * 2, lines.size());
        assertTrue(lines.get(1).endsWith("seed  success  above    log p      KL"), lines.get(1));
        assertTrue(lines.get(2).matches("mixture +3 +[01]\\.\\d{3} +[01]\\.\\d\\d +-?\\d\\.\\d{3} +0\\.000"), lines
                .get(2));
        assertTrue(lines.get(13).matches("conditional-vae +4 .*"), lines.get(13));
        JsonObject vae = run("--json", "--policy", "conditional-vae", "--environment", "cross").succeeds().json();
        assertEquals("cross", vae.get("environment").getAsString());
        assertTrue(vae.getAsJsonArray("policies").get(0).getAsJsonObject().get("kl").getAsDouble() > 0);
        for (String name : List.of("updates", "demonstrations", "mirrored", "episodes")) {
            assertTrue(vae.has(name), name);
        }
    }

    @Test
    void everyOptionChangesTheNumbers() {
        everyOption("mixture", "--components", "3");
        everyOption("bins", "--bins", "7");
        everyOption("conditional-vae", "--latent", "3");
        everyOption("conditional-vae", "--warm-up", "3");
        for (String[] other : new String[][] {{"--seeds", "5"}, {"--widths", "9"}, {"--batch", "9"}, {"--learning-rate",
                "0.02"}, {"--updates", "11"}, {"--demonstrations", "10"}, {"--mirrored"}, {"--environment", "cross"},
                {"--episodes", "21"}}) {
            everyOption("mixture", other);
        }
        assertEquals(json("--threads", "1"), json("--threads", "3"));
    }

    private static void everyOption(String policy, String... other) {
        assertNotEquals(json("--policy", policy), json(Lists.join(List.of("--policy", policy), other)), String.join(" ",
                other));
    }

    @Test
    void whatCannotBeIsRefused() {
        run("--environment", "pendulum").fails(2, "--environment", "expected one of fork, cross, not 'pendulum'");
        run("--policy", "mixtur").fails(2, "--policy", "did you mean mixture");
        run("--updates", "0").fails(2, "--updates must be at least 1, not 0");
        run("--episodes", "0").fails(2, "--episodes must be at least 1, not 0");
        run("--demonstrations", "3").fails(2, "--demonstrations must be at least 4, not 3");
        run("--bins", "1", "--policy", "bins").fails(2, "--bins must be at least 2, not 1");
        for (String[] each : new String[][] {{"mixture", "bins"}, {"bins", "components"}, {"gaussian", "latent"}, {
                "gaussian-mean", "warm-up"}}) {
            run("--policy", each[0], "--" + each[1], "3").fails(2, "--" + each[1] + " has no effect on " + each[0]);
        }
        run("--policy", "bins,bins").fails(2, "--policy must be different ones, not [bins, bins]");
        run("--seeds", "1,1").fails(2, "--seeds must be different ones, not [1, 1]");
        run("--mirrored", "--demonstrations", "6").fails(2,
                "--demonstrations must be a multiple of 4 with --mirrored, not 6");
        run("--components", "0").fails(2, "--components must be at least 1, not 0");
        run("--latent", "0", "--policy", "conditional-vae").fails(2, "--latent must be at least 1, not 0");
        run("--widths", "0").fails(2, "--widths must be at least 1 each, not [0]");
        run("--widths", "2147483647").fails(2, "--widths must be at most 100000 each, not [2147483647]");
        run("--batch", "2147483647").fails(2, "--batch must be at most 1000000, not 2147483647");
        for (String[] each : new String[][] {{"mixture", "--components"}, {"bins", "--bins"}, {"conditional-vae",
                "--latent"}}) {
            run("--policy", each[0], each[1], "2147483647").fails(2, each[1]
                    + " must be at most 100000, not 2147483647");
        }
    }
}
