package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.Backend;
import io.elbo4j.control.agent.Agents;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.checkpoint.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlCommandTest {
    private static final List<String> AGENTS = List.of("sac", "dqn", "soft-q", "mbpo", "pets", "pets path-integral",
            "representation-sac", "e2c");
    /** Of these and of solar WorldAgentTest and SolarTest say that every setting changes the bits. */
    private static final List<String> WORLDS = List.of("planet", "dreamer", "slac");
    private static final List<String> ALL = Stream.of(AGENTS, WORLDS, List.of("solar")).flatMap(List::stream).toList();

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
    void aRunOfRandomActionsAloneIsSaid() {
        String words = "nothing is learned: --random-steps is ";
        assertTrue(run("--random-steps", "60").succeeds().err().contains(words + "60, the run has 60 steps"));
        assertFalse(run("--random-steps", "59").succeeds().err().contains(words));
        said("nothing is learned: --random-rollouts x --horizon is 5 x 20, the run has 80 steps", "solar",
                "--random-rollouts", "5");
        said("seed 0: nothing is learned: no episode has the 30 observations of --window", "dreamer", "--window",
                "30", "--environment", "fork");
    }

    private static void said(String words, String agent, String... more) {
        String err = Cli.run(arguments(agent, more).toArray(String[]::new)).succeeds().err();
        assertTrue(err.contains(words), err);
    }

    @Test
    void threadsChangeNothingAndEpisodesTheEvaluation() {
        JsonArray before = points();
        assertEquals(before, points("--threads", "3"));
        assertNotEquals(before, points("--episodes", "3"));
        assertNotEquals(before, points("--environment", "pendulum-angle"));
        JsonObject twice = json("--action-repeat", "2");
        assertEquals("pendulum-x2", twice.get("environment").getAsString());
        assertTrue(!twice.has("ceiling"), "what is best is another thing");
    }

    /** The points of a run, but for the time that it took. */
    private static JsonArray points(String... more) {
        JsonArray points = json(more).getAsJsonArray("points");
        points.forEach(p -> p.getAsJsonObject().remove("seconds"));
        return points;
    }

    private static String[] agent(String agent) {
        return switch (agent) {
            case "sac" -> new String[] {"--environment", "pendulum", "--rate", "0.01"};
            case "dqn" -> new String[] {"--environment", "cart-pole", "--copy-every", "5", "--epsilon", "0.1",
                    "--epsilon-steps", "50"};
            case "mbpo" -> new String[] {"--environment", "pendulum", "--rate", "0.01", "--members", "2",
                    "--model-every",
                    "5", "--model-updates", "3", "--rollouts", "4", "--kept", "6", "--length", "2", "--length-after",
                    "10", "--real", "0.2"};
            case "pets" -> new String[] {"--environment", "mud", "--members", "2", "--prior", "0.5", "--weight-decay",
                    "0.01", "--horizon", "3", "--population", "10", "--elites", "3", "--iterations", "2"};
            case "pets path-integral" -> new String[] {"--environment", "mud", "--members", "2", "--horizon", "3",
                    "--search", "path-integral", "--population", "10", "--iterations", "2", "--effort", "0.1"};
            case "representation-sac" -> new String[] {"--environment", "pendulum-angle", "--latent", "2", "--width",
                    "5",
                    "--vae-batch", "8", "--vae-updates", "6"};
            case "planet" -> world("--horizon", "3", "--population", "10", "--elites", "3", "--iterations", "2");
            case "dreamer" -> world("--horizon", "3", "--lambda", "0.9", "--start-every", "1");
            case "slac" -> world("--path", "two-level", "--rate", "0.01");
            case "e2c" -> new String[] {"--environment", "planar", "--encoder-widths", "6", "--decoder-widths", "4",
                    "--transition-widths", "5", "--refit-updates", "3", "--refit-batch", "8", "--horizon", "3",
                    "--population", "20", "--iterations", "2"};
            case "solar" -> new String[] {"--environment", "navigation", "--encoder-widths", "4", "--decoder-widths",
                    "3",
                    "--action-repeat", "2", "--horizon", "20", "--random-rollouts", "2", "--rollouts", "2",
                    "--first-updates", "3"};
            default -> new String[] {"--environment", "cart-pole", "--copy-every", "5", "--temperature", "0.1"};
        };
    }

    private static String[] world(String... own) {
        return Lists.join(List.of("--environment", "pendulum-angle", "--units", "8", "--latent", "2", "--encoder", "8",
                "--decoder", "8", "--window", "5", "--first-updates", "3"), own);
    }

    private static boolean plans(String agent) {
        return agent.startsWith("pets") || agent.equals("e2c");
    }

    /** Of options that most have. */
    private static String notOf(String agent) {
        return agent.equals("e2c") ? "--discount|--every|--widths|--capacity" : plans(agent) ? "--discount|--every"
                : agent.equals("planet") ? "--discount" : agent.equals("solar")
                        ? "--discount|--every|--widths|--capacity|"
                                + "--random-steps" : "";
    }

    /** All that is common to the agents, then an agent's own, where something is given another value. */
    private static List<String> arguments(String agent, String... more) {
        List<String> all = new ArrayList<>(List.of("control", agent.split(" ")[0], "--backend", "java"));
        String[] common = {"--steps", "80", "--evaluate-every", "40", "--episodes", "2", "--widths", "8", "--batch",
                "8", "--random-steps", "20", "--learning-rate", "0.001", "--discount", "0.9", "--capacity", "60",
                "--every", "2", "--updates", "2"};
        for (String[] given : new String[][] {common, agent(agent)}) {
            for (int i = 0; i < given.length; i += 2) {
                if (!given[i].matches(notOf(agent)) && !List.of(more).contains(given[i])) {
                    all.addAll(List.of(given[i], given[i + 1]));
                }
            }
        }
        all.addAll(List.of(more));
        return all;
    }

    /** The networks of the agent of seed 0. */
    private static int networks(Path folder, String agent, String... more) {
        List<String> all = arguments(agent, Lists.join(List.of("--out", folder.toString()), more));
        Cli.run(all.toArray(String[]::new)).succeeds();
        return Safetensors.read(folder.resolve("seed-0.safetensors")).tensors().stream().filter(t -> t.name().matches(
                (plans(agent) ? "model" : "(q|actor|critic|target|average)") + ".*(weight|bias)|planner.*")).mapToInt(
                        t -> Arrays.hashCode(t.values())).reduce(1,
                                (x,
                                        y) -> 31 * x + y);
    }

    @Test
    void everyOptionChangesTheBits(@TempDir Path directory) {
        for (String agent : AGENTS) {
            int before = networks(directory.resolve(agent), agent);
            List<String> others = new ArrayList<>(List.of("--widths 9", "--batch 9", "--random-steps 22",
                    "--learning-rate 0.01", "--capacity 30", "--updates 3"));
            others.removeIf(o -> o.split(" ")[0].matches(notOf(agent)));
            others.addAll(agent.equals("e2c") ? List.of("--steps 81", "--horizon 2", "--population 12",
                    "--iterations 3", "--deviation 0.4", "--elites 3", "--keep 0.5", "--search path-integral") : plans(
                            agent) ? List.of("--steps 101", "--members 3", "--prior 1",
                                    "--weight-decay 0.5", "--horizon 4", "--population 12", "--iterations 3",
                                    "--deviation 0.9",
                                    "--pessimism 5", "--learn-reward",
                                    "--environment cart-pole-swing-up --action-repeat 10"
                                            + " --learn-reward") : List.of("--decay 70", "--discount 0.5", "--every 4",
                                                    "--steps 82"));
            others.addAll(switch (agent) {
                case "sac" -> List.of("--rate 0.1", "--environment cart-pole-continuous");
                case "mbpo" -> List.of("--rate 0.1", "--members 3", "--model-every 3", "--model-updates 4",
                        "--rollouts 5",
                        "--kept 3", "--length 3", "--length-after 30", "--real 0.5", "--bootstrap",
                        "--environment cart-pole-continuous");
                case "representation-sac" -> List.of("--latent 3", "--width 6", "--kl-weight 9", "--vae-batch 9",
                        "--vae-learning-rate 0.01", "--vae-updates 7", "--rate 0.1",
                        "--environment mountain-car-continuous");
                case "e2c" -> List.of("--latent 3", "--encoder-widths 7", "--decoder-widths 5", "--transition-widths 6",
                        "--transition-weight 1", "--inverse-weight 0", "--refit-batch 9", "--refit-updates 4",
                        "--refit-learning-rate 0.1", "--hold 3", "--last-weight 0", "--environment planar-noisy");
                case "pets" -> List.of("--elites 4", "--keep 0.5", "--prior 0.5 --rough");
                case "pets path-integral" -> List.of("--temperature 0.1", "--effort 0.5");
                case "dqn" -> List.of("--copy-every 7", "--average-rate 0.5", "--epsilon 0.9", "--epsilon-steps 500",
                        "--environment acrobot");
                default -> List.of("--copy-every 7", "--average-rate 0.5", "--temperature 0.2",
                        "--environment acrobot");
            });
            for (String other : others) {
                assertNotEquals(before, networks(directory.resolve(agent + other), agent, other.split(" ")), agent + " "
                        + other);
            }
            assertEquals(before, networks(directory.resolve(agent + " again"), agent));
        }
    }

    @Test
    void anOptionThatAnAgentDoesNotHaveIsRefused() {
        Cli.run("control", "dqn", "--rate", "0.1").fails(2, "--rate has no effect on dqn, whose settings are --widths,"
                + " --batch, --learning-rate, --decay,"
                + " --discount, --capacity, --random-steps, --every, --updates, --copy-every,"
                + " --average-rate, --epsilon, --epsilon-steps");
        Cli.run("control", "soft-q", "--epsilon", "0.1").fails(2, "--epsilon has no effect on soft-q");
        Cli.run("control", "--temperature", "0.1").fails(2, "--temperature has no effect on sac");
        Cli.run("control", "pets", "--temperature", "0.1").fails(2, "--temperature has no effect on pets, whose"
                + " settings are --members, --widths, --prior, --rough, --search, --population, --elites,");
        Cli.run("control", "pets", "--search", "path-integral", "--elites", "3").fails(2, "--elites has no effect");
        Cli.run("control", "--search", "path-integral").fails(2, "--search has no effect on sac");
        Cli.run("control", "dqn", "--environment", "pendulum").fails(2, "--environment must be one whose actions are"
                + " one of several, for dqn, not pendulum, whose action is 1 numbers from [-2.0] to [2.0]");
    }

    private static String metrics(Path folder) throws IOException {
        return Files.readString(folder.resolve("metrics.jsonl")).replaceAll("\"seconds\":[\\d.]+,", "");
    }

    /** Where a process was killed: in seed 4, after its checkpoint at 57, in the middle of a line of metrics. */
    @Test
    void aRunGoesOnToTheSameResult(@TempDir Path directory) throws IOException {
        for (String agent : ALL) {
            Path through = directory.resolve(agent);
            String[] run = arguments(agent, "--seeds", "3,4", "--out", through.toString()).toArray(String[]::new);
            String report = Cli.run(run).succeeds().out();
            Cli.run(run).fails(1, through + " already holds a run (run.json): resume it, or choose another folder");
            List<String> lines = Files.readAllLines(through.resolve("metrics.jsonl"));
            assertEquals(4, lines.size());
            JsonObject last = JsonParser.parseString(lines.get(3)).getAsJsonObject();
            assertEquals(80, last.get("step").getAsInt());
            boolean world = WORLDS.contains(agent);
            assertEquals(agent.equals("e2c") ? 2 + 3 : plans(agent) ? 3 * 2 : world ? 3 + 60 : agent.equals(
                    "solar") ? 3 + 2 : 60, last.get("updates")
                            .getAsInt());
            assertTrue(world || plans(agent) || last.getAsJsonObject("losses").size() >= 1);
            assertTrue(last.get("seconds").getAsDouble() >= 0);

            Path killed = Files.createDirectory(directory.resolve(agent + " killed"));
            Files.copy(through.resolve("run.json"), killed.resolve("run.json"));
            Files.copy(through.resolve("seed-3.safetensors"), killed.resolve("seed-3.safetensors"));
            ControlPlan plan = ControlPlan.read(through.resolve("run.json"));
            try (Backend backend = new JavaBackend(1); io.elbo4j.control.agent.Run before = begin(plan, backend)) {
                while (before.steps() < 57) {
                    before.step();
                    if (before.steps() == 40) {
                        before.takeReturns();
                    }
                }
                before.save(killed.resolve("seed-4.safetensors"));
            }
            Files.writeString(killed.resolve("metrics.jsonl"), String.join("\n", lines) + "\n{\"seed\":4,");
            assertEquals(report, Cli.run("control", "--resume", "--out", killed.toString(), "--backend", "java")
                    .succeeds().out());
            assertEquals(metrics(through), metrics(killed));
            for (String seed : new String[] {"seed-3.safetensors", "seed-4.safetensors"}) {
                assertEquals(Safetensors.sha256(through.resolve(seed)), Safetensors.sha256(killed.resolve(seed)));
            }
            assertEquals(report, Cli.run("control", agent.split(" ")[0], "--resume", "--out", killed.toString(),
                    "--backend", "java",
                    "--batch", "8").succeeds().out());
        }
    }

    /** As Ctrl-C in the evaluation at 80 leaves it: the line is then the same, losses and all. */
    @Test
    void aRunThatWasStoppedInAnEvaluationGoesOnWithIt(@TempDir Path directory) throws IOException {
        for (String agent : ALL) {
            Path through = directory.resolve(agent);
            Cli.run(arguments(agent, "--seeds", "4", "--out", through.toString()).toArray(String[]::new)).succeeds();
            Path stopped = Files.createDirectory(directory.resolve(agent + " stopped"));
            Files.copy(through.resolve("run.json"), stopped.resolve("run.json"));
            Files.writeString(stopped.resolve("metrics.jsonl"), Files.readAllLines(through.resolve("metrics.jsonl"))
                    .get(
                            0) + "\n");
            try (Backend backend = new JavaBackend(1);
                    io.elbo4j.control.agent.Run run = begin(ControlPlan.read(through.resolve("run.json")), backend)) {
                while (run.steps() < 80) {
                    run.step();
                    if (run.steps() == 40) {
                        run.takeReturns();
                    }
                }
                run.save(stopped.resolve("seed-4.safetensors"));
            }
            Cli.run("control", "--resume", "--out", stopped.toString(), "--backend", "java").succeeds();
            assertEquals(metrics(through), metrics(stopped));
        }
    }

    @Test
    void theRunSaysWhereItComesFrom(@TempDir Path directory) throws IOException {
        Path folder = directory.resolve("run");
        List<String> words = arguments("sac", "--out", folder.toString());
        Cli.run(words.toArray(String[]::new)).succeeds();
        String text = Files.readString(folder.resolve("run.json"));
        JsonObject plan = JsonParser.parseString(text).getAsJsonObject();
        assertEquals(words, plan.getAsJsonArray("command").asList().stream().map(w -> w.getAsString()).toList());
        assertTrue(plan.get("device").getAsString().startsWith("java ("), text);
        // null where it is not packaged, as here
        assertTrue(plan.has("device") && text.contains("\"version\": null"), text);
        Cli.run("control", "--resume", "--out", folder.toString()).succeeds();
        assertEquals(text, Files.readString(folder.resolve("run.json")));
    }

    /** The last evaluation is made again, as after an interrupt in it; of an earlier one the agent is no more. */
    @Test
    void linesOfMetricsThatAreGone(@TempDir Path directory) throws IOException {
        Path folder = directory.resolve("run");
        String report = Cli.run(arguments("sac", "--seeds", "3,4", "--out", folder.toString()).toArray(String[]::new))
                .succeeds().out();
        Path metrics = folder.resolve("metrics.jsonl");
        List<String> lines = Files.readAllLines(metrics);
        String[] resume = {"control", "--resume", "--out", folder.toString(), "--backend", "java"};
        for (int gone : new int[] {1, 3}) {
            List<String> left = new ArrayList<>(lines);
            left.remove(gone);
            Files.write(metrics, left);
            assertEquals(report, Cli.run(resume).succeeds().out());
            assertEquals(4, Files.readAllLines(metrics).size());
            assertEquals(Set.copyOf(lines.stream().map(ControlCommandTest::result).toList()), Set.copyOf(Files
                    .readAllLines(metrics).stream().map(ControlCommandTest::result).toList()));
        }
        for (int gone : new int[] {0, 2}) {
            List<String> left = new ArrayList<>(lines);
            left.remove(gone);
            Files.write(metrics, left);
            Cli.run(resume).fails(1, metrics + ": has no line of seed " + (gone == 0 ? 3 : 4)
                    + " after 40 steps, although its agent has come to 80");
            assertEquals(left, Files.readAllLines(metrics));
        }
        String plan = Files.readString(folder.resolve("run.json"));
        Files.writeString(folder.resolve("run.json"), plan.replaceFirst("(\"steps\": ?)80", "$160"));
        Cli.run(resume).fails(1, folder.resolve("seed-3.safetensors")
                + ": its agent has come to 80 steps, more than the"
                + " 60 of " + folder.resolve("run.json"));
        Files.writeString(folder.resolve("run.json"), plan);
        Files.delete(metrics);
        Cli.run(resume).fails(1, metrics + ": has no line of seed 3 after 40 steps, although its agent has come to 80");
        assertTrue(Files.notExists(metrics));
    }

    /** One that had been saved is asked for before anything is trained; without its lines it is trained again. */
    @Test
    void agentsThatAreGone(@TempDir Path directory) throws IOException {
        Path folder = directory.resolve("run");
        String report = Cli.run(arguments("sac", "--seeds", "3,4", "--out", folder.toString()).toArray(String[]::new))
                .succeeds().out();
        Path metrics = folder.resolve("metrics.jsonl");
        List<String> lines = Files.readAllLines(metrics);
        String[] resume = {"control", "--resume", "--out", folder.toString(), "--backend", "java"};
        for (int seed : new int[] {3, 4}) {
            Path file = folder.resolve("seed-" + seed + ".safetensors");
            byte[] agent = Files.readAllBytes(file);
            Files.delete(file);
            Cli.run(resume).fails(1, file + ": no such file, although " + metrics + " has a line of seed " + seed
                    + " after " + (seed == 3 ? 80 : 40) + " steps: put it back, or take the seed's lines out to train");
            assertEquals(lines, Files.readAllLines(metrics));
            List<String> others = lines.stream().filter(l -> !l.contains("\"seed\":" + seed)).toList();
            Files.write(metrics, others);
            assertEquals(report, Cli.run(resume).succeeds().out());
            assertArrayEquals(agent, Files.readAllBytes(file));
            assertEquals(4, Files.readAllLines(metrics).size());
            assertEquals(others, Files.readAllLines(metrics).subList(0, 2));
            Files.write(metrics, lines);
        }
        // as a kill between a line and its agent leaves them
        Path killed = folder.resolve("seed-4.safetensors");
        Files.delete(killed);
        Files.write(metrics, lines.subList(0, 3));
        Cli.Result again = Cli.run(resume).succeeds();
        assertEquals(report, again.out());
        assertTrue(again.err().contains(killed + ": no such file, seed 4 is trained from its beginning"), again.err());
        assertEquals(String.join("\n", lines.stream().map(ControlCommandTest::result).toList()), String.join("\n", Files
                .readAllLines(metrics).stream().map(ControlCommandTest::result).toList()));
    }

    /** What has diverged is said by its decision and tensor, with advice, and nothing of it is saved. */
    @Test
    void divergenceIsSaid(@TempDir Path directory) throws IOException {
        Path folder = directory.resolve("run");
        Cli.Result run = Cli.run(arguments("sac", "--learning-rate", "1e30", "--out", folder.toString()).toArray(
                String[]::new));
        String said = "(?s).*after \\d+ updates what the agent acts by is \\S+; the first such number is \\S+ in tensor"
                + " '\\S+'. A smaller learning rate may help\\s*";
        assertEquals(1, run.exitCode());
        assertTrue(run.err().matches(said), run.err());
        assertTrue(Files.notExists(folder.resolve("seed-0.safetensors")));
        // an evaluation meets it first
        for (String agent : new String[] {"sac", "dqn"}) {
            run = Cli.run(arguments(agent, "--learning-rate", "1e30", "--steps", "24", "--every", "1").toArray(
                    String[]::new));
            assertEquals(1, run.exitCode(), agent);
            assertTrue(run.err().matches(said), run.err());
        }
        for (String search : new String[] {"cross-entropy", "path-integral"}) {
            run = Cli.run("control", "pets", "--backend", "java", "--steps", "210", "--episodes", "2", "--widths", "4",
                    "--horizon", "2", "--updates", "2", "--search", search, "--learning-rate", "1e30", "--weight-decay",
                    "0");
            assertEquals(1, run.exitCode(), search + run.err());
            assertTrue(run.err().contains("no plan can be chosen by its return"), run.err());
        }
    }

    private static String result(String line) {
        JsonObject o = JsonParser.parseString(line).getAsJsonObject();
        return o.get("seed") + " " + o.get("step") + " " + o.get("return") + " " + o.get("updates");
    }

    private static io.elbo4j.control.agent.Run begin(ControlPlan plan, Backend backend) {
        Environment environment = plan.named();
        return new io.elbo4j.control.agent.Run(Agents.create(plan.ofAgent(), environment, backend, 4), environment);
    }

    @Test
    void whatContradictsARunIsRefused(@TempDir Path directory) throws IOException {
        Path folder = directory.resolve("run");
        Cli.run(arguments("sac", "--out", folder.toString()).toArray(String[]::new)).succeeds();
        Path plan = folder.resolve("run.json");
        for (String[] each : new String[][] {{"dqn", "AGENT dqn contradicts " + plan
                + ", which is of a run with AGENT sac: leave the option out, or start another run"}, {"--batch", "9",
                        "--batch 9 contradicts " + plan + ", which is of a run with --batch 8"}, {"--seeds", "0,1",
                                "--seeds 0,1 contradicts"}, {"--environment", "mud", "--environment mud contradicts"},
                {"--action-repeat", "2", "--action-repeat 2 contradicts"}, {"--steps", "81", "--steps 81 contradicts"},
                {"--epsilon", "1", "--epsilon has no effect on sac"},
                {"--widths", "9", "--widths 9 contradicts"}, {"--episodes", "3", "--episodes 3 contradicts"},
                {"--evaluate-every", "3", "--evaluate-every 3 contradicts"}}) {
            contradicts(folder, each);
        }
        Cli.run("control", "--resume", "--out", folder.toString(), "--capacity", "60").succeeds();
        Cli.run("control", "--resume", "--out", folder.toString(), "--capacity", "61").fails(2,
                "--capacity 61 contradicts");
        Path planner = directory.resolve("planner");
        Cli.run(arguments("pets path-integral", "--out", planner.toString()).toArray(String[]::new)).succeeds();
        for (String[] each : new String[][] {{"--search", "cross-entropy", "--search cross-entropy contradicts"},
                {"--temperature", "2", "--temperature 2.0 contradicts"}, {"--learn-reward",
                        "--learn-reward contradicts " + planner.resolve("run.json")
                                + ", which is of a run without --learn-reward: leave"}, {"--keep", "0.2",
                                        "--keep has no effect on pets"}}) {
            contradicts(planner, each);
        }
        Path learner = directory.resolve("learner");
        Cli.run(arguments("pets", "--learn-reward", "--out", learner.toString()).toArray(String[]::new)).succeeds();
        contradicts(learner, "--learn-reward=false", "--learn-reward=false contradicts " + learner.resolve("run.json")
                + ", which is of a run with --learn-reward: leave");
        Cli.run("control", "--resume").fails(2, "--resume needs --out DIR, the folder of the run to go on with");
        Cli.run("control", "--resume", "--out", directory.toString()).fails(1, "holds no run to go on with");
        String good = Files.readString(plan);
        for (String[] each : new String[][] {{"\"evaluateEvery\": \\d+", "\"evaluateEvery\": 0",
                "evaluateEvery must be at least 1, not 0"}, {"\"actionRepeat\": \\d+", "\"actionRepeat\": 0",
                        "actionRepeat must be at least 1, not 0"}, {"\"episodes\": \\d+", "\"episodes\": -3",
                                "episodes must be at least 1, not -3"}, {"\"steps\": \\d+", "\"steps\": 0",
                                        "steps must be at least 1, not 0"}, {"\"seeds\": \\[[^]]*]",
                                                "\"seeds\": []", "seeds must be at least one, not []"}, {
                                                        "\"environment\": \"[a-z-]*\"",
                                                        "\"environment\": \"nope\"", "environment must be one of"}}) {
            String damaged = good.replaceFirst(each[0], each[1]);
            assertNotEquals(good, damaged);
            Files.writeString(plan, damaged);
            Cli.run("control", "--resume", "--out", folder.toString()).fails(1, plan
                    + " is of no run of control: it cannot be used: " + each[2]);
        }
        Files.writeString(plan, "{}");
        Cli.run("control", "--resume", "--out", folder.toString()).fails(1, plan + " is of no run of control: it lacks"
                + " agent");
    }

    /** @param all options, then what is said of them */
    private static void contradicts(Path folder, String... all) {
        String[] options = Arrays.copyOf(all, all.length - 1);
        Cli.run(Lists.join(List.of("control", "--resume", "--out", folder.toString()), options)).fails(2,
                all[all.length - 1]);
    }

    @Test
    void anEpisodeIsDrawnIfAsked(@TempDir Path directory) throws IOException {
        Path picture = directory.resolve("episode.png");
        run("--episode", picture.toString()).succeeds();
        assertEquals(810, ImageIO.read(picture.toFile()).getWidth());
        run("--episode", "a.npy").fails(2, "--episode must end in .png, not 'a.npy'");
        run("--episode", picture.toString(), "--environment", "mud").fails(2, "--episode needs an environment that can"
                + " be drawn, which mud cannot: see --list");
    }

    @Test
    void whatTheCodesKnowIsDrawnIfAsked(@TempDir Path directory) throws IOException {
        Path picture = directory.resolve("codes.png");
        Path out = directory.resolve("run");
        String[] small = arguments("e2c", "--latent-picture", picture.toString(), "--out", out.toString()).toArray(
                String[]::new);
        String report = Cli.run(small).succeeds().out();
        byte[] drawn = Files.readAllBytes(picture);
        assertEquals(840, ImageIO.read(picture.toFile()).getWidth());
        Files.delete(picture);
        assertEquals(report, Cli.run("control", "--resume", "--out", out.toString(), "--latent-picture", picture
                .toString()).succeeds().out());
        assertEquals(Arrays.hashCode(drawn), Arrays.hashCode(Files.readAllBytes(picture)));
        Files.delete(picture);
        Cli.run(arguments("solar", "--latent-picture", picture.toString()).toArray(String[]::new)).succeeds();
        assertEquals(840, ImageIO.read(picture.toFile()).getWidth());
        Cli.run(arguments("solar", "--latent-picture", picture.toString(), "--environment", "pendulum", "--horizon",
                "100").toArray(String[]::new)).fails(2, "--latent-picture: environment must be one whose states are"
                        + " places on a plane, not pendulum");
        Path no = directory.resolve("no");
        run("--latent-picture", picture.toString(), "--out", no.toString()).fails(2, "--latent-picture has no effect on"
                + " sac, which has no codes to draw");
        assertTrue(Files.notExists(no), "nothing has begun");
        Cli.run("control", "e2c", "--latent", "1", "--latent-picture", picture.toString()).fails(2,
                "--latent-picture: latent must be at least 2 for a map, not 1");
        Cli.run("control", "e2c", "--latent-picture", "a.npy").fails(2, "--latent-picture must end in .png, not");
        Cli.run("control", "e2c", "--latent-picture", "a.png", "--episode", "./a.png").fails(2,
                "--latent-picture must be another file than --episode");
    }

    /** Where it has learned: an evaluation before that is of no use. */
    @Test
    void aPlannerThatLearnsOnceIsEvaluatedThen(@TempDir Path directory) {
        Path out = directory.resolve("run");
        List<String> small = new ArrayList<>(arguments("e2c", "--steps", "25", "--out", out.toString()));
        small.remove(small.indexOf("--evaluate-every") + 1);
        small.remove("--evaluate-every");
        Cli.run(small.toArray(String[]::new)).succeeds();
        assertEquals(20_000, ControlPlan.read(out.resolve("run.json")).evaluateEvery());
        Cli.Result never = Cli.run(arguments("e2c", "--random-steps", "81").toArray(String[]::new)).succeeds();
        assertTrue(never.err().contains("nothing is learned: --random-steps is 81, the run has 80 steps"), never.err());
        assertFalse(Cli.run(arguments("e2c", "--random-steps", "80").toArray(String[]::new)).succeeds().err().contains(
                "nothing is learned"));
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
        assertEquals(17, out.lines().count());
        assertTrue(out.contains("pendulum-pixels          pendulum seen as a picture"), out);
        assertEquals(17, Cli.run("control", "--list", "--json").succeeds().out().split("\"limit\"").length - 1);
        assertEquals(15, Cli.run("control", "--list", "--json").succeeds().out().split("\"drawn\":true").length - 1);
    }

    @Test
    void aListTakesNoOtherOptions() {
        for (String[] each : new String[][] {{"--steps", "5"}, {"--resume"}, {"--backend", "java"}, {"--rate=0.1"}}) {
            String option = each[0].replaceFirst("=.*", "");
            Cli.run(Lists.join(List.of("control", "--list"), each)).fails(2, option + " has no effect on --list");
        }
        Cli.run("control", "--list", "sac").fails(2, "AGENT has no effect on --list");
    }

    @Test
    void whatCannotBeIsRefused() {
        Cli.run("control", "pets", "--rough").fails(2, "--rough has no effect without --prior");
        run("--environment", "cart-pole").fails(2,
                "--environment must be one whose actions are in a box with bounds, for sac, not"
                        + " cart-pole, whose action is one of 2");
        run("--environment", "pendulm").fails(2, "--environment must be one of acrobot, cart-pole,");
        run("--rate", "2").fails(2, "--rate must be above 0 and below 1, not 2.0");
        run("--steps", "0").fails(2, "--steps must be at least 1, not 0");
        run("--action-repeat", "0").fails(2, "--action-repeat must be at least 1, not 0");
        run("--evaluate-every", "0").fails(2, "--evaluate-every must be at least 1, not 0");
        run("--episodes", "0").fails(2, "--episodes must be at least 1, not 0");
        run("--episodes", "100001").fails(2, "--episodes must be at most 100000, not 100001");
        run("--picture", "a.png", "--episode", "a.png").fails(2,
                "--episode must be another file than --picture, not a.png");
        run("--picture", "a.png", "--episode", "./a.png").fails(2, "--episode must be another file than --picture");
        run("--picture", "no/folder/a.png").fails(2, "--picture must be in a folder that exists, not",
                "no/folder/a.png");
        run("--seeds", "1,1").fails(2, "--seeds must be different ones, not 1,1");
        run("--widths", "0").fails(2, "--widths must be at least 1 each, not [0]");
        Cli.run("control", "--stesp", "5").fails(2, "'--stesp'");
        Cli.run("control", "dqm").fails(2, "expected one of sac, dqn, soft-q, mbpo, pets,"
                + " representation-sac, e2c, solar, planet, dreamer, slac, not 'dqm'");
        Cli.run("control", "pets", "--environment", "pendulum").fails(2,
                "pets needs --learn-reward in pendulum, which has no reward to give it");
        Cli.run("control", "pets", "--action-repeat", "2").fails(2, "pets needs --learn-reward in cart-pole-swing-up"
                + " with --action-repeat 2, which has no reward to give it");
        Cli.run("control", "e2c", "--environment", "pendulum-pixels").fails(2, "--environment must be one that shows"
                + " its goal, for e2c, not pendulum-pixels");
        Cli.run("control", "e2c", "--environment", "cart-pole-swing-up").fails(2, "--environment must be one whose"
                + " observations are in a box with bounds, for e2c, not cart-pole-swing-up");
        Cli.run("control", "e2c", "--capacity", "5").fails(2, "--capacity has no effect on e2c, whose settings are"
                + " --latent, --encoder-widths,");
        Cli.run("control", "pets", "--environment", "cart-pole").fails(2, "--environment must be one whose actions are"
                + " in a box with bounds, for pets, not cart-pole, whose action is one of 2");
        Cli.run("control", "representation-sac", "--environment", "cart-pole-swing-up").fails(2, "--environment must be"
                + " one whose observations are in a box with bounds, for representation-sac, not cart-pole-swing-up,"
                + " whose observation is 5 numbers from");
        Cli.run("control", "representation-sac", "--random-steps", "0").fails(2,
                "--random-steps must be at least 1, not"
                        + " 0");
        Cli.run("control", "pets", "--elites", "61").fails(2, "--elites must be from 1 to the population, 60, not 61");
        for (String agent : WORLDS) {
            Cli.run("control", agent, "--environment", "cart-pole").fails(2, "--environment must be one whose actions"
                    + " are in a box with bounds, for " + agent + ", not cart-pole, whose action is one of 2");
        }
        Cli.run("control", "dreamer", "--environment", "navigation", "--window", "42").fails(2,
                "--window must be at most 41, the observations of an episode of navigation, not 42");
        Cli.run("control", "solar", "--environment", "pendulum", "--steps", "4000").fails(2,
                "--horizon must be 200, the steps of an episode of pendulum, not 40");
        Cli.run("control", "solar", "--horizon", "30").fails(2,
                "--horizon must be 40, the steps of an episode of navigation, not 30");
        Cli.run("control", "solar", "--environment", "fork").fails(2, "--environment must be one whose episodes are of"
                + " as many steps each, for solar, not fork, whose episode is of any length");
        Cli.run("control", "dreamer", "--mean-free-nats").fails(2,
                "--mean-free-nats has no effect without --free-nats");
        Cli.run("control", "dreamer", "--rough").fails(2, "--rough has no effect on dreamer, whose settings are --path,"
                + " --units,");
        Cli.run("control", "dreamer", "--path", "two_level").fails(2, "--path", "expected one of recurrent, markov,"
                + " two-level, not 'two_level'; did you mean two-level?");
        Cli.run("control", "--list=x").fails(2, "--list");
        Cli.run("control", "pets", "--rough=x").fails(2, "--rough", "no value is expected, not 'x'");
        Cli.run("control", "--widths", "8,").fails(2, "--widths", "expected numbers with commas");
        Cli.run("control", "--batch", "8", "--batch", "9").fails(2, "--batch", "only once");
        Cli.run("control", "pets", "--search", "cem").fails(2, "expected one of cross-entropy, path-integral,"
                + " random-shooting, not 'cem'");
    }

    /** Before memory is asked for. */
    @Test
    void numbersBeyondAnyUseAreRefusedByName() {
        for (String each : new String[] {"sac --batch 1000000", "sac --widths 100000 each", "dqn --batch 1000000",
                "soft-q --batch 1000000", "mbpo --batch 1000000", "mbpo --members 1000", "mbpo --rollouts 1000000",
                "pets --batch 1000000", "pets --members 1000", "pets --horizon 1000", "pets --population 1000000",
                "pets --widths 100000 each", "representation-sac --batch 1000000", "representation-sac --latent 100000",
                "representation-sac --width 100000", "representation-sac --vae-batch 1000000",
                "representation-sac --random-steps 1000000"}) {
            String[] words = each.split(" ", 3);
            Cli.run("control", words[0], words[1], "2147483647").fails(2, words[1] + " must be at most " + words[2]
                    + ", not ");
        }
        for (String search : new String[] {"path-integral", "random-shooting"}) {
            Cli.run("control", "pets", "--search", search, "--population", "1000001").fails(2,
                    "--population must be at most 1000000, not 1000001");
        }
        for (String agent : new String[] {"sac", "pets"}) {
            Cli.run("control", agent, "--steps", "2147483647", "--capacity", "2147483647").fails(2,
                    "--capacity must be at most 100000000, not 2147483647");
        }
        Cli.run("control", "--widths", "8" + ",8".repeat(100)).fails(2,
                "--widths must be at most 100 layers, not 101");
        run("--capacity", "2147483647").succeeds();
    }
}
