package io.elbo4j.cli;

import com.google.gson.JsonObject;
import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Workers;
import io.elbo4j.train.picture.Bands;
import io.elbo4j.train.posterior.ChainSettings;
import io.elbo4j.train.posterior.HamiltonianMonteCarlo;
import io.elbo4j.train.posterior.NetworkComparison;
import io.elbo4j.train.posterior.NetworkSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "weights", sortOptions = false, description = {
        "Compares ways to a posterior over the weights of a network that learns y = x^3 + noise from a few points:"
                + " the most likely weights (MAP), mean-field inference, an ensemble, and long Markov chains by"
                + " Hamiltonian Monte Carlo.",
        "covered: how many of 1,000 other points lie in their 90 %% intervals; log p(y): of these, in nats;",
        "sd at data: of the function; middle, outside: its sd for |x| < 1 and at |x| = 6, over that at the data;",
        "R-hat: 1 where the chains have met. Mean field stays narrow in a gap: its weights are independent"})
final class WeightsCommand implements Callable<Integer> {
    /** What is learned from. */
    enum Data {
        CUBIC, GAP
    }

    /** Of the hidden layer. */
    enum Units {
        RELU(Activation.RELU), TANH(Activation.TANH);

        private final Activation activation;

        Units(Activation activation) {
            this.activation = activation;
        }
    }

    private record Line(Data data, NetworkComparison.Row row) {}

    @Option(names = "--data", defaultValue = "cubic,gap", split = ",", paramLabel = "NAME",
            description = "cubic: x from -4 to 4; gap: none with |x| below 1.5; or both (both)")
    private Data[] data;
    @Option(names = "--points", defaultValue = "20", paramLabel = "N",
            description = "of the data (${DEFAULT-VALUE})")
    private int points;
    @Option(names = "--units", defaultValue = "50", paramLabel = "N",
            description = "hidden units (${DEFAULT-VALUE})")
    private int units;
    @Option(names = "--activation", defaultValue = "relu", paramLabel = "NAME",
            description = "of the hidden units: relu or tanh (${DEFAULT-VALUE})")
    private Units activation;
    @Option(names = "--deviation", defaultValue = "1", paramLabel = "X",
            description = "standard deviation of the prior: of biases, and of weights times the square root of their"
                    + " number; the larger, the smaller a --step-size of the chains (${DEFAULT-VALUE})")
    private Double deviation;
    @Option(names = "--updates", defaultValue = "3000", paramLabel = "N",
            description = "of MAP, of mean-field inference and of each member, by Adam (${DEFAULT-VALUE})")
    private int updates;
    @Option(names = "--samples", defaultValue = "8", paramLabel = "M",
            description = "of each point in an update of mean-field inference (${DEFAULT-VALUE})")
    private int samples;
    @Option(names = "--learning-rate", defaultValue = "0.005", paramLabel = "X",
            description = "of these updates (${DEFAULT-VALUE})")
    private Double learningRate;
    @Option(names = "--members", defaultValue = "10", paramLabel = "N",
            description = "of the ensemble, at least 2 (${DEFAULT-VALUE})")
    private int members;
    @Option(names = "--draws", defaultValue = "500", paramLabel = "N",
            description = "of the weights by which q and the chains are judged (${DEFAULT-VALUE})")
    private int draws;
    @Option(names = "--chains", defaultValue = "4", paramLabel = "N",
            description = "Markov chains, at least 2 (${DEFAULT-VALUE})")
    private int chains;
    @Option(names = "--warm-up", defaultValue = "500", paramLabel = "N",
            description = "first steps of each chain, which are thrown away (${DEFAULT-VALUE})")
    private int warmUp;
    @Option(names = "--steps", defaultValue = "2000", paramLabel = "N",
            description = "steps of each chain that are kept (${DEFAULT-VALUE})")
    private int steps;
    @Option(names = "--spread", defaultValue = "0.5", paramLabel = "X",
            description = "standard deviation of where chains start (${DEFAULT-VALUE})")
    private Double spread;
    @Option(names = "--step-size", defaultValue = "0.02", paramLabel = "X",
            description = "of a leapfrog step (${DEFAULT-VALUE})")
    private Double stepSize;
    @Option(names = "--leaps", defaultValue = "30", paramLabel = "N",
            description = "leapfrog steps of a step (${DEFAULT-VALUE})")
    private int leaps;
    @Option(names = "--seed", defaultValue = "0", paramLabel = "N",
            description = "of all that is random (${DEFAULT-VALUE})")
    private Long seed;
    @Option(names = "--picture", paramLabel = "FILE.png", description = "also draws the functions, their mean and 1.645"
            + " of their standard deviations to either side of it, of one --data (not drawn)")
    private Path picture;
    @Mixin
    private BackendOptions backend;
    @Mixin
    private OutputOptions output;

    private final Console console;

    WeightsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Effect.requireDifferent("--data", Names.all(data));
        if (picture != null) {
            OutputFile.requirePng("--picture", picture);
            if (data.length > 1) {
                throw Failure.usage("--picture goes with one --data, as --data gap, not with " + data.length);
            }
        }
        NetworkSettings settings = Names.checked(() -> new NetworkSettings(points, units, activation.activation,
                deviation, updates, samples, learningRate, members, draws, seed));
        ChainSettings ofChains = Names.checked(() -> new ChainSettings(chains, warmUp, steps, spread, seed));
        HamiltonianMonteCarlo hmc = Names.checked(() -> new HamiltonianMonteCarlo(stepSize, leaps));
        try (Backend b = backend.open(console); Workers workers = new Workers(b.threads())) {
            List<Supplier<Line>> ways = new ArrayList<>();
            double[][] points = {};
            for (Data each : data) {
                NetworkComparison c = new NetworkComparison(settings, each == Data.GAP);
                points = c.points();
                ways.add(() -> new Line(each, c.maximum()));
                ways.add(() -> new Line(each, c.meanField(b)));
                ways.add(() -> new Line(each, c.ensemble(b)));
                ways.add(() -> new Line(each, c.chains(hmc, ofChains, workers)));
            }
            List<Line> lines = Comparisons.run(console, "weights", ways);
            if (picture != null) {
                draw(lines, points);
            }
            output.result(console, Comparisons.json("weights", lines, WeightsCommand::json, b), text(lines));
            lines.forEach(line -> Comparisons.noteStill(console, line.row().method() + " on " + Names.of(line.data()),
                    line.row().acceptanceRate(), "--step-size"));
        }
        return 0;
    }

    private void draw(List<Line> lines, double[][] points) {
        OutputFile.write(console, picture, () -> new Bands("What is known of y = x^3 by " + points[0].length
                + " points", "x", "y").write(picture, lines.stream().map(line -> line.row().curve()).toList(),
                        points[0], points[1]));
    }

    private String text(List<Line> lines) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
                "%,d points, %,d %s units; %,d chains of %,d + %,d steps of %,d leaps%n%-5s  %-14s  %7s  %8s  %10s  %6s"
                        + "  %7s  %8s  %8s",
                points, units, Names.of(activation), chains, warmUp, steps, leaps, "", "", "covered", "log p(y)",
                "sd at data", "middle", "outside", "accepted", "R-hat"));
        for (Line line : lines) {
            NetworkComparison.Row r = line.row();
            text.append(String.format(Locale.ROOT, "%n%-5s  %-14s  %5.1f %%  %8.3f  %10.3f  %6s  %7s  %8s  %8s", Names
                    .of(line.data()), r.method(), 100 * r.coverage(), r.logLikelihood(), r.deviation(), Comparisons
                            .number("%.2f",
                                    ratio(r.inGap())), Comparisons.number("%.2f", ratio(r.outside())), Comparisons
                                            .number("%.2f", r.acceptanceRate()),
                    Comparisons.number("%.4f", r.rHat())));
        }
        return text.toString();
    }

    /** One function has no deviation at the data, over which others could be. */
    private static OptionalDouble ratio(double of) {
        return Double.isNaN(of) ? OptionalDouble.empty() : OptionalDouble.of(of);
    }

    private static JsonObject json(Line line) {
        NetworkComparison.Row r = line.row();
        JsonObject o = new JsonObject();
        o.addProperty("data", Names.of(line.data()));
        o.addProperty("method", r.method());
        o.addProperty("coverage", r.coverage());
        o.addProperty("log_likelihood", r.logLikelihood());
        o.addProperty("deviation", r.deviation());
        o.add("in_gap", Comparisons.json(ratio(r.inGap())));
        o.add("outside", Comparisons.json(ratio(r.outside())));
        o.add("acceptance_rate", Comparisons.json(r.acceptanceRate()));
        o.add("r_hat", Comparisons.json(r.rHat()));
        return o;
    }
}
