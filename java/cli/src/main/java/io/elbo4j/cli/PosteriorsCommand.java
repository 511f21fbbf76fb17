package io.elbo4j.cli;

import com.google.gson.JsonObject;
import io.elbo4j.Backend;
import io.elbo4j.Workers;
import io.elbo4j.train.picture.HeatMaps;
import io.elbo4j.train.posterior.Banana;
import io.elbo4j.train.posterior.ChainSettings;
import io.elbo4j.train.posterior.Comparison;
import io.elbo4j.train.posterior.EnergySettings;
import io.elbo4j.train.posterior.FitSettings;
import io.elbo4j.train.posterior.GaussianFamily;
import io.elbo4j.train.posterior.HamiltonianMonteCarlo;
import io.elbo4j.train.posterior.LinearObservation;
import io.elbo4j.train.posterior.MetropolisAdjustedLangevin;
import io.elbo4j.train.posterior.RandomWalk;
import io.elbo4j.train.posterior.ScoreSettings;
import io.elbo4j.train.posterior.Target;
import io.elbo4j.train.posterior.Transition;
import io.elbo4j.train.posterior.TwoModes;
import io.elbo4j.train.posterior.UnadjustedLangevin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "posteriors", sortOptions = false, description = {
        "Compares ways to a posterior on the plane with the exact one, by quadrature: Markov chains, Gaussians that are"
                + " fitted, and score matching and an energy-based model, which see points of the posterior alone.",
        "mean, covariance: how far they are off; KL: KL(it || exact) on a grid, in nats;",
        "evals/sample: evaluations of the target for an effective sample of the bulk; R-hat: 1 where the chains have"
                + " met; both of ranks"})
final class PosteriorsCommand implements Callable<Integer> {
    /** What is compared. */
    enum Of {
        LINEAR_GAUSSIAN(LinearObservation.standard()),
        BANANA(Banana.standard()),
        TWO_MODES(TwoModes.standard());

        private final Target target;

        Of(Target target) {
            this.target = target;
        }
    }

    private static final int POINTS = 20_000;

    @Option(names = "--target", defaultValue = "linear-gaussian,banana,two-modes", split = ",", paramLabel = "NAME",
            description = "linear-gaussian (a decoder of one number), banana, two-modes, or several (all)")
    private Of[] targets;
    @Option(names = "--chains", defaultValue = "256", paramLabel = "N",
            description = "Markov chains, at least 2 (${DEFAULT-VALUE})")
    private int chains;
    @Option(names = "--warm-up", defaultValue = "500", paramLabel = "N",
            description = "first steps of each chain, which are thrown away (${DEFAULT-VALUE})")
    private int warmUp;
    @Option(names = "--steps", defaultValue = "4000", paramLabel = "N",
            description = "steps of each chain that are kept (${DEFAULT-VALUE})")
    private int steps;
    @Option(names = "--spread", defaultValue = "0.5", paramLabel = "X",
            description = "standard deviation of where chains start (${DEFAULT-VALUE})")
    private Double spread;
    @Option(names = "--deviation", defaultValue = "1.2", paramLabel = "X",
            description = "standard deviation of a random walk's proposals (${DEFAULT-VALUE})")
    private Double deviation;
    @Option(names = "--step-size", defaultValue = "0.2", paramLabel = "X",
            description = "of Langevin steps, z + X / 2 gradient + sqrt(X) noise (${DEFAULT-VALUE})")
    private Double stepSize;
    @Option(names = "--leaps", defaultValue = "3", paramLabel = "N",
            description = "leapfrog steps of a step of HMC, each of the square root of --step-size (${DEFAULT-VALUE})")
    private int leaps;
    @Option(names = "--samples", defaultValue = "64", paramLabel = "M",
            description = "of z in each update of a Gaussian (${DEFAULT-VALUE})")
    private int samples;
    @Option(names = "--updates", defaultValue = "2000", paramLabel = "N",
            description = "of a Gaussian, and of the networks of scores and energies, by Adam (${DEFAULT-VALUE})")
    private int updates;
    @Option(names = "--learning-rate", defaultValue = "0.03", paramLabel = "X",
            description = "of the first update of a Gaussian; it falls to 0 (${DEFAULT-VALUE})")
    private Double learningRate;
    @Option(names = "--draws", defaultValue = "4000", paramLabel = "N",
            description = "by score matching, from 20,000 points; their number adds to the KL (${DEFAULT-VALUE})")
    private int draws;
    @Option(names = "--seed", defaultValue = "0", paramLabel = "N",
            description = "of all that is random (${DEFAULT-VALUE})")
    private Long seed;
    @Option(names = "--picture", paramLabel = "FILE.png", description = "also draws the densities, the exact one first,"
            + " a row for each target (not drawn)")
    private Path picture;
    @Mixin
    private BackendOptions backend;
    @Mixin
    private OutputOptions output;

    private final Console console;

    PosteriorsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Effect.requireDifferent("--target", Names.all(targets));
        if (picture != null) {
            OutputFile.requirePng("--picture", picture);
        }
        ChainSettings ofChains = Names.checked(() -> new ChainSettings(chains, warmUp, steps, spread, seed));
        FitSettings ofFits = Names.checked(() -> new FitSettings(samples, updates, learningRate, seed));
        List<Transition> transitions = Names.checked(() -> List.of(new RandomWalk(deviation),
                new MetropolisAdjustedLangevin(
                        stepSize), new UnadjustedLangevin(stepSize), new HamiltonianMonteCarlo(Math.sqrt(stepSize),
                                leaps)));
        ScoreSettings ofScores = Names.checked(() -> ScoreSettings.of(seed).withUpdates(updates));
        if (draws < 1) {
            throw Failure.usage("--draws must be at least 1, not " + draws);
        }
        try (Backend b = backend.open(console); Workers workers = new Workers(b.threads())) {
            List<Supplier<Comparison.Row>> ways = new ArrayList<>();
            List<List<HeatMaps.Map>> maps = new ArrayList<>();
            for (Of of : targets) {
                Comparison comparison = new Comparison(of.target);
                maps.add(new ArrayList<>(List.of(new HeatMaps.Map(of.target.name() + ", exact", comparison
                        .exactShares()))));
                transitions.forEach(transition -> ways.add(() -> comparison.chains(transition, ofChains, workers)));
                List.of(GaussianFamily.FULL, GaussianFamily.DIAGONAL).forEach(family -> ways.add(() -> comparison.fit(
                        family, ofFits, b)));
                ways.add(() -> comparison.scores(ofScores, POINTS, draws, b));
                ways.add(() -> comparison.energy(EnergySettings.of(seed).withUpdates(updates), POINTS, b));
            }
            List<Comparison.Row> rows = Comparisons.run(console, "posteriors", ways);
            if (picture != null) {
                int each = rows.size() / maps.size();
                for (int i = 0; i < rows.size(); i++) {
                    maps.get(i / each).add(new HeatMaps.Map(rows.get(i).method(), rows.get(i).shares()));
                }
                OutputFile.write(console, picture, () -> HeatMaps.write(picture, maps));
            }
            output.result(console, Comparisons.json("posteriors", rows, PosteriorsCommand::json, b), text(rows));
            rows.forEach(r -> Comparisons.noteStill(console, r.method() + " on " + r.target(), r.acceptanceRate(),
                    "--deviation or --step-size"));
        }
        return 0;
    }

    private String text(List<Comparison.Row> rows) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%,d chains of %,d + %,d steps, %,d updates"
                + " by %,d samples%n%-15s  %-22s  %8s  %10s  %8s  %8s  %12s  %7s",
                chains, warmUp, steps, updates, samples, "", "", "mean", "covariance", "KL", "accepted", "evals/sample",
                "R-hat"));
        for (Comparison.Row r : rows) {
            text.append(String.format(Locale.ROOT, "%n%-15s  %-22s  %8.4f  %10.4f  %8.4f  %8s  %12s  %7s", r.target(), r
                    .method(), r.meanError(), r.covarianceError(), r.kl(), Comparisons.number("%.2f", r
                            .acceptanceRate()), Comparisons.number("%.1f", r.evaluationsPerSample()),
                    Comparisons.number("%.4f", r.rHat())));
        }
        return text.toString();
    }

    private static JsonObject json(Comparison.Row r) {
        JsonObject o = new JsonObject();
        o.addProperty("target", r.target());
        o.addProperty("method", r.method());
        o.addProperty("mean_error", r.meanError());
        o.addProperty("covariance_error", r.covarianceError());
        o.addProperty("kl", r.kl());
        o.add("acceptance_rate", Comparisons.json(r.acceptanceRate()));
        o.add("evaluations_per_sample", Comparisons.json(r.evaluationsPerSample()));
        o.add("r_hat", Comparisons.json(r.rHat()));
        return o;
    }
}
