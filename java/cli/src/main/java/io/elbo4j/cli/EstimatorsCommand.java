package io.elbo4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.elbo4j.Backend;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.estimator.CategoricalEstimators;
import io.elbo4j.train.estimator.Estimator;
import io.elbo4j.train.estimator.Estimators;
import io.elbo4j.train.estimator.GaussianEstimators;
import io.elbo4j.train.estimator.Measurement;
import io.elbo4j.train.model.CategoricalVae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.picture.Lines;
import io.elbo4j.train.run.Trained;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "estimators", sortOptions = false, description = {
        "Measures estimators of the gradient of a trained vae or categorical-vae, with respect to its encoder, at fixed"
                + " parameters and rows: bias, variance, signal to noise.",
        "norm: of the mean of the draws; variance: of one draw, the sum over the parameters; ratio: of the variance to"
                + " that of the first estimator of the same bound and M that draws, the reparameterised one where there"
                + " is one; signal/noise: norm / sqrt(variance);",
        "bias: along the gradient, in standard errors, against draws of the first estimator of the same bound"})
final class EstimatorsCommand implements Callable<Integer> {
    @Mixin
    private CheckpointOption checkpoint;
    @Mixin
    private DataOptions data;
    @Option(names = "--rows", defaultValue = "32", paramLabel = "N",
            description = "rows of the test set, the first ones (${DEFAULT-VALUE})")
    private int rows;
    @Option(names = "--draws", defaultValue = "1000", paramLabel = "N",
            description = "draws of each estimator, at least 2 (${DEFAULT-VALUE})")
    private int draws;
    @Option(names = "--samples", defaultValue = "1,4,16", split = ",", paramLabel = "M", description = {
            "samples of z for each row, several numbers: M of an ELBO, K of an importance-weighted bound"
                    + " (${DEFAULT-VALUE})"})
    private int[] samples;
    @Option(names = "--temperature", paramLabel = "X",
            description = "of relaxed classes, of a categorical-vae (1)")
    private Float temperature;
    @Option(names = "--picture", paramLabel = "FILE.png",
            description = "also draws the variance of each estimator over the samples (not drawn)")
    private Path picture;
    @Mixin
    private BackendOptions backend;
    @Mixin
    private OutputOptions output;

    private final Console console;

    EstimatorsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (rows < 1 || draws < 2 || Arrays.stream(samples).anyMatch(m -> m < 1)) {
            throw Failure.usage(rows < 1 ? "--rows must be at least 1, not " + rows
                    : draws < 2 ? "--draws must be at least 2, not " + draws
                    : "--samples must be numbers of at least 1, not " + Arrays.stream(samples).mapToObj(
                            String::valueOf).collect(Collectors.joining(",")));
        }
        Effect.requireDifferent("--samples", Arrays.stream(samples).boxed().toList());
        if (picture != null) {
            OutputFile.requirePng("--picture", picture);
        }
        Checkpoint.Loaded loaded = checkpoint.read("--picture", picture);
        if (loaded.checkpoint().standardisation().kind() != Standardisation.Kind.NONE) {
            throw Failure.usage(checkpoint.file() + " was trained with --standardise, which this command does not"
                    + " take");
        }
        List<Estimator> estimators = estimators(loaded.checkpoint().model());
        try (DataSource source = data.readFor(loaded, console, "--picture", picture)) {
            measure(loaded, estimators, source.test().first(Math.min(rows, source.test().rows())));
        }
        return 0;
    }

    private List<Estimator> estimators(Record model) {
        if (model instanceof VaeSettings vae) {
            if (temperature != null) {
                throw Failure.usage("--temperature goes with a categorical-vae, whose classes can be relaxed; "
                        + checkpoint.file() + " is of a vae");
            }
            if (vae.prior() != VaeSettings.Prior.STANDARD) {
                throw Failure.usage(checkpoint.file() + " has the prior " + Names.of(vae.prior())
                        + "; estimators are measured with the prior standard, whose KL has a closed form");
            }
            return GaussianEstimators.of(vae);
        }
        if (model instanceof CategoricalVae.Settings categorical) {
            return Names.checked(() -> CategoricalEstimators.of(categorical, temperature == null ? 1
                    : temperature));
        }
        throw Failure.usage(checkpoint.file() + " is of another model than vae or categorical-vae, whose estimators"
                + " can be measured");
    }

    private void measure(Checkpoint.Loaded loaded, List<Estimator> estimators, Images images) {
        try (Backend b = backend.open(console); Trained model = checkpoint.open(loaded, b)) {
            int all = estimators.size() * samples.length;
            List<Measurement> found = Bar.during(console, "estimators", bar -> {
                int[] done = {0};
                return new Estimators(b, model.parameters(), images.copyRows(0, images.rows()), draws, checkpoint.seed(
                        model)).measure(estimators, samples, m -> bar.at(++done[0], all));
            });
            if (picture != null) {
                OutputFile.write(console, picture, () -> draw(estimators, found));
            }
            output.result(console, json(found, images, b), text(found, images));
        }
    }

    /** A line for each estimator, whose colour does not depend on which have been measured. */
    private void draw(List<Estimator> estimators, List<Measurement> found) {
        List<Lines.Series> series = estimators.stream().map(e -> {
            List<Measurement> of = found.stream().filter(m -> m.estimator().equals(e)).toList();
            return new Lines.Series(e.name(), of.stream().mapToDouble(Measurement::samples).toArray(), of.stream()
                    .mapToDouble(Measurement::variance).toArray());
        }).toList();
        Lines lines = new Lines("Variance of a draw of the gradient", "samples of z for each row",
                "sum over the parameters", true, true);
        lines.write(picture, series);
    }

    /** That of the variance to the one that it is judged by, which an exact gradient cannot be. */
    private static OptionalDouble ratio(Measurement of, List<Measurement> all) {
        return all.stream().filter(m -> m.samples() == of.samples() && m.estimator().bound() == of.estimator().bound()
                && m.estimator().classes() == 0).mapToDouble(m -> of.variance() / m.variance()).limit(1).filter(
                        Double::isFinite).findFirst();
    }

    private String text(List<Measurement> found, Images images) {
        int width = found.stream().mapToInt(m -> m.estimator().name().length()).max().orElseThrow();
        String lines = found.stream().map(m -> String.format(Locale.ROOT, "%-" + width
                + "s  %5d  %10.4g  %10.4g  %8s  %12.4g  %8.1f%s%n", m.estimator().name(), m.samples(), m.norm(), m
                        .variance(), Comparisons.number("%.3g", ratio(m, found)), m.signalToNoise(), m.standardErrors(),
                m.estimator().biased() ? "  (biased)" : ""))
                .collect(Collectors.joining());
        return String.format(Locale.ROOT, "%,d rows, %,d draws of each%n%-" + width
                + "s  %5s  %10s  %10s  %8s  %12s  %8s%n", images.rows(), draws, "", "M", "norm", "variance",
                "ratio", "signal/noise", "bias/se") + lines.stripTrailing();
    }

    private JsonObject json(List<Measurement> found, Images images, Backend b) {
        JsonArray each = new JsonArray();
        for (Measurement m : found) {
            JsonObject o = new JsonObject();
            o.addProperty("estimator", m.estimator().name());
            o.addProperty("bound", m.estimator().bound().name().toLowerCase(Locale.ROOT).replace('_', '-'));
            o.addProperty("samples", m.samples());
            o.addProperty("norm", m.norm());
            o.addProperty("variance", m.variance());
            o.add("variance_ratio", Comparisons.json(ratio(m, found)));
            o.addProperty("signal_to_noise", Double.isFinite(m.signalToNoise()) ? m.signalToNoise() : null);
            o.addProperty("bias", m.bias());
            o.addProperty("standard_error", m.standardError());
            each.add(o);
        }
        JsonObject o = new JsonObject();
        o.add("measurements", each);
        o.addProperty("rows", images.rows());
        o.addProperty("draws", draws);
        o.addProperty("checkpoint", checkpoint.file().toString());
        o.addProperty("backend", b.name());
        o.addProperty("threads", b.threads());
        return o;
    }
}
