package io.elbo4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.elbo4j.Backend;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.evaluation.Episodes;
import io.elbo4j.control.imitation.ActionModel;
import io.elbo4j.control.imitation.ConditionalVaePolicy;
import io.elbo4j.control.imitation.CrossExpert;
import io.elbo4j.control.imitation.Demonstrations;
import io.elbo4j.control.imitation.DiscretisedPolicy;
import io.elbo4j.control.imitation.Expert;
import io.elbo4j.control.imitation.ForkExpert;
import io.elbo4j.control.imitation.GaussianPolicy;
import io.elbo4j.control.imitation.Imitation;
import io.elbo4j.control.imitation.MixtureDensityPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "imitate", sortOptions = false, description = {
        "Learns policies p(a given s) from demonstrations of an expert that goes one of two ways, by chance, and says"
                + " how often they get there, which way they go, and log p of other demonstrations.",
        "success: of the episodes; above: how many go the first way; log p: of an action, in nats, of a conditional VAE"
                + " its importance-weighted bound; KL: of its z, for each action"})
final class ImitateCommand implements Callable<Integer> {
    /** Samples of z for log p. */
    private static final int SAMPLES = 32;

    /** Who is imitated, by the environment. */
    enum Shown {
        FORK(new ForkExpert()), CROSS(new CrossExpert());

        private final Expert expert;

        Shown(Expert expert) {
            this.expert = expert;
        }
    }

    /** What learns. */
    enum Kind {
        MIXTURE, GAUSSIAN, GAUSSIAN_MEAN, BINS, INDEPENDENT_BINS, CONDITIONAL_VAE
    }

    /** Of one policy and seed. */
    private record Line(Kind kind, long seed, double success, double above, double logLikelihood, double kl) {}

    @Option(names = "--environment", defaultValue = "fork", paramLabel = "NAME",
            description = "fork: past a tree; cross: to one of two corners (${DEFAULT-VALUE})")
    private Shown shown;
    @Option(names = "--policy", defaultValue = "mixture", split = ",", paramLabel = "NAME",
            description = "mixture: of Gaussians; gaussian: one, a draw; gaussian-mean: its mean; bins: each column of"
                    + " the action after those before it; independent-bins; conditional-vae; or several of them"
                    + " (${DEFAULT-VALUE})")
    private Kind[] kinds;
    @Option(names = "--updates", defaultValue = "5000", paramLabel = "N",
            description = "batches that are learned from (${DEFAULT-VALUE})")
    private int updates;
    @Option(names = "--seeds", defaultValue = "0", split = ",", paramLabel = "N",
            description = "each has its own demonstrations and trains each policy (${DEFAULT-VALUE})")
    private List<Long> seeds;
    @Option(names = "--demonstrations", defaultValue = "200", paramLabel = "N",
            description = "episodes that are learned from; half as many others are for log p (${DEFAULT-VALUE})")
    private int demonstrations;
    @Option(names = "--mirrored",
            description = "half of the demonstrations are the mirror images of the others, so that"
                    + " both ways are shown equally often (by chance)")
    private boolean mirrored;
    @Option(names = "--episodes", defaultValue = "200", paramLabel = "N",
            description = "of an evaluation (${DEFAULT-VALUE})")
    private int episodes;
    @Option(names = "--components", paramLabel = "N", description = "of a mixture (5)")
    private Integer components;
    @Option(names = "--bins", paramLabel = "N", description = "of each column of the action, at least 2 (51)")
    private Integer bins;
    @Option(names = "--latent", paramLabel = "N", description = "dimensions of z of a conditional VAE (2)")
    private Integer latent;
    @Option(names = "--warm-up", paramLabel = "N",
            description = "updates over which the weight of its KL grows to 1 (1000)")
    private Integer warmUp;
    @Option(names = "--widths", defaultValue = "64,64", split = ",", paramLabel = "N",
            description = "units of the hidden layers of all networks (64,64)")
    private Integer[] widths;
    @Option(names = "--batch", defaultValue = "128", paramLabel = "N",
            description = "decisions of an update (${DEFAULT-VALUE})")
    private int batch;
    @Option(names = "--learning-rate", defaultValue = "0.001", paramLabel = "X",
            description = "of Adam (${DEFAULT-VALUE})")
    private Double learningRate;
    @Mixin
    private BackendOptions backend;
    @Mixin
    private OutputOptions output;

    private final Console console;

    ImitateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        atLeast("--updates", updates, 1);
        EpisodeCount.require("--episodes", episodes, 1);
        EpisodeCount.require("--demonstrations", demonstrations, 4);
        if (mirrored && demonstrations % 4 != 0) {
            throw Failure.usage("--demonstrations must be a multiple of 4 with --mirrored, not " + demonstrations);
        }
        Effect.require("--components", components, kinds, Set.of(Kind.MIXTURE));
        Effect.require("--bins", bins, kinds, Set.of(Kind.BINS, Kind.INDEPENDENT_BINS));
        Effect.require("--latent", latent, kinds, Set.of(Kind.CONDITIONAL_VAE));
        Effect.require("--warm-up", warmUp, kinds, Set.of(Kind.CONDITIONAL_VAE));
        Effect.requireDifferent("--seeds", seeds);
        Effect.requireDifferent("--policy", Arrays.stream(kinds).map(Names::of).toList());
        Imitation.Settings settings = Names.checked(() -> new Imitation.Settings(Arrays.asList(widths), batch,
                learningRate));
        List<ActionModel> models = Arrays.stream(kinds).map(this::model).toList();
        List<Line> lines = new ArrayList<>();
        try (Backend b = backend.open(console)) {
            for (int k = 0; k < kinds.length; k++) {
                for (long seed : seeds) {
                    lines.add(learn(kinds[k], models.get(k), settings, b, seed));
                }
            }
        }
        output.result(console, json(lines), text(lines));
        return 0;
    }

    private static void atLeast(String option, int value, int least) {
        if (value < least) {
            throw Failure.usage(option + " must be at least " + least + ", not " + value);
        }
    }

    private static int or(Integer given, int otherwise) {
        return given == null ? otherwise : given;
    }

    private ActionModel model(Kind kind) {
        Space.Box box = (Space.Box) shown.expert.environment().actions();
        return Names.checked(() -> switch (kind) {
            case MIXTURE -> new MixtureDensityPolicy(or(components, 5));
            case GAUSSIAN -> new GaussianPolicy(false);
            case GAUSSIAN_MEAN -> new GaussianPolicy(true);
            case BINS -> new DiscretisedPolicy(or(bins, 51), box.low(0), box.high(0), false);
            case INDEPENDENT_BINS -> new DiscretisedPolicy(or(bins, 51), box.low(0), box.high(0), true);
            case CONDITIONAL_VAE -> new ConditionalVaePolicy(or(latent, 2), or(warmUp, 1000));
        });
    }

    private Line learn(Kind kind, ActionModel model, Imitation.Settings settings, Backend b, long seed) {
        Environment environment = shown.expert.environment();
        Demonstrations test = shown(demonstrations / 2, Draws.seed(seed, "test"));
        try (Imitation imitation = new Imitation(model, settings, shown(demonstrations, seed), b, seed);
                Imitation.ActingPolicy policy = imitation.policy(episodes, seed);
                Bar bar = Bar.begun(console, Names.of(kind) + ", seed " + seed)) {
            while (imitation.updates() < updates) {
                imitation.learn((int) Math.min(100, updates - imitation.updates()));
                bar.at(imitation.updates(), updates);
            }
            Episodes played = Episodes.of(policy, environment, episodes);
            return new Line(kind, seed, played.mean("success"), played.mean("above"), imitation.logLikelihood(test,
                    SAMPLES), imitation.kl(test));
        }
    }

    private Demonstrations shown(int count, long seed) {
        return mirrored ? Demonstrations.of(shown.expert, count / 2, seed).mirrored(shown.expert)
                : Demonstrations.of(shown.expert, count, seed);
    }

    private String text(List<Line> lines) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%s: %,d updates, %d episodes%n%-18s %6s %8s"
                + " %6s %8s %7s", Names.of(shown), updates, episodes, "", "seed", "success", "above", "log p", "KL"));
        for (Line l : lines) {
            text.append(String.format(Locale.ROOT, "%n%-18s %6d %8.3f %6.2f %8.3f %7.3f", Names.of(l.kind()), l.seed(),
                    l.success(), l.above(), l.logLikelihood(), l.kl()));
        }
        return text.toString();
    }

    private JsonObject json(List<Line> lines) {
        JsonObject o = new JsonObject();
        o.addProperty("environment", Names.of(shown));
        o.addProperty("updates", updates);
        o.addProperty("demonstrations", demonstrations);
        o.addProperty("mirrored", mirrored);
        o.addProperty("episodes", episodes);
        JsonArray all = new JsonArray();
        for (Line l : lines) {
            JsonObject each = new JsonObject();
            each.addProperty("policy", Names.of(l.kind()));
            each.addProperty("seed", l.seed());
            each.addProperty("success", l.success());
            each.addProperty("above", l.above());
            each.addProperty("log_likelihood", l.logLikelihood());
            each.addProperty("kl", l.kl());
            all.add(each);
        }
        o.add("policies", all);
        return o;
    }
}
