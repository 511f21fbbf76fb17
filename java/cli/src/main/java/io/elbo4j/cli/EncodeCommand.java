package io.elbo4j.cli;

import com.google.gson.JsonObject;
import io.elbo4j.Backend;
import io.elbo4j.Quoted;
import io.elbo4j.cli.SetOption.Part;
import io.elbo4j.train.Coder;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.NpyWriter;
import io.elbo4j.train.data.TableFile;
import io.elbo4j.train.run.Trained;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "encode", sortOptions = false,
        description = "Writes the mean of q(z | x) of every row of the data, or another of the model's outputs.")
final class EncodeCommand implements Callable<Integer> {
    @Mixin
    private CheckpointOption checkpoint;
    @Mixin
    private DataOptions data;
    @Option(names = "--set", defaultValue = "all", paramLabel = "NAME",
            description = "train, test or all: train, then test, which is the order of images and npy"
                    + " (${DEFAULT-VALUE})")
    private Part part;
    @Option(names = "--what", paramLabel = "NAME", description = {
            "an output of the model: posterior.mean, z (a sample), mean (of p(x | z), z a sample), and what else it"
                    + " has, as posterior.logVariance of a Gaussian one (posterior.mean, or z in a model without one)"})
    private String what;
    @Option(names = "--out", required = true, paramLabel = "FILE", description = {
            "FILE.npy: float32, a row for each; of what sequences have for each step rows x steps x columns, NaN past"
                    + " their ends",
            "FILE.csv, FILE.parquet: a table of them beside a table's keys"})
    private Path out;
    @Mixin
    private BackendOptions backend;
    @Mixin
    private OutputOptions output;

    private final Console console;

    EncodeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        TableOutput.requireArrayOrTable("--out", out);
        Checkpoint.Loaded loaded = checkpoint.read("--out", out);
        Outputs outputs = Outputs.of(loaded);
        what = what == null ? outputs.code() : what;
        int latent = outputs.columnsAsked(what);
        try (DataSource source = data.readWithKeysFor(loaded, console, "--out", out)) {
            encode(loaded, source, latent, outputs);
        }
        return 0;
    }

    private void encode(Checkpoint.Loaded loaded, DataSource source, int latent, Outputs outputs) {
        List<Images> sets = switch (part) {
            case TRAIN -> List.of(source.train());
            case TEST -> List.of(source.test());
            case ALL -> source.sets();
        };
        int rows = checkRows(sets, latent);
        float[] means = new float[rows * latent];
        try (Backend b = backend.open(console); Trained trained = checkpoint.open(loaded, b)) {
            Coder coder = checkpoint.coder(trained, b);
            checkpoint.requireDrawn("--what " + what, () -> coder.isRandom(what));
            try (Bar bar = Bar.begun(console, "encoding")) {
                int before = 0;
                for (Images images : sets) {
                    int first = before;
                    float[] some = coder.output(what, images, done -> bar.at(first + done, rows));
                    System.arraycopy(some, 0, means, first * latent, some.length);
                    before += images.rows();
                }
            }
        }
        OutputFile.write(console, out, () -> {
            if (TableFile.isTable(out)) {
                new TableOutput(loaded.checkpoint().table(), source.keys(), sets).write(out, what, means, rows);
            } else {
                NpyWriter.write(out, means, outputs.axes(what, rows));
            }
        });
        JsonObject o = new JsonObject();
        o.addProperty("file", out.toString());
        o.addProperty("rows", rows);
        o.addProperty("columns", latent);
        o.addProperty("set", Names.of(part));
        o.addProperty("what", what);
        output.result(console, o, outputs.inWords(what, rows) + " are in " + Quoted.line(out));
    }

    private int checkRows(List<Images> sets, int latent) {
        long rows = sets.stream().mapToLong(Images::rows).sum();
        String what = "--set " + Names.of(part) + " of " + rows + " rows, with " + latent + " values each,";
        String instead = part == Part.TEST ? "encode less data" : "encode less data, as --set test";
        int most = ResultRoom.mostRows(latent);
        if (rows > most) {
            throw Failure.because(what + " is too much, at most " + most + " rows go into one file: " + instead, null);
        }
        // the file's array, and that of a set beside it
        long largest = sets.stream().mapToLong(Images::rows).max().orElseThrow();
        ResultRoom.require(what, (rows + largest) * latent, instead);
        return (int) rows;
    }
}
