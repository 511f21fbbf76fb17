package io.elbo4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.control.agent.Agent;
import io.elbo4j.control.agent.AgentKind;
import io.elbo4j.control.agent.AgentSettings;
import io.elbo4j.control.agent.Agents;
import io.elbo4j.control.agent.LatentPicture;
import io.elbo4j.control.agent.Run;
import io.elbo4j.control.agent.Solar;
import io.elbo4j.control.agent.Surroundings;
import io.elbo4j.control.agent.WorldAgent;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Environments;
import io.elbo4j.control.evaluation.Returns;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.picture.Lines;
import io.elbo4j.train.run.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "control", sortOptions = false, description = {
        "Trains an agent in an environment and says what its policy is worth: the mean return over episodes that are"
                + " the same for everybody, with the standard error of the mean, beside what random actions have.",
        "In brackets: an agent's environment and steps if these are left out."},
        footer = {"", "--resume goes on to the same result after Ctrl-C, and after a kill at any moment."})
final class ControlCommand implements Callable<Integer> {
    private static final int INTERRUPTED = 130;

    @Parameters(arity = "0..1", paramLabel = "AGENT",
            description = "one of those above (sac)")
    private String agent;
    @Option(names = "--list", description = "show the environments and exit")
    private boolean list;
    @Option(names = "--environment", paramLabel = "NAME",
            description = "one of --list (that of the agent)")
    private String name;
    @Option(names = "--action-repeat", paramLabel = "N",
            description = "times that the environment takes each action; a step is all of them (1)")
    private Integer actionRepeat;
    @Option(names = "--steps", paramLabel = "N",
            description = "of the environment, those of exploration at random among them (those of the agent)")
    private Integer steps;
    @Option(names = "--seeds", split = ",", paramLabel = "N", description = "each trains an agent (0)")
    private Long[] seeds;
    @Option(names = "--evaluate-every", paramLabel = "N",
            description = "steps, and after the last one (1000; of planet and solar 4000, of e2c 20000)")
    private Integer every;
    @Option(names = "--episodes", paramLabel = "N", description = "of an evaluation (100)")
    private Integer episodes;
    @Option(names = "--out", paramLabel = "DIR",
            description = "folder for metrics.jsonl and the agents, seed-0.safetensors and so on (nothing is kept)")
    private Path out;
    @Option(names = "--resume", description = "go on with the run in --out, which alone needs to be given")
    private boolean resume;
    @Option(names = "--picture", paramLabel = "FILE.png",
            description = "also draws the learning curves, the best known and random actions (not drawn)")
    private Path picture;
    @Option(names = "--episode", paramLabel = "FILE.png",
            description = "also draws an episode of the first seed's agent (not drawn)")
    private Path episode;
    @Option(names = "--latent-picture", paramLabel = "FILE.png",
            description = "e2c, solar, planet, dreamer, slac: also draws what the first seed's agent knows: a map of"
                    + " the plane; or an episode as it is seen, known and, after five steps, imagined (not drawn)")
    private Path latentPicture;
    @Mixin
    private BackendOptions backend;
    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec spec;

    private final Console console;
    private final AgentOptions settings = new AgentOptions();

    ControlCommand(Console console) {
        this.console = console;
    }

    AgentOptions settings() {
        return settings;
    }

    @Override
    public Integer call() {
        if (list) {
            requireAlone();
            List<Environment> all = Environments.all();
            output.result(console, listed(all), String.join(System.lineSeparator(), all.stream().map(e -> String.format(
                    Locale.ROOT, "%-24s %s", e.name(), e.description())).toList()));
            return 0;
        }
        // not by picocli: the value of a misspelt option would be taken for the agent, and the option not be named
        AgentKind kind = agent == null ? AgentOptions.DEFAULT : AgentOptions.kind(agent);
        if (resume && out == null) {
            throw Failure.usage("--resume needs --out DIR, the folder of the run to go on with");
        }
        requirePictures();
        if (resume) {
            try (RunFolder folder = RunFolder.open(out)) {
                ControlPlan plan = ControlPlan.read(folder.plan());
                check(plan, new Agreement(folder.plan()));
                requireDrawable(plan);
                return run(plan, folder);
            }
        }
        ControlPlan plan = plan(kind);
        requireDrawable(plan);
        if (!plan.ofAgent().learnsIn(plan.steps())) {
            console.err().println("nothing is learned: " + (plan.ofAgent() instanceof Solar.Settings solar
                    ? "--random-rollouts x --horizon is " + solar.randomRollouts() + " x " + solar.horizon()
                    : "--random-steps is " + AgentSettings.values(plan.ofAgent()).get("randomSteps"))
                    + ", the run has " + plan.steps() + " steps");
        }
        if (out == null) {
            return run(plan, null);
        }
        try (RunFolder folder = RunFolder.create(out)) {
            return run(plan, folder);
        }
    }

    /** Beside --list only what says how it is printed has an effect. */
    private void requireAlone() {
        if (agent != null) {
            throw Failure.usage("AGENT has no effect on --list");
        }
        for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
            if (!option.longestName().matches("--list|--json")) {
                throw Failure.usage(option.longestName() + " has no effect on --list");
            }
        }
    }

    private ControlPlan plan(AgentKind kind) {
        int length = atLeastOne("--steps", steps, kind.steps());
        EpisodeCount.require("--episodes", episodes == null ? 1 : episodes, 1);
        ControlPlan plan = Names.checked(() -> new ControlPlan(kind.words(), (Record) settings.settings(kind, length),
                name != null ? name : kind.environment(), atLeastOne("--action-repeat", actionRepeat, 1), seeds == null
                        ? List.of(0L) : Arrays.asList(seeds), length,
                atLeastOne("--evaluate-every", every, kind.evaluateEvery()), atLeastOne("--episodes", episodes, 100)));
        requireFit(plan);
        Effect.requireDifferent("--seeds", plan.seeds());
        return plan;
    }

    private static void requireFit(ControlPlan plan) {
        try {
            plan.ofAgent().check(Surroundings.of(plan.named()));
        } catch (ArgumentException e) {
            if (e.argument().equals("learnReward")) {
                throw Failure.usage(plan.agent() + " needs --learn-reward in " + plan.environment() + (plan
                        .actionRepeat() == 1 ? "" : " with --action-repeat " + plan.actionRepeat())
                        + ", which has no reward to give it");
            }
            if (e.argument().equals("goal")) {
                throw Failure.usage("--environment must be one that shows its goal, for " + plan.agent() + ", not "
                        + plan.environment());
            }
            if (isSetting(plan, e)) {
                throw Failure.usage(Names.option(e.argument()) + " must be " + e.expected() + " of " + plan
                        .environment() + ", not " + e.given());
            }
            throw Failure.usage("--environment must be one whose " + e.argument() + " are " + e.expected() + ", for "
                    + plan.agent() + ", not " + plan.environment() + ", whose " + e.argument().replaceAll("s$", "")
                    + " is " + e.given());
        }
    }

    private static boolean isSetting(ControlPlan plan, ArgumentException e) {
        return AgentSettings.values(plan.ofAgent()).containsKey(e.argument());
    }

    private void check(ControlPlan plan, Agreement agreement) {
        agreement.check("AGENT", agent, plan.agent());
        agreement.check("--environment", name, plan.environment());
        agreement.check("--action-repeat", actionRepeat, plan.actionRepeat());
        agreement.check("--steps", steps, plan.steps());
        agreement.check("--seeds", seeds == null ? null : Arrays.asList(seeds), plan.seeds());
        agreement.check("--evaluate-every", every, plan.evaluateEvery());
        agreement.check("--episodes", episodes, plan.episodes());
        settings.check(plan.ofAgent(), plan.steps(), agreement);
    }

    private void requirePictures() {
        Map<String, Path> all = new LinkedHashMap<>();
        all.put("--picture", picture);
        all.put("--episode", episode);
        all.put("--latent-picture", latentPicture);
        all.values().removeIf(Objects::isNull);
        all.forEach(OutputFile::requirePng);
        List<String> options = List.copyOf(all.keySet());
        for (int i = 0; i < options.size(); i++) {
            for (String before : options.subList(0, i)) {
                if (OutputFile.isSame(all.get(before), all.get(options.get(i)))) {
                    throw Failure.usage(options.get(i) + " must be another file than " + before + ", not " + all.get(
                            options.get(i)));
                }
            }
        }
    }

    /** Before anything is written: what cannot be drawn is no picture of a run. */
    private void requireDrawable(ControlPlan plan) {
        Environment environment = plan.named();
        if (episode != null) {
            EpisodeStrip.requireDrawable(environment);
        }
        if (latentPicture == null) {
            return;
        }
        if (!(plan.ofAgent() instanceof LatentPicture.Settings drawn)) {
            throw Failure.usage("--latent-picture has no effect on " + plan.agent() + ", which has no codes to draw");
        }
        try {
            drawn.checkLatentPicture(environment);
        } catch (ArgumentException e) {
            throw Failure.usage("--latent-picture: " + e.argument() + " must be " + e.expected() + ", not " + e
                    .given());
        }
    }

    private static int atLeastOne(String option, Integer given, int otherwise) {
        if (given != null && given < 1) {
            throw Failure.usage(option + " must be at least 1, not " + given);
        }
        return given == null ? otherwise : given;
    }

    /** @param folder null if nothing is kept */
    private int run(ControlPlan plan, RunFolder folder) {
        Environment environment = plan.named();
        // the process may end as soon as the interrupt is closed: all is written and said before
        try (Backend b = backend.open(console); Interrupt interrupt = new Interrupt(console.err())) {
            if (folder != null && !resume) {
                plan.write(folder.plan(), Main.version(), spec.root().commandLine().getParseResult().originalArgs(),
                        BackendOptions.inWords(b));
            }
            double random = random(plan, environment);
            ControlMetrics metrics = folder == null ? null : new ControlMetrics(folder.metrics());
            for (long seed : metrics == null ? List.<Long>of() : plan.seeds()) {
                Path file = file(folder, seed);
                if (Files.notExists(file) && metrics.begins(seed, file)) {
                    console.err().println(file + ": no such file, seed " + seed + " is trained from its beginning");
                }
            }
            List<ControlPoint> points = new ArrayList<>();
            for (long seed : plan.seeds()) {
                if (!train(plan, environment, b, seed, folder, metrics, points, interrupt)) {
                    console.err().println(folder == null ? "stopped; without --out nothing is kept"
                            : "stopped and saved; go on with: elbo4j control --resume --out " + folder.directory());
                    return INTERRUPTED;
                }
            }
            ControlReport report = new ControlReport(plan, environment, random, points);
            if (picture != null) {
                OutputFile.write(console, picture, () -> new Lines(plan.agent() + ", " + environment.name(), "steps",
                        "return", false, false).write(picture, report.curves()));
            }
            output.result(console, report.json(), report.text());
            return 0;
        }
    }

    /** False if it was interrupted. */
    private boolean train(ControlPlan plan, Environment environment, Backend b, long seed, RunFolder folder,
            ControlMetrics metrics, List<ControlPoint> points, Interrupt interrupt) {
        Path file = folder == null ? null : file(folder, seed);
        try (Run run = file != null && Files.exists(file) ? Run.resume(file, plan.ofAgent(), environment, b, seed)
                : new Run(Agents.create(plan.ofAgent(), environment, b, seed), environment);
                Bar bar = new Bar(console, "seed " + seed, run.steps())) {
            if (run.steps() > plan.steps()) {
                throw new DataException(file + ": its agent has come to " + run.steps() + " steps, more than the "
                        + plan
                                .steps() + " of " + folder.plan());
            }
            List<ControlPoint> before = metrics == null ? List.of() : metrics.upTo(seed, run.steps(), plan
                    .evaluateEvery());
            points.addAll(before);
            long evaluated = before.isEmpty() ? 0 : before.get(before.size() - 1).steps();
            double earlier = before.isEmpty() ? 0 : before.get(before.size() - 1).seconds();
            long begin = System.nanoTime();
            for (long done = run.steps();; done = run.steps()) {
                boolean last = done == plan.steps();
                if (done > evaluated && (last || done % plan.evaluateEvery() == 0) && !interrupt.requested()) {
                    Optional<Returns> returns = returns(run.agent(), environment, plan.episodes(), interrupt);
                    if (returns.isPresent()) {
                        ControlPoint point = new ControlPoint(seed, done, run.agent().updates(), earlier + (System
                                .nanoTime() - begin) * 1e-9, returns.get().mean(), returns.get().standardError(), run
                                        .takeReturns(), run.losses());
                        points.add(point);
                        evaluated = done;
                        if (folder != null) {
                            // a line that a checkpoint does not know of is written again, the other way round it is
                            // lost
                            metrics.add(point);
                            save(run, file, folder);
                        }
                    }
                }
                if (last && evaluated == done) {
                    break;
                }
                if (interrupt.requested()) {
                    if (folder != null) {
                        save(run, file, folder);
                    }
                    return false;
                }
                step(run, plan);
                bar.at(run.steps(), plan.steps());
            }
            if (run.agent().updates() == 0 && plan.ofAgent() instanceof WorldAgent.Settings world && world.learnsIn(plan
                    .steps())) {
                console.err().println("seed " + seed + ": nothing is learned: no episode has the " + world.learning()
                        .window() + " observations of --window");
            }
            if (latentPicture != null && seed == plan.seeds().get(0) && run.agent() instanceof LatentPicture drawn) {
                OutputFile.write(console, latentPicture, () -> drawn.drawLatent(latentPicture, environment));
            }
            if (episode != null && seed == plan.seeds().get(0)) {
                try (Agent.GreedyPolicy one = run.agent().greedy(1)) {
                    OutputFile.write(console, episode, () -> EpisodeStrip.write(episode, plan.agent(), one,
                            environment));
                }
            }
        }
        return true;
    }

    private static void step(Run run, ControlPlan plan) {
        try {
            run.step();
        } catch (ArgumentException e) {
            if (isSetting(plan, e)) {
                throw Failure.usage(Names.option(e.argument()) + " must be " + e.expected() + ", not " + e.given());
            }
            throw e;
        }
    }

    /**
     * By a policy of its own: one that remembers, as a planner does, knows nothing of the evaluation before. Empty if
     * it was interrupted: whoever resumes evaluates.
     */
    private static Optional<Returns> returns(Agent agent, Environment environment, int episodes, Interrupt interrupt) {
        try (Agent.GreedyPolicy greedy = agent.greedy(episodes)) {
            return Optional.of(Returns.of((observations, actions) -> {
                if (interrupt.requested()) {
                    throw new CancellationException();
                }
                greedy.act(observations, actions);
            }, environment, episodes));
        } catch (CancellationException e) {
            return Optional.empty();
        }
    }

    /** Of a seed's agent. */
    private static Path file(RunFolder folder, long seed) {
        return folder.directory().resolve("seed-" + seed + ".safetensors");
    }

    private static void save(Run run, Path file, RunFolder folder) {
        run.save(file);
        folder.keep();
    }

    private static double random(ControlPlan plan, Environment environment) {
        Draws draws = new Draws(0, "random policy");
        int columns = environment.actions().columns();
        float[] one = new float[columns];
        long[] turn = {0};
        return Returns.of((observations, actions) -> {
            for (int r = 0; r < plan.episodes(); r++) {
                environment.actions().sample(draws.at(r, 0, turn[0]), one);
                System.arraycopy(one, 0, actions, r * columns, columns);
            }
            turn[0]++;
        }, environment, plan.episodes()).mean();
    }

    private static JsonArray listed(List<Environment> environments) {
        JsonArray all = new JsonArray();
        for (Environment e : environments) {
            JsonObject o = new JsonObject();
            o.addProperty("name", e.name());
            o.addProperty("description", e.description());
            o.addProperty("observations", e.observations().toString());
            o.addProperty("actions", e.actions().toString());
            o.addProperty("limit", e.limit());
            o.addProperty("drawn", e.scene(new double[e.stateSize()]).isPresent());
            all.add(o);
        }
        return all;
    }
}
