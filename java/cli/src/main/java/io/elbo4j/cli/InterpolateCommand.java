package io.elbo4j.cli;

import com.google.gson.JsonObject;
import io.elbo4j.Backend;
import io.elbo4j.Quoted;
import io.elbo4j.train.Coder;
import io.elbo4j.train.Interpolation;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.NpyWriter;
import io.elbo4j.train.distribution.StandardNormal;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.model.Inputs;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.picture.Png;
import io.elbo4j.train.run.Trained;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "interpolate", sortOptions = false, description = {
        "Goes from the code of a row of the test set to that of the next one in even steps, and writes the means of"
                + " p(x | z) on the way.",
        "A code is the mean of q(z | x), or a draw of it in a model without one. Labels, of a model that has them, go"
                + " along in shares of both rows' own."})
final class InterpolateCommand implements Callable<Integer> {
    @Mixin
    private CheckpointOption checkpoint;
    @Mixin
    private DataOptions data;
    @Option(names = "--between", defaultValue = "0,1,2,3,4,5,6,7", paramLabel = "N,N,...",
            description = "rows of the test set, counted from 0, at least 2 (${DEFAULT-VALUE})")
    private WholeNumbers rows;
    @Option(names = "--steps", defaultValue = "10", paramLabel = "N",
            description = "images from one to the next, both with their own, at least 2 (${DEFAULT-VALUE})")
    private int steps;
    @Option(names = "--path", defaultValue = "linear", paramLabel = "NAME", description = {
            "linear", "spherical: along the arc around the prior's mean (White 2016, section 2) (${DEFAULT-VALUE})"})
    private Interpolation.Path path;
    @Mixin
    private LabelOption label;
    @Option(names = "--out", required = true, paramLabel = "FILE", description = "FILE.png: one picture, a row for each"
            + " pair; FILE.npy: float32, (pairs x steps) x columns")
    private Path out;
    @Mixin
    private BackendOptions backend;
    @Mixin
    private OutputOptions output;

    private final Console console;
    private int[] between;

    InterpolateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        ImageFile file = new ImageFile(out);
        between = rows.array();
        int pairs = between.length - 1;
        if (pairs < 1 || steps < 2) {
            throw Failure.usage(pairs < 1 ? "--between must be at least 2 rows, not " + between.length
                    : "--steps must be at least 2, not " + steps);
        }
        Checkpoint.Loaded loaded = checkpoint.read("--out", out);
        Checkpoint.Data shape = loaded.checkpoint().data();
        file.check(checkpoint, shape);
        Outputs outputs = Outputs.of(loaded);
        int latent = outputs.columns(Outputs.Z);
        if (path == Interpolation.Path.SPHERICAL && !(outputs.values().get(Outputs.Z) instanceof Latent z && z
                .prior() instanceof StandardNormal)) {
            throw Failure.usage("--path spherical goes with the prior N(0, I), around whose mean its arc lies; that of "
                    + Quoted.line(loaded.file()) + ", of a " + Models.of(loaded.checkpoint().model()).name()
                    + ", is another");
        }
        ResultRoom.require("--steps " + steps, (long) pairs * steps * (shape.columns() + latent), "ask for fewer");
        if (file.isPicture() && (long) pairs * steps > ImageFile.MOST_IN_A_PICTURE) {
            throw Failure.usage("--steps must be at most " + ImageFile.MOST_IN_A_PICTURE / pairs
                    + " in a picture of " + pairs + " pairs, not " + steps);
        }
        try (DataSource source = data.readFor(loaded, console, "--out", out)) {
            Images test = source.test();
            for (int row : between) {
                if (row < 0 || row >= test.rows()) {
                    throw Failure.usage("--between must be of rows 0 to " + (test.rows() - 1) + ", not " + rows);
                }
            }
            interpolate(loaded, test, file, outputs.code(), latent);
        }
        return 0;
    }

    private void interpolate(Checkpoint.Loaded loaded, Images test, ImageFile file, String what, int latent) {
        Checkpoint.Data shape = loaded.checkpoint().data();
        int columns = Math.toIntExact(shape.columns());
        int images = (between.length - 1) * steps;
        try (Backend b = backend.open(console); Trained trained = checkpoint.open(loaded, b)) {
            Coder coder = checkpoint.coder(trained, b);
            checkpoint.requireDrawn("interpolations of " + what, () -> coder.isRandom(what) || coder
                    .isDecodingRandom());
            // one after the other: a row's noise is keyed by its place in the test set
            int last = IntStream.of(between).max().orElseThrow();
            float[] codes = coder.output(what, test.first(last + 1), done -> {});
            float[] z = new float[images * latent];
            for (int i = 0; i + 1 < between.length; i++) {
                float[] some = Interpolation.of(path, code(codes, between[i], latent), code(codes, between[i + 1],
                        latent), steps);
                System.arraycopy(some, 0, z, i * some.length, some.length);
            }
            Images conditions = conditions(coder, test);
            float[] x = Bar.during(console, "decoding", bar -> coder.decodeAlike(z, conditions, done -> bar.at(done,
                    images)));
            OutputFile.write(console, out, () -> {
                if (file.isPicture()) {
                    new Png(shape.height(), shape.width(), shape.channels(), Inputs.full(trained.model().graph(), x))
                            .grid(out, x, steps);
                } else {
                    NpyWriter.write(out, images, columns, x);
                }
            });
        }
        JsonObject path = new JsonObject();
        path.add("between", Json.array(between));
        path.addProperty("steps", steps);
        path.addProperty("path", Names.of(this.path));
        file.said(console, output, images, columns, "images", path);
    }

    /** What the decoder needs beside z: of each pair's labels, or of the one that --label gives it. */
    private Images conditions(Coder coder, Images test) {
        int pairs = between.length - 1;
        Images given = label.conditions(coder, pairs);
        if (given == null) {
            return null;
        }
        Images labels = label.isGiven() ? given.array(Images.LABEL) : test.array(Images.LABEL);
        int classes = labels.columns();
        float[] shares = new float[pairs * steps * classes];
        for (int i = 0; i < pairs; i++) {
            float[] from = labels.copyRows(label.isGiven() ? i : between[i], 1);
            float[] to = labels.copyRows(label.isGiven() ? i : between[i + 1], 1);
            System.arraycopy(Interpolation.of(Interpolation.Path.LINEAR, from, to, steps), 0, shares, i * steps
                    * classes, steps * classes);
        }
        return new Images("rows", pairs * steps, 1, 1, 1, new float[pairs * steps]).with(Images.LABEL, new Images(
                "label", pairs * steps, 1, classes, 1, shares));
    }

    private static float[] code(float[] codes, int row, int latent) {
        return Arrays.copyOfRange(codes, row * latent, (row + 1) * latent);
    }
}
