package io.elbo4j.cli;

import io.elbo4j.Backend;
import io.elbo4j.train.Coder;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.NpyWriter;
import io.elbo4j.train.data.Sequences;
import io.elbo4j.train.model.Inputs;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.picture.Png;
import io.elbo4j.train.run.Trained;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "reconstruct", sortOptions = false,
        description = "Writes the mean of p(x | z) of rows of the data, with z drawn from q(z | x).")
final class ReconstructCommand implements Callable<Integer> {
    private static final int ACROSS = 8;
    private static final int SHOWN = 32;

    @Mixin
    private CheckpointOption checkpoint;
    @Mixin
    private DataOptions data;
    @Mixin
    private SetOption set;
    @Option(names = "--count", paramLabel = "N", description = "of the first N rows (all; in a picture 32)")
    private Integer count;
    @Option(names = "--out", required = true, paramLabel = "FILE",
            description = {
                    "FILE.png: originals beside reconstructions",
                    "FILE.npy: float32, rows x columns, of sequences rows x steps x columns of a step, NaN past their"
                            + " ends",
                    "FILE.csv, FILE.parquet: a table's columns beside its keys"})
    private Path out;
    @Mixin
    private BackendOptions backend;
    @Mixin
    private OutputOptions output;

    private final Console console;

    ReconstructCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        ImageFile file = ImageFile.orTable(out);
        if (count != null && (count < 1 || file.isPicture() && count > ImageFile.MOST_IN_A_PICTURE / 2)) {
            throw Failure.usage("--count must be at least 1" + (file.isPicture() ? " and, for a picture, at most "
                    + ImageFile.MOST_IN_A_PICTURE / 2 : "") + ", not " + count);
        }
        Checkpoint.Loaded loaded = checkpoint.read("--out", out);
        Checkpoint.Data shape = loaded.checkpoint().data();
        file.check(checkpoint, shape);
        int columns = Outputs.of(loaded).columns(Model.MEAN);
        if (file.isPicture() && columns != shape.columns()) {
            throw Failure.usage(checkpoint.file() + " has means of " + columns + " values for an image of "
                    + shape.columns() + ", which a picture cannot show: write FILE.npy");
        }
        boolean undivided = data.isUndivided();
        try (DataSource source = data.readWithKeysFor(loaded, console, "--out", out)) {
            reconstruct(loaded, source, set.of(undivided, loaded, source), file, columns);
        }
        return 0;
    }

    private void reconstruct(Checkpoint.Loaded loaded, DataSource source, SetOption.Part part, ImageFile file,
            int columns) {
        Checkpoint.Data shape = loaded.checkpoint().data();
        Images all = part.of(source);
        int most = count != null ? count : file.isPicture() ? SHOWN : all.rows();
        Images images = all.first(Math.min(most, all.rows()));
        ResultRoom.require(images.rows() + " reconstructions", (long) images.rows() * columns, "--count less");
        try (Backend b = backend.open(console); Trained trained = checkpoint.open(loaded, b)) {
            Coder coder = checkpoint.coder(trained, b);
            checkpoint.requireDrawn("reconstructions by " + Models.of(trained.model().settings()).name(),
                    () -> coder.isRandom(Model.MEAN));
            float[] x = Bar.during(console, "reconstructing", bar -> coder.output(Model.MEAN, images,
                    done -> bar.at(done, images.rows())));
            OutputFile.write(console, out, () -> {
                if (file.isPicture()) {
                    float[] originals = images.copyRows(0, images.rows());
                    new Png(shape.height(), shape.width(), shape.channels(), Inputs.full(trained.model().graph(),
                            originals)).originalsBesideReconstructions(out, originals, x, ACROSS, Sequences.heights(
                                    images));
                } else if (file.isTable()) {
                    new TableOutput(loaded.checkpoint().table(), source.keys(), part.sets(source)).write(out,
                            Model.MEAN,
                            x,
                            images.rows());
                } else {
                    NpyWriter.write(out, x, Outputs.of(loaded).axes(Model.MEAN, images.rows()));
                }
            });
        }
        file.said(console, output, images.rows(), columns, "reconstructions");
    }
}
