package io.elbo4j.cli;

import com.google.gson.JsonObject;
import io.elbo4j.Backend;
import io.elbo4j.Quoted;
import io.elbo4j.train.Coder;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Sequences;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.picture.Palette;
import io.elbo4j.train.picture.PrincipalPlane;
import io.elbo4j.train.picture.Scatter;
import io.elbo4j.train.run.Trained;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "scatter", sortOptions = false, description = {
        "Draws a point for each row: the mean of q(z | x), or another of the model's outputs. With --what z, a draw of"
                + " q(z | x) each, they are the aggregated posterior. Of what sequences have for each step: a point for"
                + " each step.",
        "Of more than two values it draws those on the plane in which the rows vary most (principal components)."})
final class ScatterCommand implements Callable<Integer> {
    private static final String NONE = "none";
    private static final int OF_PRIOR = 0xd3d7dc;

    @Mixin
    private CheckpointOption checkpoint;
    @Mixin
    private DataOptions data;
    @Option(names = "--what", paramLabel = "NAME", description = {
            "an output of the model of at least two values, as of 'elbo4j encode', or x, the data"
                    + " (posterior.mean, or z in a model without one)"})
    private String what;
    @Option(names = "--colour", defaultValue = NONE, paramLabel = "NAME", description = {
            "none", "label: the class, of data that has labels",
            "an output of the model: each value's share of a colour, as posterior.mean of a gaussian-mixture, its"
                    + " responsibilities", "(${DEFAULT-VALUE})"})
    private String colour;
    @Option(names = "--prior", description = "with --what z: below them as many draws of its prior, in grey (not)")
    private boolean prior;
    @Mixin
    private SetOption set;
    @Option(names = "--rows", defaultValue = "10000", paramLabel = "N",
            description = "how many, the first ones (${DEFAULT-VALUE})")
    private int rows;
    @Option(names = "--out", required = true, paramLabel = "FILE.png", description = "the picture")
    private Path out;
    @Mixin
    private BackendOptions backend;
    @Mixin
    private OutputOptions output;

    private final Console console;

    ScatterCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        OutputFile.requirePng("--out", out);
        if (rows < 1) {
            throw Failure.usage("--rows must be at least 1, not " + rows);
        }
        boolean undivided = data.isUndivided();
        Checkpoint.Loaded loaded = checkpoint.read("--out", out);
        Outputs outputs = Outputs.of(loaded);
        what = what == null ? outputs.code() : what;
        if (prior && !what.equals(Model.Z)) {
            throw Failure.usage("--prior goes with --what z, not with " + Quoted.of(what));
        }
        boolean ofData = what.equals(Images.X) && !outputs.values().containsKey(what);
        if (!ofData) {
            outputs.columnsAsked(what);
        }
        if (columns(outputs, loaded, ofData) < 2) {
            throw Failure.usage("--what must be an output of at least 2 values, not " + Quoted.of(what)
                    + ", which has 1");
        }
        boolean byLabel = colour.equals(Images.LABEL);
        if (!byLabel && !colour.equals(NONE) && !outputs.values().containsKey(colour)) {
            throw Failure.usage("--colour must be none, label or one of " + String.join(", ", outputs.values().keySet())
                    + ", not " + Quoted.of(colour));
        }
        if (outputs.steps(colour) > outputs.steps(what)) {
            throw Failure.usage("--colour " + colour + " is of each step, where --what " + what
                    + " is of whole sequences");
        }
        if (byLabel) {
            data.requireLabels("--colour label goes with data that has labels", loaded);
        }
        try (DataSource source = data.readFor(loaded, console, "--out", out, byLabel ? Set.of(Images.LABEL)
                : Set.of())) {
            Images all = set.of(undivided, loaded, source).of(source);
            Images images = all.first(Math.min(rows, all.rows()));
            draw(loaded, outputs, images, ofData);
        }
        return 0;
    }

    private void draw(Checkpoint.Loaded loaded, Outputs outputs, Images images, boolean ofData) {
        int count = images.rows();
        int steps = outputs.steps(what);
        int columns = columns(outputs, loaded, ofData);
        ResultRoom.require("--rows " + count + ", with " + steps * columns + " values each,", (long) count * steps
                * columns, "ask for fewer");
        float[] values;
        float[] below = {};
        float[] shares = {};
        try (Backend b = backend.open(console); Trained trained = checkpoint.open(loaded, b)) {
            Coder coder = checkpoint.coder(trained, b);
            boolean byOutput = outputs.values().containsKey(colour);
            checkpoint.requireDrawn("--what " + what + (byOutput ? " and --colour " + colour : ""), () -> prior
                    || !ofData && coder.isRandom(what) || byOutput && coder.isRandom(colour));
            values = ofData ? images.copyRows(0, count) : Bar.during(console, "encoding", bar -> coder.output(what,
                    images, done -> bar.at(done, count)));
            if (prior) {
                below = Names.checked(() -> coder.prior(count, images, 1));
            }
            if (!colour.equals(NONE)) {
                shares = colour.equals(Images.LABEL) ? images.array(Images.LABEL).copyRows(0, count)
                        : coder.output(colour, images, done -> {});
            }
        }
        // the points that there are: of sequences each step up to their ends
        int[] heights = steps == 1 ? null : Sequences.heights(images);
        int[] points = IntStream.range(0, count * steps).filter(p -> heights == null || p % steps < heights[p / steps])
                .toArray();
        int classes = shares.length / count / outputs.steps(colour);
        int[] colours = colours(points, steps / outputs.steps(colour), shares, classes);
        PrincipalPlane plane = PrincipalPlane.of(rows(values, points, columns), columns);
        String name = ofData ? Images.X : what;
        String of = String.format(Locale.ROOT, steps == 1 ? "%s of %,d rows" : "%s of each step of %,d sequences", name,
                count);
        Scatter picture = new Scatter(of, columns == 2 ? name + " 0" : "first principal component", columns == 2 ? name
                + " 1" : "second principal component", IntStream.range(0, classes).mapToObj(String::valueOf).toList());
        float[] shown = rows(values, points, columns);
        double[] x = DoubleStream.concat(DoubleStream.of(plane.x(below)), DoubleStream.of(plane.x(shown))).toArray();
        double[] y = DoubleStream.concat(DoubleStream.of(plane.y(below)), DoubleStream.of(plane.y(shown))).toArray();
        int[] all = IntStream.concat(IntStream.generate(() -> OF_PRIOR).limit(below.length / columns), IntStream.of(
                colours)).toArray();
        OutputFile.write(console, out, () -> picture.write(out, x, y, all));
        JsonObject o = new JsonObject();
        o.addProperty("file", out.toString());
        o.addProperty("rows", count);
        o.addProperty("points", points.length);
        o.addProperty("what", what);
        o.addProperty("colour", colour);
        o.addProperty("share_of_variance", plane.share());
        String more = columns == 2 ? "" : String.format(Locale.ROOT, ", which show %.1f %% of the variance,", 100
                * plane.share());
        output.result(console, o, String.format(Locale.ROOT, "%,d points%s are in %s", points.length, more, Quoted.line(
                out)));
    }

    /** Values of a point. */
    private int columns(Outputs outputs, Checkpoint.Loaded loaded, boolean ofData) {
        return Math.toIntExact(ofData ? loaded.checkpoint().data().columns() : outputs.columns(what)) / outputs.steps(
                what);
    }

    private static float[] rows(float[] all, int[] rows, int columns) {
        float[] some = new float[rows.length * columns];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(all, rows[i] * columns, some, i * columns, columns);
        }
        return some;
    }

    /** @param each how many points have one row of shares */
    private int[] colours(int[] points, int each, float[] shares, int classes) {
        return IntStream.of(points).map(p -> {
            if (classes == 0) {
                return Palette.of(0, 1);
            }
            int from = p / each * classes;
            float sum = 0;
            for (int c = 0; c < classes; c++) {
                float share = shares[from + c];
                sum += share >= 0 ? share : Float.NaN;
            }
            if (!(sum > 0 && Float.isFinite(sum))) {
                throw Failure.because("--colour " + colour + " must be an output of shares, as a mixture's"
                        + " responsibilities: at least 0 and not all 0, which those of row " + p / each + " are not",
                        null);
            }
            return Palette.mixed(shares, from, classes);
        }).toArray();
    }
}
