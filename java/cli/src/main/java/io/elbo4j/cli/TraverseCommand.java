package io.elbo4j.cli;

import com.google.gson.JsonObject;
import io.elbo4j.Backend;
import io.elbo4j.Quoted;
import io.elbo4j.train.Coder;
import io.elbo4j.train.Evaluator;
import io.elbo4j.train.Traversal;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.NpyWriter;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.KlPerDimension;
import io.elbo4j.train.distribution.StandardNormal;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Support;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.model.Inputs;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.picture.Png;
import io.elbo4j.train.run.Trained;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "traverse", sortOptions = false, description = {
        "Moves one latent dimension at a time, with the others as they are in the code of a row of the test set, and"
                + " writes the means of p(x | z): a row for each dimension.",
        "A code is the mean of q(z | x), or a draw of it in a model without one. A label, of a model that has them, is"
                + " the row's own."})
final class TraverseCommand implements Callable<Integer> {
    private static final int TRAVERSED = 10;

    @Mixin
    private CheckpointOption checkpoint;
    @Mixin
    private DataOptions data;
    @Option(names = "--row", paramLabel = "N", description = "of the test set, counted from 0 (0)")
    private Integer asked;
    @Option(names = "--prior", description = "around the mean of the prior, instead of a row's code")
    private boolean prior;
    @Option(names = "--dimensions", paramLabel = "N,N,...",
            description = "which ones, counted from 0 (the 10 with the largest KL on the test set, those first; the"
                    + " first ones of a model that does not say)")
    private WholeNumbers given;
    @Option(names = "--from", defaultValue = "-3", paramLabel = "X", description = "the first value"
            + " (${DEFAULT-VALUE})")
    private double from;
    @Option(names = "--to", defaultValue = "3", paramLabel = "X", description = "the last value (${DEFAULT-VALUE})")
    private double to;
    @Option(names = "--steps", defaultValue = "9", paramLabel = "N",
            description = "images from one to the other, both with their own, at least 2 (${DEFAULT-VALUE})")
    private int steps;
    @Mixin
    private LabelOption label;
    @Option(names = "--out", required = true, paramLabel = "FILE", description = "FILE.png: one picture, a row for each"
            + " dimension; FILE.npy: float32, (dimensions x steps) x columns")
    private Path out;
    @Mixin
    private BackendOptions backend;
    @Mixin
    private OutputOptions output;

    private final Console console;
    private int row;
    private int[] dimensions;

    TraverseCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        ImageFile file = new ImageFile(out);
        Checkpoint.Loaded loaded = checkpoint.read("--out", out);
        Checkpoint.Data shape = loaded.checkpoint().data();
        file.check(checkpoint, shape);
        Outputs outputs = Outputs.of(loaded);
        int latent = outputs.columns(Outputs.Z);
        String model = Models.of(loaded.checkpoint().model()).name();
        Value code = outputs.values().get(Outputs.Z);
        if (code instanceof Latent z && z.prior().support() != Support.REAL) {
            throw Failure.usage("traverse goes with a code of real numbers, of which one can be moved alone; that of "
                    + Quoted.line(loaded.file()) + ", of a " + model + ", is of classes");
        }
        if (prior && asked != null && (label.isGiven() || !Models.named(model).arrays().contains(Images.LABEL))) {
            throw Failure.usage("--row goes with a row's code or its label, neither of which --prior needs here");
        }
        row = asked == null ? 0 : asked;
        dimensions = given == null ? null : given.array();
        if (given != null) {
            Effect.requireDifferent("--dimensions", given.all());
        }
        for (int dimension : dimensions == null ? new int[0] : dimensions) {
            if (dimension < 0 || dimension >= latent) {
                throw Failure.usage("--dimensions must be from 0 to " + (latent - 1) + ", not " + given);
            }
        }
        if ((float) from == (float) to) {
            throw Failure.usage("--to must be another value than --from, not " + to);
        }
        Names.checked(() -> Traversal.of(new float[1], 0, from, to, Math.min(steps, 2)));
        int count = dimensions != null ? dimensions.length : Math.min(TRAVERSED, latent);
        ResultRoom.require("--steps " + steps, (long) count * steps * (shape.columns() + latent), "ask for fewer");
        if (file.isPicture() && (long) count * steps > ImageFile.MOST_IN_A_PICTURE) {
            throw Failure.usage("--steps must be at most " + ImageFile.MOST_IN_A_PICTURE / count + " in a picture of "
                    + count + " dimensions, not " + steps);
        }
        if (prior && !isGaussian(code)) {
            throw Failure.usage("--prior goes with a Gaussian prior, which has a mean that is a code; this model has"
                    + " another one");
        }
        try (DataSource source = data.readFor(loaded, console, "--out", out)) {
            if (row < 0 || row >= source.test().rows()) {
                throw Failure.usage("--row must be from 0 to " + (source.test().rows() - 1) + ", not " + row);
            }
            traverse(loaded, source.test(), file, outputs.code(), latent);
        }
        return 0;
    }

    private static boolean isGaussian(Value z) {
        Distribution p = z instanceof Latent latent ? latent.prior() : null;
        return p instanceof StandardNormal || p instanceof DiagonalGaussian;
    }

    private void traverse(Checkpoint.Loaded loaded, Images test, ImageFile file, String what, int latent) {
        Checkpoint.Data shape = loaded.checkpoint().data();
        int columns = Math.toIntExact(shape.columns());
        try (Backend b = backend.open(console); Trained trained = checkpoint.open(loaded, b)) {
            Coder coder = checkpoint.coder(trained, b);
            checkpoint.requireDrawn("traversals of " + (prior ? "the prior's mean" : what), () -> coder
                    .isDecodingRandom() || !prior && coder.isRandom(what) || dimensions == null && units(trained)
                            .stream().anyMatch(coder::isRandom));
            int[] moved = dimensions != null ? dimensions : mostInformative(trained, b, test, latent);
            int images = moved.length * steps;
            Images ofEach = conditions(coder, test, moved.length, 1);
            float[] codes = prior ? coder.prior(moved.length, ofEach, 0) : coder.output(what, test.first(row + 1),
                    done -> {});
            float[] z = new float[images * latent];
            for (int i = 0; i < moved.length; i++) {
                int at = prior ? i : row;
                float[] some = Traversal.of(Arrays.copyOfRange(codes, at * latent, (at + 1) * latent), moved[i], from,
                        to, steps);
                System.arraycopy(some, 0, z, i * some.length, some.length);
            }
            Images conditions = conditions(coder, test, moved.length, steps);
            float[] x = Bar.during(console, "decoding", bar -> coder.decodeAlike(z, conditions, done -> bar.at(done,
                    images)));
            OutputFile.write(console, out, () -> {
                if (file.isPicture()) {
                    new Png(shape.height(), shape.width(), shape.channels(), Inputs.full(trained.model().graph(), x))
                            .traversal(out, x, steps);
                } else {
                    NpyWriter.write(out, images, columns, x);
                }
            });
            file.said(console, output, images, columns, "images of the dimensions " + Arrays.stream(moved).mapToObj(
                    String::valueOf).collect(Collectors.joining(", ")) + ",", json(moved));
        }
    }

    private JsonObject json(int[] moved) {
        JsonObject o = new JsonObject();
        o.add("dimensions", Json.array(moved));
        o.addProperty("steps", steps);
        o.addProperty("from", from);
        o.addProperty("to", to);
        if (!prior) {
            o.addProperty("row", row);
        }
        return o;
    }

    /** Where the model says what the KL of each latent dimension is. */
    private static List<KlPerDimension> units(Trained trained) {
        Value z = trained.model().outputs().get(Outputs.Z);
        return trained.model().graph().all(KlPerDimension.class).stream().filter(u -> u.latent() == z).toList();
    }

    private int[] mostInformative(Trained trained, Backend b, Images test, int latent) {
        if (units(trained).isEmpty()) {
            return IntStream.range(0, Math.min(TRAVERSED, latent)).toArray();
        }
        try (Evaluator evaluator = new Evaluator(trained.model(), trained.parameters(), b, test, checkpoint.seed(
                trained), trained.checkpoint().standardisation())) {
            return Traversal.mostInformative(evaluator.evaluate(trained.checkpoint().position().step())
                    .klPerDimension().subList(0, latent), TRAVERSED);
        }
    }

    /** What the decoder needs beside z of each dimension, so many times: the row's own label, or that of --label. */
    private Images conditions(Coder coder, Images test, int count, int times) {
        Images given = label.conditions(coder, count);
        if (given == null) {
            return null;
        }
        Images labels = label.isGiven() ? given.array(Images.LABEL) : test.array(Images.LABEL);
        int[] rows = IntStream.range(0, count * times).map(i -> label.isGiven() ? i / times : row).toArray();
        // of x only the place is needed
        return new Images("rows", rows.length, 1, 1, 1, new float[rows.length]).with(Images.LABEL, labels.chosen(rows));
    }
}
