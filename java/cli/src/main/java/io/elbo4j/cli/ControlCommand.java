package io.elbo4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.elbo4j.Backend;
import io.elbo4j.control.agent.Agent;
import io.elbo4j.control.agent.Interaction;
import io.elbo4j.control.agent.Learning;
import io.elbo4j.control.agent.Sac;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Environments;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.evaluation.Returns;
import io.elbo4j.train.picture.Lines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "control", sortOptions = false, description = {
        "Trains an agent in an environment and says what its policy is worth: the mean return over episodes that are"
                + " the same for everybody, with the standard error of the mean, beside what random actions have.",
        "sac: soft actor-critic, for actions in a box"})
final class ControlCommand implements Callable<Integer> {
    /** What learns. */
    enum Kind {
        SAC
    }

    /** Of one seed after some steps. */
    private record Point(long seed, long steps, long updates, Returns returns) {}

    @Parameters(arity = "0..1", defaultValue = "sac", paramLabel = "AGENT", description = "sac (${DEFAULT-VALUE})")
    private String agent;
    @Option(names = "--list", description = "show the environments and exit")
    private boolean list;
    @Option(names = "--environment", defaultValue = "pendulum", paramLabel = "NAME",
            description = "one of --list (${DEFAULT-VALUE})")
    private String name;
    @Option(names = "--steps", defaultValue = "8000", paramLabel = "N",
            description = "of the environment, those of exploration at random among them (${DEFAULT-VALUE})")
    private int steps;
    @Option(names = "--seeds", defaultValue = "0", split = ",", paramLabel = "N",
            description = "each trains an agent (${DEFAULT-VALUE})")
    private long[] seeds;
    @Option(names = "--evaluate-every", defaultValue = "1000", paramLabel = "N",
            description = "steps, and after the last one (${DEFAULT-VALUE})")
    private int every;
    @Option(names = "--episodes", defaultValue = "100", paramLabel = "N",
            description = "of an evaluation (${DEFAULT-VALUE})")
    private int episodes;
    @Option(names = "--widths", defaultValue = "64,64", split = ",", paramLabel = "N",
            description = "units of the hidden layers of all networks (64,64)")
    private Integer[] widths;
    @Option(names = "--batch", defaultValue = "128", paramLabel = "N",
            description = "transitions of an update; there is one a step (${DEFAULT-VALUE})")
    private int batch;
    @Option(names = "--learning-rate", defaultValue = "0.001", paramLabel = "X",
            description = "of Adam (${DEFAULT-VALUE})")
    private Double learningRate;
    @Option(names = "--discount", defaultValue = "0.99", paramLabel = "X",
            description = "of later rewards, at least 0 and below 1 (${DEFAULT-VALUE})")
    private Double discount;
    @Option(names = "--rate", defaultValue = "0.005", paramLabel = "X",
            description = "at which the critics' copies follow them, above 0 and below 1 (${DEFAULT-VALUE})")
    private Double rate;
    @Option(names = "--capacity", defaultValue = "1000000", paramLabel = "N",
            description = "transitions that are remembered (${DEFAULT-VALUE})")
    private int capacity;
    @Option(names = "--random-steps", defaultValue = "100", paramLabel = "N",
            description = "first steps, whose actions are uniform in the box (${DEFAULT-VALUE})")
    private int randomSteps;
    @Option(names = "--picture", paramLabel = "FILE.png",
            description = "also draws the learning curves, the best known and random actions (not drawn)")
    private Path picture;
    @Mixin
    private BackendOptions backend;
    @Mixin
    private OutputOptions output;

    private final Console console;

    ControlCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (list) {
            List<Environment> all = Environments.all();
            output.result(console, listed(all), String.join(System.lineSeparator(), all.stream().map(e -> String.format(
                    Locale.ROOT, "%-24s %s", e.name(), e.description())).toList()));
            return 0;
        }
        // not by picocli: the value of a misspelt option would be taken for the agent, and the option not be named
        Kind kind = kind(agent);
        Environment environment = Names.checked(() -> Environments.named(name));
        if (!(environment.actions() instanceof Space.Box)) {
            throw Failure.usage("--environment must be one whose actions are in a box, for sac, not " + name
                    + ", whose action is " + environment.actions());
        }
        atLeastOne("--steps", steps);
        atLeastOne("--evaluate-every", every);
        atLeastOne("--episodes", episodes);
        Sac.Settings settings = Names.checked(() -> new Sac.Settings(new Learning(Arrays.asList(widths), batch,
                learningRate, discount, Math.min(capacity, steps), randomSteps, 1, 1), rate));
        if (picture != null) {
            OutputFile.requirePng("--picture", picture);
        }
        double random = random(environment).mean();
        try (Backend b = backend.open(console)) {
            List<Point> points = new ArrayList<>();
            for (long seed : seeds) {
                points.addAll(train(settings, environment, b, seed));
            }
            if (picture != null) {
                OutputFile.write(console, picture, () -> new Lines(Names.of(kind) + ", " + environment.name(), "steps",
                        "return", false).write(picture, curves(points, environment, random)));
            }
            output.result(console, json(kind, points, environment, random), text(kind, points, environment, random));
        }
        return 0;
    }

    private static Kind kind(String given) {
        try {
            return Names.reader(Kind.class).convert(given);
        } catch (Exception e) {
            throw Failure.usage("AGENT: " + e.getMessage());
        }
    }

    private static void atLeastOne(String option, int value) {
        if (value < 1) {
            throw Failure.usage(option + " must be at least 1, not " + value);
        }
    }

    private List<Point> train(Sac.Settings settings, Environment environment, Backend b, long seed) {
        List<Point> points = new ArrayList<>();
        try (Agent agent = new Sac(settings, environment.observations(), environment.actions(), b, seed);
                Agent.GreedyPolicy greedy = agent.greedy(episodes);
                Bar bar = Bar.begun(console, "seed " + seed)) {
            Interaction interaction = new Interaction(agent, new Simulation(environment, 1, seed));
            while (interaction.steps() < steps) {
                interaction.step();
                long done = interaction.steps();
                if (done % every == 0 || done == steps) {
                    points.add(new Point(seed, done, agent.updates(), Returns.of(greedy, environment, episodes)));
                }
                bar.at(done, steps);
            }
        }
        return points;
    }

    private Returns random(Environment environment) {
        Draws draws = new Draws(1);
        int columns = environment.actions().columns();
        float[] one = new float[columns];
        long[] turn = {0};
        return Returns.of((observations, actions) -> {
            for (int r = 0; r < episodes; r++) {
                environment.actions().sample(draws.at(r, 0, turn[0]), one);
                System.arraycopy(one, 0, actions, r * columns, columns);
            }
            turn[0]++;
        }, environment, episodes);
    }

    private static List<Lines.Series> curves(List<Point> points, Environment environment, double random) {
        List<Lines.Series> curves = new ArrayList<>();
        points.stream().mapToLong(Point::seed).distinct().forEach(seed -> {
            List<Point> own = points.stream().filter(p -> p.seed() == seed).toList();
            curves.add(new Lines.Series("seed " + seed, own.stream().mapToDouble(Point::steps).toArray(), own.stream()
                    .mapToDouble(p -> p.returns().mean()).toArray()));
        });
        double[] x = curves.get(0).x();
        double[] ends = {x[0], x[x.length - 1]};
        environment.ceiling().ifPresent(c -> curves.add(new Lines.Series("best known", ends, new double[] {c, c})));
        curves.add(new Lines.Series("random actions", ends, new double[] {random, random}));
        return curves;
    }

    private String text(Kind kind, List<Point> points, Environment environment, double random) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
                "%s, %s: mean return of %d episodes; random actions %.1f", Names.of(kind), environment.name(), episodes,
                random));
        environment.ceiling().ifPresent(c -> text.append(String.format(Locale.ROOT, ", best known %.1f", c)));
        for (Point p : points) {
            text.append(String.format(Locale.ROOT, "%nseed %d  %,7d steps  %,7d updates  %8.1f +- %.1f", p.seed(), p
                    .steps(), p.updates(), p.returns().mean(), p.returns().standardError()));
        }
        return text.toString();
    }

    private JsonObject json(Kind kind, List<Point> points, Environment environment, double random) {
        JsonObject o = new JsonObject();
        o.addProperty("agent", Names.of(kind));
        o.addProperty("environment", environment.name());
        o.addProperty("episodes", episodes);
        o.addProperty("random", random);
        environment.ceiling().ifPresent(c -> o.addProperty("ceiling", c));
        JsonArray all = new JsonArray();
        for (Point p : points) {
            JsonObject each = new JsonObject();
            each.addProperty("seed", p.seed());
            each.addProperty("steps", p.steps());
            each.addProperty("updates", p.updates());
            each.addProperty("return", p.returns().mean());
            each.addProperty("standard_error", p.returns().standardError());
            all.add(each);
        }
        o.add("points", all);
        return o;
    }

    private static JsonArray listed(List<Environment> environments) {
        JsonArray all = new JsonArray();
        Stream<JsonObject> each = environments.stream().map(e -> {
            JsonObject o = new JsonObject();
            o.addProperty("name", e.name());
            o.addProperty("description", e.description());
            o.addProperty("observations", e.observations().toString());
            o.addProperty("actions", e.actions().toString());
            o.addProperty("limit", e.limit());
            return o;
        });
        each.forEach(all::add);
        return all;
    }
}
