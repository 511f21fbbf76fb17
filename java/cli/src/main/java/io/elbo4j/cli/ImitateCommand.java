package io.elbo4j.cli;

import com.google.gson.JsonObject;
import io.elbo4j.Backend;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.environment.TimeLimit;
import io.elbo4j.control.evaluation.Episodes;
import io.elbo4j.control.imitation.ActionChunks;
import io.elbo4j.control.imitation.ActionModel;
import io.elbo4j.control.imitation.ConditionalVaePolicy;
import io.elbo4j.control.imitation.Demonstrations;
import io.elbo4j.control.imitation.DiscretisedPolicy;
import io.elbo4j.control.imitation.GaussianPolicy;
import io.elbo4j.control.imitation.Imitation;
import io.elbo4j.control.imitation.LatentPlans;
import io.elbo4j.control.imitation.MixtureDensityPolicy;
import io.elbo4j.control.imitation.ReacherPlay;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "imitate", sortOptions = false, description = {
        "Learns policies p(a given s) from demonstrations of an expert that goes one of two ways, by chance, or stops"
                + " on its way, or from play, and says how often they get there, which way they go, and log p of other"
                + " demonstrations.",
        "success: of the episodes; 30 steps: within so many; above: how many go the first way; stalled: how many never"
                + " arrive anywhere; log p: of an action, in nats, of a conditional VAE its importance-weighted bound;"
                + " error: mean |a - prediction| of chunks; KL: of z, for each action, chunk or window"})
final class ImitateCommand implements Callable<Integer> {
    private static final int SOON = 30;

    @Mixin
    private ShownOptions shown;
    @Option(names = "--policy", defaultValue = "mixture", split = ",", paramLabel = "NAME",
            description = "mixture: of Gaussians; gaussian: one, a draw; gaussian-mean: its mean; bins: each column of"
                    + " the action after those before it; independent-bins; conditional-vae; chunks: of the next"
                    + " actions at once; chunk-vae: the same by a conditional VAE; latent-plan: a plan z for the way"
                    + " to a goal, from play; or several of them (${DEFAULT-VALUE})")
    private ImitationKind[] kinds;
    @Option(names = "--updates", defaultValue = "5000", paramLabel = "N",
            description = "batches that are learned from (${DEFAULT-VALUE})")
    private int updates;
    @Option(names = "--seeds", defaultValue = "0", split = ",", paramLabel = "N",
            description = "each has its own demonstrations and trains each policy (${DEFAULT-VALUE})")
    private List<Long> seeds;
    @Option(names = "--episodes", defaultValue = "200", paramLabel = "N",
            description = "of an evaluation (${DEFAULT-VALUE})")
    private int episodes;
    @Option(names = "--components", paramLabel = "N", description = "of a mixture (5)")
    private Integer components;
    @Option(names = "--bins", paramLabel = "N", description = "of each column of the action, at least 2 (51)")
    private Integer bins;
    @Option(names = "--latent", paramLabel = "N",
            description = "dimensions of z: conditional-vae, chunk-vae, latent-plan (2, 4, 8)")
    private Integer latent;
    @Option(names = "--warm-up", paramLabel = "N",
            description = "updates over which the weight of the KL of a conditional-vae grows to 1 (1000)")
    private Integer warmUp;
    @Option(names = "--kl-weight", paramLabel = "X",
            description = "of the KL beside the mean error of an action, chunk-vae, or beside its mean -log p,"
                    + " latent-plan (0.01, 0.02)")
    private Double klWeight;
    @Mixin
    private ChunkOptions chunks;
    @Option(names = "--every", paramLabel = "N", description = "latent-plan: steps for which a plan is followed (16)")
    private Integer every;
    @Option(names = "--widths", defaultValue = "64,64", split = ",", paramLabel = "N",
            description = "units of the hidden layers of all networks (64,64)")
    private Integer[] widths;
    @Option(names = "--batch", defaultValue = "128", paramLabel = "N",
            description = "decisions, chunks or windows of an update (${DEFAULT-VALUE})")
    private int batch;
    @Option(names = "--learning-rate", defaultValue = "0.001", paramLabel = "X",
            description = "of Adam (${DEFAULT-VALUE})")
    private Double learningRate;
    @Option(names = "--normalise",
            description = "networks see what is seen less its mean, over its deviation; always so in reacher2 (not)")
    private boolean normalise;
    @Option(names = "--picture", paramLabel = "FILE.png",
            description = "draws the ways of who is imitated, and of each policy of the first seed, from three starts")
    private Path picture;
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
        shown.check(kinds);
        chunks.check(kinds);
        requireEffects();
        if (picture != null) {
            OutputFile.requirePng("--picture", picture);
        }
        Imitation.Settings settings = Names.checked(() -> new Imitation.Settings(Arrays.asList(widths), batch,
                learningRate, normalise || shown.task().isPlay()));
        for (ImitationKind kind : kinds) {
            check(kind, settings);
        }
        ImitationPaths paths = picture == null ? null : new ImitationPaths(shown.task(), seeds.get(0));
        List<ImitationLine> lines = new ArrayList<>();
        try (Backend b = backend.open(console)) {
            for (ImitationKind kind : kinds) {
                for (long seed : seeds) {
                    lines.addAll(learn(kind, settings, b, seed, seed == seeds.get(0) ? paths : null));
                }
            }
        }
        if (paths != null) {
            OutputFile.write(console, picture, () -> paths.write(picture));
        }
        output.result(console, json(lines), String.format(Locale.ROOT, "%s: %,d updates, %d episodes%n", Names.of(shown
                .task()),
                updates, episodes) + ImitationLine.table(lines));
        return 0;
    }

    private void requireEffects() {
        Effect.require("--components", components, kinds, Set.of(ImitationKind.MIXTURE));
        Effect.require("--bins", bins, kinds, Set.of(ImitationKind.BINS, ImitationKind.INDEPENDENT_BINS));
        Effect.require("--latent", latent, kinds, Set.of(ImitationKind.CONDITIONAL_VAE, ImitationKind.CHUNK_VAE,
                ImitationKind.LATENT_PLAN));
        Effect.require("--warm-up", warmUp, kinds, Set.of(ImitationKind.CONDITIONAL_VAE));
        Effect.require("--kl-weight", klWeight, kinds, Set.of(ImitationKind.CHUNK_VAE, ImitationKind.LATENT_PLAN));
        Effect.require("--every", every, kinds, Set.of(ImitationKind.LATENT_PLAN));
        Effect.requireDifferent("--seeds", seeds);
        Effect.requireDifferent("--policy", Names.all(kinds));
        atLeast("--every", or(every, 16), 1);
    }

    private static void atLeast(String option, int value, int least) {
        if (value < least) {
            throw Failure.usage(option + " must be at least " + least + ", not " + value);
        }
    }

    private static <T> T or(T given, T otherwise) {
        return given == null ? otherwise : given;
    }

    /** What it would be made of. */
    private void check(ImitationKind kind, Imitation.Settings settings) {
        switch (kind) {
            case CHUNKS, CHUNK_VAE -> ofChunks(kind, settings);
            case LATENT_PLAN -> plans(settings);
            default -> model(kind);
        }
    }

    private ActionModel model(ImitationKind kind) {
        Space.Box box = (Space.Box) shown.task().environment().actions();
        return Names.checked(() -> switch (kind) {
            case MIXTURE -> new MixtureDensityPolicy(or(components, 5));
            case GAUSSIAN -> new GaussianPolicy(false);
            case GAUSSIAN_MEAN -> new GaussianPolicy(true);
            case BINS -> new DiscretisedPolicy(or(bins, 51), box.low(0), box.high(0), false);
            case INDEPENDENT_BINS -> new DiscretisedPolicy(or(bins, 51), box.low(0), box.high(0), true);
            case CONDITIONAL_VAE -> new ConditionalVaePolicy(or(latent, 2), or(warmUp, 1000));
            default -> throw new IllegalStateException(kind + " is no model of single actions");
        });
    }

    private ActionChunks.Settings ofChunks(ImitationKind kind, Imitation.Settings settings) {
        return chunks.settings(kind, or(latent, 4), or(klWeight, 0.01), settings);
    }

    private LatentPlans.Settings plans(Imitation.Settings settings) {
        return Names.checked(() -> new LatentPlans.Settings(ReacherPlay.GOAL, shown.window(), or(latent, 8), or(
                klWeight, 0.02), settings));
    }

    private ImitationModel begin(ImitationKind kind, Imitation.Settings settings, Backend b, long seed) {
        Demonstrations learned = shown.shown(seed);
        Demonstrations test = shown.test(seed);
        return switch (kind) {
            case CHUNKS, CHUNK_VAE -> chunks.model(kind, ofChunks(kind, settings), learned, test, b, seed);
            case LATENT_PLAN -> ImitationModel.of(new LatentPlans(plans(settings), learned, b, seed), or(every, 16),
                    test,
                    seed);
            default -> ImitationModel.of(new Imitation(model(kind), settings, shown.decisions(learned), b, seed), shown
                    .decisions(test), seed);
        };
    }

    private List<ImitationLine> learn(ImitationKind kind, Imitation.Settings settings, Backend b, long seed,
            ImitationPaths paths) {
        try (ImitationModel model = begin(kind, settings, b, seed);
                Bar bar = Bar.begun(console, Names.of(kind) + ", seed " + seed)) {
            for (int done = 0; done < updates;) {
                int next = Math.min(100, updates - done);
                model.learn().accept(next);
                done += next;
                bar.at(done, updates);
            }
            Map<ImitationLine.Number, Double> measured = model.measured().get();
            List<ImitationLine> lines = new ArrayList<>();
            model.policies().forEach((way, policy) -> {
                Map<ImitationLine.Number, Double> numbers = new EnumMap<>(measured);
                try (Imitation.ActingPolicy acting = policy.apply(episodes)) {
                    numbers.putAll(played(acting));
                }
                ImitationLine line = new ImitationLine(Names.of(kind), way, seed, numbers);
                lines.add(line);
                if (paths != null) {
                    try (Imitation.ActingPolicy acting = policy.apply(ImitationPaths.WAYS)) {
                        paths.add(line, acting);
                    }
                }
            });
            return lines;
        }
    }

    private Map<ImitationLine.Number, Double> played(Imitation.ActingPolicy policy) {
        Map<ImitationLine.Number, Double> numbers = new EnumMap<>(ImitationLine.Number.class);
        Environment environment = shown.task().environment();
        Episodes all = Episodes.of(policy, environment, episodes);
        for (ImitationLine.Number n : ImitationLine.Number.values()) {
            if (all.endings().get(0).containsKey(n.key())) {
                numbers.put(n, all.mean(n.key()));
            }
        }
        if (shown.task().isPlay()) {
            numbers.put(ImitationLine.Number.WITHIN_30, Episodes.of(policy, new TimeLimit(environment, SOON), episodes)
                    .mean("success"));
        }
        return numbers;
    }

    private JsonObject json(List<ImitationLine> lines) {
        JsonObject o = new JsonObject();
        o.addProperty("environment", Names.of(shown.task()));
        o.addProperty("updates", updates);
        o.addProperty(shown.task().isPlay() ? "play" : "demonstrations", shown.count());
        if (shown.task().isPlay()) {
            o.addProperty("window", shown.window());
        } else {
            o.addProperty("mirrored", shown.mirrored());
        }
        o.addProperty("episodes", episodes);
        o.add("policies", ImitationLine.json(lines));
        return o;
    }
}
