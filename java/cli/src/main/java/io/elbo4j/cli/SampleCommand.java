package io.elbo4j.cli;

import com.google.gson.JsonObject;
import io.elbo4j.Backend;
import io.elbo4j.Quoted;
import io.elbo4j.train.Coder;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.NpyWriter;
import io.elbo4j.train.picture.Png;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "sample", sortOptions = false,
        description = "Draws latent variables from the prior and writes the means of p(x | z), as a picture or an"
                + " array.")
final class SampleCommand implements Callable<Integer> {
    private static final int MOST_IN_A_PICTURE = 10_000;

    @Mixin
    private CheckpointOption checkpoint;
    @Option(names = "--count", defaultValue = "64", paramLabel = "N", description = "how many (${DEFAULT-VALUE})")
    private int count;
    @Option(names = "--out", required = true, paramLabel = "FILE",
            description = "FILE.png: one picture; FILE.npy: float32, N x columns")
    private Path out;
    @Mixin
    private BackendOptions backend;
    @Mixin
    private OutputOptions output;

    private final Console console;

    SampleCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        boolean picture = out.toString().endsWith(".png");
        if (!picture && !out.toString().endsWith(".npy")) {
            throw Failure.usage("--out must end in .png or .npy, not " + Quoted.of(out));
        }
        if (count < 1 || picture && count > MOST_IN_A_PICTURE) {
            throw Failure.usage("--count must be at least 1" + (picture ? " and, for a picture, at most "
                    + MOST_IN_A_PICTURE : "") + ", not " + count);
        }
        Checkpoint.Loaded loaded = checkpoint.read();
        Checkpoint.Data shape = loaded.checkpoint().data();
        if (picture && shape.channels() != 1 && shape.channels() != 3) {
            throw Failure.because(checkpoint.file() + " models " + shape.channels()
                    + " channels, which a picture cannot show: write FILE.npy", null);
        }
        int columns = Math.toIntExact(loaded.checkpoint().model().columns());
        checkCount(columns, loaded.checkpoint().model().latent());
        try (Backend b = backend.open(console); CheckpointOption.Model model = checkpoint.restore(loaded, b)) {
            Coder coder = new Coder(model.vae(), model.parameters(), b, model.seed(),
                    model.checkpoint().standardisation());
            float[] x = Bar.during(console, "sampling",
                    bar -> coder.decode(coder.prior(count), done -> bar.at(done, count)));
            OutputFile.write(console, out, () -> {
                if (picture) {
                    new Png(shape.height(), shape.width(), shape.channels()).grid(out, x,
                            (int) Math.ceil(Math.sqrt(count)));
                } else {
                    NpyWriter.write(out, count, columns, x);
                }
            });
        }
        JsonObject o = new JsonObject();
        o.addProperty("file", out.toString());
        o.addProperty("rows", count);
        o.addProperty("columns", columns);
        output.result(console, o, count + " samples of " + columns + " values are in "
                + Quoted.line(out));
        return 0;
    }

    private void checkCount(int columns, int latent) {
        int most = ResultRoom.mostRows(Math.max(columns, latent));
        if (count > most) {
            throw Failure.usage("--count must be at most " + most + " where a sample has " + columns + " values, not "
                    + count);
        }
        ResultRoom.require("--count " + count, count * ((long) columns + latent), "ask for fewer");
    }
}
