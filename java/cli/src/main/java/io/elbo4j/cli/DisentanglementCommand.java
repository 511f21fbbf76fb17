package io.elbo4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.elbo4j.Backend;
import io.elbo4j.train.Coder;
import io.elbo4j.train.MutualInformation;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Factor;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Sprites;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.run.Trained;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "disentanglement", sortOptions = false, description = {
        "Measures what each latent dimension tells of the known factors of the test set, and the mutual information gap"
                + " (MIG): of the sprites their shape, scale, orientation and position, of other data the label.",
        "gap: of the two most informative dimensions' nats, over the entropy of the factor; MIG: its mean"})
final class DisentanglementCommand implements Callable<Integer> {
    private static final int BINS = 8;

    @Mixin
    private CheckpointOption checkpoint;
    @Mixin
    private DataOptions data;
    @Option(names = "--rows", defaultValue = "2048", paramLabel = "N", description = {
            "rows of the test set, the first ones, at least 2; time grows with their square (${DEFAULT-VALUE})"})
    private int rows;
    @Option(names = "--draws", defaultValue = "5", paramLabel = "N",
            description = "draws of z for each row (${DEFAULT-VALUE})")
    private int draws;
    @Option(names = "--bins", paramLabel = "N",
            description = "of each continuous factor of the sprites, 2 to 1000 (8)")
    private Integer bins;
    @Mixin
    private BackendOptions backend;
    @Mixin
    private OutputOptions output;

    private final Console console;

    DisentanglementCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (rows < 2 || draws < 1 || bins != null && (bins < 2 || bins > 1000)) {
            throw Failure.usage(rows < 2 ? "--rows must be at least 2, not " + rows
                    : draws < 1 ? "--draws must be at least 1, not " + draws
                    : "--bins must be from 2 to 1000, not " + bins);
        }
        Checkpoint.Loaded loaded = checkpoint.read("--out", null);
        Outputs outputs = Outputs.of(loaded);
        outputs.columns(Model.POSTERIOR_LOG_VARIANCE);
        if (outputs.steps(Model.POSTERIOR_MEAN) > 1) {
            throw Failure.usage("disentanglement goes with a model of one code for a row; this one is of sequences");
        }
        data.requireLabels("disentanglement goes with data of known factors", loaded);
        if (bins != null && !data.sprites()) {
            throw Failure.usage("--bins has no effect on " + data.kind() + ", whose factor is the label: it goes with"
                    + " the continuous factors of the sprites");
        }
        try (DataSource source = data.readFor(loaded, console, Set.of(Images.LABEL))) {
            Images images = source.test().first(Math.min(rows, source.test().rows()));
            measure(loaded, images, factors(images));
        }
        return 0;
    }

    private List<Factor> factors(Images images) {
        int parts = bins == null ? BINS : bins;
        return data.sprites()
                ? Sprites.factors(DataSource.SPRITES_SEED, DataSource.SPRITES_TRAIN, images.rows(), parts)
                : List.of(new Factor(Images.LABEL, classes(images.array(Images.LABEL))));
    }

    private static int[] classes(Images oneHot) {
        return IntStream.range(0, oneHot.rows()).map(r -> IntStream.range(0, oneHot.columns()).filter(
                c -> oneHot.value(r, c) == 1).findFirst().orElseThrow()).toArray();
    }

    private void measure(Checkpoint.Loaded loaded, Images images, List<Factor> factors) {
        try (Backend b = backend.open(console); Trained trained = checkpoint.open(loaded, b)) {
            Coder coder = checkpoint.coder(trained, b);
            float[] means = coder.output(Model.POSTERIOR_MEAN, images, done -> {});
            float[] logVariances = coder.output(Model.POSTERIOR_LOG_VARIANCE, images, done -> {});
            MutualInformation found = Bar.during(console, "measuring", bar -> MutualInformation.of(means, logVariances,
                    factors, draws, checkpoint.seed(trained), done -> bar.at(done, images.rows())));
            output.result(console, json(found, images, b), text(found, images));
        }
    }

    private String text(MutualInformation found, Images images) {
        String lines = IntStream.range(0, found.factors().size()).mapToObj(k -> {
            List<Integer> ranked = found.ranked(k);
            return String.format(Locale.ROOT, "%-11s  %7.3f  %-14s  %-14s  %6.3f%n", found.factors().get(k).name(),
                    found.factors().get(k).entropy(), dimension(found, ranked, 0, k), dimension(found, ranked, 1, k),
                    found.gap(k));
        }).collect(Collectors.joining());
        return String.format(Locale.ROOT,
                "MIG %.4f: %,d rows, %,d draws of each, nats%n%-11s  %7s  %-14s  %-14s  %6s%n",
                found.gap(), images.rows(), draws, "factor", "entropy", "told by", "then by", "gap") + lines
                        .stripTrailing();
    }

    private static String dimension(MutualInformation found, List<Integer> ranked, int place, int factor) {
        return place >= ranked.size() ? "-" : String.format(Locale.ROOT, "z%-3d %.3f", ranked.get(place), found.nats(
                ranked.get(place), factor));
    }

    private JsonObject json(MutualInformation found, Images images, Backend b) {
        JsonArray each = new JsonArray();
        for (int k = 0; k < found.factors().size(); k++) {
            JsonArray nats = new JsonArray();
            for (int j = 0; j < found.dimensions(); j++) {
                nats.add(found.nats(j, k));
            }
            JsonObject o = new JsonObject();
            o.addProperty("factor", found.factors().get(k).name());
            o.addProperty("entropy", found.factors().get(k).entropy());
            o.addProperty("gap", found.gap(k));
            o.add("information", nats);
            each.add(o);
        }
        JsonObject o = new JsonObject();
        o.addProperty("mig", found.gap());
        o.add("factors", each);
        o.addProperty("rows", images.rows());
        o.addProperty("draws", draws);
        o.addProperty("checkpoint", checkpoint.file().toString());
        o.addProperty("backend", b.name());
        o.addProperty("threads", b.threads());
        return o;
    }
}
