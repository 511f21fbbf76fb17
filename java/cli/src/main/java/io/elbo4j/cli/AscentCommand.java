package io.elbo4j.cli;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.elbo4j.Backend;
import io.elbo4j.train.ascent.AscentSettings;
import io.elbo4j.train.ascent.LinearGaussianAscent;
import io.elbo4j.train.ascent.MixtureAscent;
import io.elbo4j.train.picture.Lines;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "ascent", sortOptions = false, description = {
        "Climbs log p(x) where it is known exactly, from one start in several ways: by its gradient, by EM, which"
                + " maximises the expected log-likelihood under p(z | x) again and again, and by the gradient of the"
                + " ELBO.",
        "log p(x) - expected log-likelihood is the entropy of p(z | x): of classes at least 0; of linear-gaussian's z,"
                + " which is continuous, it may be negative, and the expected log-likelihood lies above log p(x).",
        "log p(x) = ELBO + KL(q || p(z | x)), all of them exact means over the points"})
final class AscentCommand implements Callable<Integer> {
    /** What is climbed. */
    enum Of {
        GAUSSIAN_MIXTURE(MixtureAscent::of), LINEAR_GAUSSIAN(LinearGaussianAscent::of);

        private final BiFunction<AscentSettings, Backend, List<Lines.Series>> ways;

        Of(BiFunction<AscentSettings, Backend, List<Lines.Series>> ways) {
            this.ways = ways;
        }
    }

    @Option(names = "--model", defaultValue = "gaussian-mixture", paramLabel = "NAME", description = {
            "gaussian-mixture: three Gaussians, on three clusters of the plane",
            "linear-gaussian: factor analysis of three columns; it has the ELBO too (${DEFAULT-VALUE})"})
    private Of model;
    @Option(names = "--points", defaultValue = "500", paramLabel = "N", description = "of the data (${DEFAULT-VALUE})")
    private int points;
    @Option(names = "--steps", defaultValue = "1000", paramLabel = "N",
            description = "of each way; each takes all points (${DEFAULT-VALUE})")
    private int steps;
    @Option(names = "--learning-rate", defaultValue = "0.02", paramLabel = "X",
            description = "of the gradients, which Adam follows; EM has none (${DEFAULT-VALUE})")
    private Double learningRate;
    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = {
            "of the data, the start and the noise; a mixture has several maxima, and from the start of 3 both ways end"
                    + " at a low one (${DEFAULT-VALUE})"})
    private Long seed;
    @Option(names = "--picture", paramLabel = "FILE.png", description = "also draws the curves (not drawn)")
    private Path picture;
    @Mixin
    private BackendOptions backend;
    @Mixin
    private OutputOptions output;

    private final Console console;

    AscentCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        AscentSettings settings = Names.checked(() -> new AscentSettings(points, steps, learningRate, seed));
        if (picture != null) {
            OutputFile.requirePng("--picture", picture);
        }
        try (Backend b = backend.open(console)) {
            List<Lines.Series> curves = Bar.during(console, "ascent", bar -> model.ways.apply(settings, b));
            if (picture != null) {
                OutputFile.write(console, picture, () -> new Lines("Ways up the likelihood of " + Names.of(model),
                        "steps", "nats a point", true, false).write(picture, bounds(curves)));
            }
            output.result(console, json(curves, b), text(curves));
        }
        return 0;
    }

    /** The KL is the distance of two of them, and no height. */
    private static List<Lines.Series> bounds(List<Lines.Series> curves) {
        return curves.stream().filter(curve -> !curve.name().equals(LinearGaussianAscent.KL)).toList();
    }

    private String text(List<Lines.Series> curves) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%s, %,d %s; nats a point%n%6s", Names.of(
                model), points, points == 1 ? "point" : "points", "steps"));
        curves.forEach(curve -> text.append("  ").append(curve.name()));
        double[] after = curves.get(0).x();
        for (int i = 0; i < after.length; i++) {
            text.append(String.format(Locale.ROOT, "%n%6.0f", after[i]));
            for (Lines.Series curve : curves) {
                text.append(String.format(Locale.ROOT, "  %" + curve.name().length() + ".4f", curve.y()[i]));
            }
        }
        return text.toString();
    }

    private JsonObject json(List<Lines.Series> curves, Backend b) {
        JsonObject o = Comparisons.json("curves", curves, AscentCommand::json, b);
        o.addProperty("model", Names.of(model));
        o.addProperty("points", points);
        o.addProperty("learning_rate", learningRate);
        o.addProperty("seed", seed);
        return o;
    }

    private static JsonObject json(Lines.Series curve) {
        JsonObject o = new JsonObject();
        o.addProperty("quantity", curve.name());
        o.add("steps", new Gson().toJsonTree(curve.x()));
        o.add("nats", new Gson().toJsonTree(curve.y()));
        return o;
    }
}
