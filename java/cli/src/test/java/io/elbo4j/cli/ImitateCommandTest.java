package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImitateCommandTest {
    private static Cli.Result run(String... more) {
        List<String> all = new ArrayList<>(List.of("imitate", "--backend", "java"));
        boolean play = List.of(more).contains("reacher2");
        String[] small = {"--updates", "10", "--episodes", "20", play ? "--play" : "--demonstrations", play ? "60"
                : "8",
                "--widths", "8", "--batch", "8", "--learning-rate", "0.01"};
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
    void aPauseHasItsColumn() {
        List<String> lines = run("--environment", "fork-pause", "--policy", "gaussian,chunks,chunk-vae", "--reading",
                "open-loop,ensembling", "--style", "mean,of-chunk").succeeds().out().lines().toList();
        assertEquals(2 + 1 + 2 + 4, lines.size());
        assertTrue(lines.get(1).matches(" +seed  success  above stalled    log p    error      KL"), lines.get(1));
        assertTrue(lines.get(2).matches(
                "gaussian +0 +[01]\\.\\d{3} +[01]\\.\\d\\d +[01]\\.\\d\\d +-?\\d+\\.\\d{3} +- +0\\.000"), lines.get(2));
        assertTrue(lines.get(4).matches("chunks ensembling +0 .* - +\\d\\.\\d{3} +0\\.000"), lines.get(4));
        assertTrue(lines.get(8).startsWith("chunk-vae ensembling of-chunk "), lines.get(8));
        JsonObject one = json("--environment", "fork-pause", "--policy", "chunks").get(0).getAsJsonObject();
        assertEquals("chunks open-loop", one.get("policy").getAsString() + " " + one.get("way").getAsString());
        assertTrue(one.has("stalled") && one.has("error") && !one.has("log_likelihood"), one.toString());
    }

    @Test
    void playIsOfTheArm(@TempDir Path directory) {
        Path picture = directory.resolve("ways.png");
        List<String> lines = run("--environment", "reacher2", "--policy", "latent-plan,gaussian", "--picture", picture
                .toString()).succeeds().out().lines().toList();
        assertTrue(lines.get(1).matches(" +seed  success 30 steps    log p      KL"), lines.get(1));
        assertTrue(lines.get(2).matches("latent-plan +0 +[01]\\.\\d{3} +[01]\\.\\d{3} +- +\\d+\\.\\d{3}"), lines.get(
                2));
        assertTrue(Files.exists(picture));
        JsonObject found = run("--environment", "reacher2", "--policy", "latent-plan", "--json").succeeds().json();
        assertEquals(60, found.get("play").getAsInt());
        assertEquals(16, found.get("window").getAsInt());
        assertTrue(found.getAsJsonArray("policies").get(0).getAsJsonObject().has("within_30"));
    }

    @Test
    void everyPictureIsDrawn(@TempDir Path directory) {
        for (String environment : List.of("fork", "cross", "fork-pause")) {
            Path picture = directory.resolve(environment + ".png");
            run("--environment", environment, "--policy", "gaussian,chunks", "--picture", picture.toString())
                    .succeeds();
            assertTrue(Files.exists(picture), environment);
        }
    }

    @Test
    void everyOptionChangesTheNumbers() {
        everyOption("mixture", "--components", "3");
        everyOption("bins", "--bins", "7");
        everyOption("conditional-vae", "--latent", "3");
        everyOption("conditional-vae", "--warm-up", "3");
        everyOption("mixture", "--normalise");
        everyOption("chunks", "--length", "3");
        everyOption("chunks", "--reading", "first");
        everyOption("chunk-vae", "--latent", "3");
        everyOption("chunk-vae", "--kl-weight", "1");
        List<String> styled = List.of("--policy", "chunk-vae", "--kl-weight", "0", "--length", "4", "--updates", "200",
                "--episodes",
                "100");
        assertNotEquals(json(Lists.join(styled)), json(Lists.join(styled, "--style", "of-chunk")));
        assertNotEquals(json(Lists.join(styled, "--style", "of-episode")), json(Lists.join(styled, "--style",
                "of-chunk")));
        assertNotEquals(json("--policy", "chunks", "--reading", "ensembling", "--environment", "fork-pause"), json(
                "--policy", "chunks", "--reading", "ensembling", "--environment", "fork-pause", "--decay", "3"));
        for (String[] other : new String[][] {{"--latent", "3"}, {"--kl-weight", "1"}, {"--every", "1"}, {"--window",
                "9"}, {"--play", "61"}}) {
            assertNotEquals(plans(), plans(other), String.join(" ", other));
        }
        for (String[] other : new String[][] {{"--seeds", "5"}, {"--widths", "9"}, {"--batch", "9"}, {"--learning-rate",
                "0.02"}, {"--updates", "11"}, {"--demonstrations", "10"}, {"--mirrored"}, {"--environment", "cross"},
                {"--episodes", "21"}}) {
            everyOption("mixture", other);
        }
        assertEquals(json("--threads", "1"), json("--threads", "3"));
    }

    /** After enough updates that some targets are reached. */
    private static JsonArray plans(String... more) {
        return json(Lists.join(List.of("--environment", "reacher2", "--policy", "latent-plan", "--updates", "40",
                "--episodes", "200"), more));
    }

    private static void everyOption(String policy, String... other) {
        assertNotEquals(json("--policy", policy), json(Lists.join(List.of("--policy", policy), other)), String.join(" ",
                other));
    }

    @Test
    void whatCannotBeIsRefused() {
        run("--environment", "pendulum").fails(2, "--environment",
                "expected one of fork, cross, fork-pause, reacher2, not 'pendulum'");
        run("--policy", "mixtur").fails(2, "--policy", "did you mean mixture");
        run("--updates", "0").fails(2, "--updates must be at least 1, not 0");
        run("--episodes", "0").fails(2, "--episodes must be at least 1, not 0");
        run("--demonstrations", "3").fails(2, "--demonstrations must be at least 4, not 3");
        run("--bins", "1", "--policy", "bins").fails(2, "--bins must be at least 2, not 1");
        for (String[] each : new String[][] {{"mixture", "bins"}, {"bins", "components"}, {"gaussian", "latent"}, {
                "gaussian-mean", "warm-up"}}) {
            run("--policy", each[0], "--" + each[1], "3").fails(2, "--" + each[1] + " has no effect on " + each[0]);
        }
        for (String[] each : new String[][] {{"mixture", "length", "3"}, {"mixture", "reading", "first"}, {"bins",
                "decay",
                "1"}, {"chunks", "style", "mean"}, {"chunks", "latent", "3"}, {"chunks", "kl-weight", "1"}, {"bins",
                        "every", "3"}}) {
            run("--policy", each[0], "--" + each[1], each[2]).fails(2, "--" + each[1] + " has no effect on " + each[0]);
        }
        run("--policy", "chunks", "--decay", "1").fails(2, "--decay has no effect on open-loop");
        run("--policy", "chunks", "--length", "0").fails(2, "--length must be at least 1, not 0");
        run("--policy", "chunk-vae", "--latent", "0").fails(2, "--latent must be at least 1, not 0");
        run("--policy", "chunk-vae", "--kl-weight", "-1").fails(2, "--kl-weight must be from 0 to 1e30, not -1");
        run("--policy", "chunks", "--reading", "ensembling", "--decay", "-1").fails(2, "--decay must be a finite number"
                + " of at least 0, not -1");
        run("--policy", "chunks", "--reading", "first,first").fails(2,
                "--reading must be different ones, not first,first");
        run("--policy", "chunk-vae", "--style", "mean,mean").fails(2,
                "--style must be different ones, not mean,mean");
        run("--policy", "latent-plan").fails(2, "--policy latent-plan is for reacher2, not for fork");
        run("--play", "100").fails(2, "--play is for reacher2, not for fork");
        run("--window", "10").fails(2, "--window is for reacher2, not for fork");
        String episodes = " is for fork, cross and fork-pause, not for reacher2";
        run("--environment", "reacher2", "--demonstrations", "8").fails(2, "--demonstrations" + episodes);
        run("--environment", "reacher2", "--mirrored").fails(2, "--mirrored" + episodes);
        run("--environment", "reacher2", "--policy", "chunks").fails(2, "--policy chunks, or chunk-vae," + episodes);
        run("--environment", "reacher2", "--window", "1").fails(2, "--window must be from 2 to 1000, not 1");
        run("--environment", "reacher2", "--play", "15").fails(2, "--play must be from 16 to 1000000, not 15");
        run("--environment", "reacher2", "--policy", "latent-plan", "--every", "0").fails(2,
                "--every must be at least 1, not 0");
        run("--environment", "reacher2", "--policy", "latent-plan", "--latent", "0").fails(2,
                "--latent must be at least 1, not 0");
        run("--picture", "ways.jpg").fails(2, "--picture must end in .png");
        run("--policy", "bins,bins").fails(2, "--policy must be different ones, not bins,bins");
        run("--seeds", "1,1").fails(2, "--seeds must be different ones, not 1,1");
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
