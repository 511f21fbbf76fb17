package io.elbo4j.cli;

import io.elbo4j.Backend;
import io.elbo4j.train.Coder;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.NpyReader;
import io.elbo4j.train.run.Trained;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "decode", sortOptions = false,
        description = "Writes the means of p(x | z) of given latent variables, as a picture or an array.")
final class DecodeCommand implements Callable<Integer> {
    @Mixin
    private CheckpointOption checkpoint;
    @Option(names = "--z", required = true, paramLabel = "FILE.npy",
            description = "rows x latent dimensions, as encode writes them")
    private Path z;
    @Mixin
    private LabelOption label;
    @Option(names = "--out", required = true, paramLabel = "FILE",
            description = "FILE.png: one picture; FILE.npy: float32, rows x columns; FILE.csv, FILE.parquet: a table")
    private Path out;
    @Mixin
    private BackendOptions backend;
    @Mixin
    private OutputOptions output;

    private final Console console;

    DecodeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        ImageFile file = ImageFile.orTable(out);
        Checkpoint.Loaded loaded = checkpoint.read("--out", out);
        Checkpoint.Data shape = loaded.checkpoint().data();
        file.check(checkpoint, shape);
        OutputFile.requireNoInput("--out", out, "--z", List.of(z));
        int latent = Outputs.of(loaded).columns(Outputs.Z);
        Images codes = NpyReader.read(z);
        int rows = codes.rows();
        if (codes.columns() != latent) {
            throw Failure.because(codes.name() + " has rows of " + codes.columns() + " values, the model has " + latent
                    + " latent dimensions", null);
        }
        if (file.isPicture() && rows > ImageFile.MOST_IN_A_PICTURE) {
            throw Failure.because(codes.name() + " has " + rows + " rows, a picture shows at most "
                    + ImageFile.MOST_IN_A_PICTURE + ": write FILE.npy", null);
        }
        ResultRoom.require(codes.name() + " of " + rows + " rows", rows * (shape.columns() + latent),
                "decode fewer at once");
        try (Backend b = backend.open(console); Trained trained = checkpoint.open(loaded, b)) {
            Coder coder = checkpoint.coder(trained, b);
            checkpoint.requireDrawn("means of p(x | z) of given z", coder::isDecodingRandom);
            Images conditions = label.conditions(coder, rows);
            float[] x = Bar.during(console, "decoding", bar -> coder.decode(codes.copyRows(0, rows), conditions,
                    done -> bar.at(done, rows)));
            file.write(console, output, trained.model(), shape, loaded.checkpoint().table(), x, "images");
        }
        return 0;
    }
}
