package io.elbo4j.cli;

import com.google.gson.JsonObject;
import io.elbo4j.Quoted;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.NpyWriter;
import io.elbo4j.train.data.Table;
import io.elbo4j.train.data.TableFile;
import io.elbo4j.train.model.Inputs;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.picture.Png;
import java.nio.file.Path;
import java.util.stream.IntStream;

/** A file of images that a model has made: a picture or an array. */
final class ImageFile {
    static final int MOST_IN_A_PICTURE = 10_000;

    private final Path file;

    /** @throws Failure if it is to be neither a picture nor an array */
    ImageFile(Path file) {
        this(file, ".png or .npy");
        if (isTable()) {
            throw wrong(".png or .npy");
        }
    }

    private ImageFile(Path file, String expected) {
        this.file = file;
        if (!isPicture() && !isTable() && !file.toString().endsWith(".npy")) {
            throw wrong(expected);
        }
    }

    /** The same, or a table. */
    static ImageFile orTable(Path file) {
        ImageFile made = new ImageFile(file, ".png, .npy, .csv or .parquet");
        if (made.isTable()) {
            TableFile.requireWriter(file);
        }
        return made;
    }

    private Failure wrong(String expected) {
        return Failure.usage("--out must end in " + expected + ", not " + Quoted.of(file));
    }

    boolean isPicture() {
        return file.toString().endsWith(".png");
    }

    /** Whether it has columns with names. */
    boolean isTable() {
        return TableFile.isTable(file);
    }

    /** Refuses a picture of what cannot be shown. */
    void check(CheckpointOption checkpoint, Checkpoint.Data shape) {
        if (isPicture() && shape.channels() != 1 && shape.channels() != 3) {
            throw Failure.usage(checkpoint.file() + " models " + shape.channels()
                    + " channels, which a picture cannot show: write FILE.npy");
        }
    }

    /** @param x rows of images, one after the other */
    void write(Console console, OutputOptions output, Model model, Checkpoint.Data shape, Table table, float[] x,
            String what) {
        int columns = Math.toIntExact(shape.columns());
        int rows = x.length / columns;
        int[] heights = IntStream.range(0, rows).map(r -> shape.height()).toArray();
        write(console, model, shape, TableOutput.ofTable(table), x, heights, rows, columns);
        said(console, output, rows, columns, what);
    }

    /**
     * @param table which the rows are of
     * @param heights of each image, how many of its rows of pixels there are
     * @param axes of an array
     */
    void write(Console console, Model model, Checkpoint.Data shape, TableOutput table, float[] x, int[] heights,
            int... axes) {
        OutputFile.write(console, file, () -> {
            if (isPicture()) {
                Png png = new Png(shape.height(), shape.width(), shape.channels(), Inputs.full(model.graph(), x));
                png.grid(file, x, (int) Math.ceil(Math.sqrt(axes[0])), heights);
            } else if (isTable()) {
                table.write(file, Model.MEAN, x, axes[0]);
            } else {
                NpyWriter.write(file, x, axes);
            }
        });
    }

    /** What a command has written. */
    void said(Console console, OutputOptions output, int rows, int columns, String what) {
        said(console, output, rows, columns, what, new JsonObject());
    }

    /** @param more that --json has beside it */
    void said(Console console, OutputOptions output, int rows, int columns, String what, JsonObject more) {
        JsonObject o = new JsonObject();
        o.addProperty("file", file.toString());
        o.addProperty("rows", rows);
        o.addProperty("columns", columns);
        more.entrySet().forEach(e -> o.add(e.getKey(), e.getValue()));
        output.result(console, o, rows + " " + what + " of " + columns + " values are in " + Quoted.line(file));
    }
}
