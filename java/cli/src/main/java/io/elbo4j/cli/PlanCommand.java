package io.elbo4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Environments;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.evaluation.Returns;
import io.elbo4j.control.planning.CrossEntropy;
import io.elbo4j.control.planning.EnvironmentPlanner;
import io.elbo4j.control.planning.PathIntegral;
import io.elbo4j.control.planning.RandomShooting;
import io.elbo4j.control.planning.Search;
import io.elbo4j.control.planning.SearchKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "plan", sortOptions = false, description = {
        "Plans with the environment itself, which nothing has to be learned for: the mean return over episodes that are"
                + " the same for everybody. What plans with a learned model cannot be better in the long run.",
        "The first action of the best plan is taken, then it plans anew."})
final class PlanCommand implements Callable<Integer> {
    /** Of one search and seed. */
    private record Line(SearchKind kind, long seed, Returns returns) {}

    @Option(names = "--environment", defaultValue = "pendulum", paramLabel = "NAME",
            description = "one whose actions are in a box: 'elbo4j control --list' has them (${DEFAULT-VALUE})")
    private String name;
    @Option(names = "--search", defaultValue = "cross-entropy", split = ",", paramLabel = "NAME",
            description = "cross-entropy: CEM; path-integral: MPPI; random-shooting; or several of them"
                    + " (${DEFAULT-VALUE})")
    private SearchKind[] kinds;
    private static final long MOST_NUMBERS = 1L << 28;

    @Option(names = "--horizon", defaultValue = "25", paramLabel = "N", description = "steps of a plan"
            + " (${DEFAULT-VALUE})")
    private int horizon;
    @Option(names = "--population", paramLabel = "N", description = "plans that are drawn at a time (100, 200, 500)")
    private Integer population;
    @Option(names = "--iterations", paramLabel = "N",
            description = "cross-entropy, path-integral: times that they are drawn for a decision (5, 1)")
    private Integer iterations;
    @Option(names = "--elites", paramLabel = "N",
            description = "cross-entropy: the best plans, from which the next are drawn (a tenth of the population)")
    private Integer elites;
    @Option(names = "--keep", paramLabel = "X",
            description = "cross-entropy: the share of the old mean and variance that stays (0.1)")
    private Double keep;
    @Option(names = "--deviation", paramLabel = "X",
            description = "cross-entropy, path-integral: standard deviation of plans at first, of half the box (0.5)")
    private Double deviation;
    @Option(names = "--temperature", paramLabel = "X",
            description = "path-integral: in the unit of the rewards; the lower, the more the best plan counts (0.3)")
    private Double temperature;
    @Option(names = "--effort", paramLabel = "X",
            description = "path-integral: what of the cost of control counts beside the returns, 0 to 1 (0)")
    private Double effort;
    @Option(names = "--episodes", defaultValue = "100", paramLabel = "N",
            description = "that it plays (${DEFAULT-VALUE})")
    private int episodes;
    @Option(names = "--seeds", defaultValue = "0", split = ",", paramLabel = "N",
            description = "of the plans (${DEFAULT-VALUE})")
    private List<Long> seeds;
    @Mixin
    private BackendOptions backend;
    @Mixin
    private OutputOptions output;

    private final Console console;

    PlanCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Environment environment = Names.checked(() -> Environments.named(name));
        try {
            Space.Box.bounded("actions", environment.actions());
        } catch (ArgumentException e) {
            throw Failure.usage("--environment must be one whose actions are " + e.expected() + ", not " + name
                    + ", whose action is " + environment.actions());
        }
        EpisodeCount.require("--episodes", episodes, 1);
        Effect.require("--iterations", iterations, kinds, Set.of(SearchKind.CROSS_ENTROPY, SearchKind.PATH_INTEGRAL));
        Effect.require("--elites", elites, kinds, Set.of(SearchKind.CROSS_ENTROPY));
        Effect.require("--keep", keep, kinds, Set.of(SearchKind.CROSS_ENTROPY));
        Effect.require("--deviation", deviation, kinds, Set.of(SearchKind.CROSS_ENTROPY, SearchKind.PATH_INTEGRAL));
        Effect.require("--temperature", temperature, kinds, Set.of(SearchKind.PATH_INTEGRAL));
        Effect.require("--effort", effort, kinds, Set.of(SearchKind.PATH_INTEGRAL));
        Effect.requireDifferent("--seeds", seeds);
        Effect.requireDifferent("--search", Arrays.stream(kinds).map(Names::of).toList());
        List<Search> searches = Arrays.stream(kinds).map(kind -> Names.checked(() -> search(kind))).toList();
        requireRoom(environment, searches);
        List<Line> lines = new ArrayList<>();
        try (Backend b = backend.open(console)) {
            for (int k = 0; k < kinds.length; k++) {
                for (long seed : seeds) {
                    lines.add(new Line(kinds[k], seed, play(environment, kinds[k], searches.get(k), b, seed)));
                }
            }
        }
        output.result(console, json(environment, lines), text(environment, lines));
        return 0;
    }

    /** A step's plans of all episodes are in memory at once. */
    private void requireRoom(Environment environment, List<Search> searches) {
        int plans = searches.stream().mapToInt(Search::population).max().orElseThrow();
        long most = MOST_NUMBERS / environment.actions().columns() / plans / episodes;
        if (most < 1) {
            throw Failure.usage("--episodes must be at most " + MOST_NUMBERS / environment.actions().columns() / plans
                    + ", with " + plans + " plans, not " + episodes);
        }
        if (horizon < 1 || horizon > most) {
            throw Failure.usage("--horizon must be from 1 to " + most + ", with " + plans + " plans of " + episodes
                    + " episodes, not " + horizon);
        }
    }

    private Search search(SearchKind kind) {
        return switch (kind) {
            case CROSS_ENTROPY -> {
                int plans = or(population, 100);
                yield new CrossEntropy(plans, or(elites, Math.max(1, plans / 10)), or(iterations, 5), or(keep, 0.1),
                        or(deviation, 0.5));
            }
            case PATH_INTEGRAL -> {
                yield new PathIntegral(or(population, 200), or(iterations, 1), or(temperature, 0.3), or(deviation, 0.5),
                        or(effort, 0.0));
            }
            case RANDOM_SHOOTING -> {
                yield new RandomShooting(or(population, 500));
            }
        };
    }

    private static <T> T or(T given, T otherwise) {
        return given == null ? otherwise : given;
    }

    private Returns play(Environment environment, SearchKind kind, Search search, Backend b, long seed) {
        try (EnvironmentPlanner planner = new EnvironmentPlanner(search, environment, horizon, episodes, b, seed);
                Bar bar = Bar.begun(console, Names.of(kind) + ", seed " + seed)) {
            int[] decisions = {0};
            return Returns.of((batch, observations, actions) -> {
                planner.act(batch, observations, actions);
                decisions[0]++;
                if (environment.limit() > 0) {
                    bar.at(decisions[0], environment.limit());
                }
            }, environment, episodes);
        }
    }

    private String text(Environment environment, List<Line> lines) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%s: mean return of %d episodes, plans of %d"
                + " steps", environment.name(), episodes, horizon));
        environment.ceiling().ifPresent(c -> text.append(", best known ").append(ControlReport.shown(c)));
        for (Line l : lines) {
            text.append(String.format(Locale.ROOT, "%n%-16s seed %d  %8s%s", Names.of(l.kind()), l.seed(),
                    ControlReport.shown(l.returns().mean()), ControlReport.uncertainty(l.returns().mean(), l.returns()
                            .standardError())));
        }
        return text.toString();
    }

    private JsonObject json(Environment environment, List<Line> lines) {
        JsonObject o = new JsonObject();
        o.addProperty("environment", environment.name());
        o.addProperty("episodes", episodes);
        o.addProperty("horizon", horizon);
        environment.ceiling().ifPresent(c -> o.addProperty("ceiling", c));
        JsonArray all = new JsonArray();
        for (Line l : lines) {
            JsonObject each = new JsonObject();
            each.addProperty("search", Names.of(l.kind()));
            each.addProperty("seed", l.seed());
            each.addProperty("return", l.returns().mean());
            double error = l.returns().standardError();
            each.addProperty("standard_error", Double.isFinite(error) ? error : null);
            all.add(each);
        }
        o.add("searches", all);
        return o;
    }
}
