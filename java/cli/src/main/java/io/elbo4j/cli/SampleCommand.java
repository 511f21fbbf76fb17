package io.elbo4j.cli;

import com.google.gson.JsonObject;
import io.elbo4j.Backend;
import io.elbo4j.train.Coder;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Sequences;
import io.elbo4j.train.data.Table;
import io.elbo4j.train.run.Trained;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "sample", sortOptions = false,
        description = {"Draws latent variables from the prior and writes the means of p(x | z), as a picture or an"
                + " array.",
                "A sequence is drawn step by step, z_1 from its prior and z_t from p(z_t | z_t-1); where it has actions"
                        + " these are given, those of the test set one sequence after the other and over again, and a"
                        + " sequence ends with them: the steps after that are NaN."})
final class SampleCommand implements Callable<Integer> {
    @Mixin
    private CheckpointOption checkpoint;
    @Option(names = "--count", defaultValue = "64", paramLabel = "N", description = "how many (${DEFAULT-VALUE})")
    private int count;
    @Option(names = "--temperature", paramLabel = "X", description = "what the prior's standard deviation is multiplied"
            + " by: below 1 samples are more typical and less various (1)")
    private Double temperature;
    @Mixin
    private LabelOption label;
    @Mixin
    private SequenceOptions sequence;
    @Option(names = "--out", required = true, paramLabel = "FILE",
            description = {"FILE.png: one picture; FILE.csv, FILE.parquet: a table",
                    "FILE.npy: float32, N x columns, of sequences N x steps x columns of a step"})
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
        ImageFile file = ImageFile.orTable(out);
        if (count < 1 || file.isPicture() && count > ImageFile.MOST_IN_A_PICTURE) {
            throw Failure.usage("--count must be at least 1" + (file.isPicture() ? " and, for a picture, at most "
                    + ImageFile.MOST_IN_A_PICTURE : "") + ", not " + count);
        }
        double scale = temperature == null ? 1 : temperature;
        if (!(scale >= 0 && scale <= Float.MAX_VALUE)) {
            throw Failure.usage("--temperature must be a number of at least 0, not " + scale);
        }
        Checkpoint.Loaded loaded = checkpoint.read("--out", out);
        Checkpoint.Data shape = loaded.checkpoint().data();
        file.check(checkpoint, shape);
        int steps = SequenceOptions.of(loaded);
        if (steps > 0) {
            sequences(loaded, file, steps);
            return 0;
        }
        sequence.requireNone();
        checkCount(Math.toIntExact(shape.columns()), Outputs.of(loaded).columns(Outputs.Z));
        try (Backend b = backend.open(console); Trained trained = checkpoint.open(loaded, b)) {
            Coder coder = checkpoint.coder(trained, b);
            checkpoint.requireDrawn("samples at --temperature 0", () -> scale != 0 || coder.isDecodingRandom());
            Images conditions = label.conditions(coder, count);
            float[] x = Bar.during(console, "sampling", bar -> coder.decode(
                    Names.checked(() -> coder.prior(count, conditions, scale)), conditions, done -> bar.at(done,
                            count)));
            file.write(console, output, trained.model(), shape, loaded.checkpoint().table(), x, "samples");
        }
        return 0;
    }

    private void sequences(Checkpoint.Loaded loaded, ImageFile file, int all) {
        if (temperature != null || label.isGiven()) {
            throw Failure.usage((label.isGiven() ? "--label goes with a model of labels, as conditional-vae"
                    : "--temperature goes with a model of one code for a row") + "; this one is of sequences");
        }
        int steps = sequence.steps(all);
        String what = sequence.output(Outputs.of(loaded));
        Checkpoint.Data data = loaded.checkpoint().data();
        checkCount(Math.toIntExact(data.columns()), 0);
        Checkpoint.Data shape = new Checkpoint.Data(data.rows(), steps, Math.toIntExact(data.columns() / all / data
                .channels()), data.channels(), data.fingerprint());
        try (Backend b = backend.open(console); Trained trained = checkpoint.open(loaded, b)) {
            Coder coder = checkpoint.coder(trained, b);
            Images conditions = sequence.conditions(coder, what, loaded, console, out, count);
            float[] x = Bar.during(console, "sampling", bar -> coder.generate(what, count, conditions, done -> bar.at(
                    done, count)));
            float[] some = SequenceOptions.first(x, count, Math.toIntExact(shape.columns()));
            // the actions that are given end there
            int[] heights = conditions == null ? IntStream.range(0, count).map(r -> steps).toArray()
                    : Sequences.heights(conditions);
            boolean ended = IntStream.of(heights).anyMatch(height -> height < steps);
            int columns = shape.width() * shape.channels();
            file.write(console, trained.model(), shape, TableOutput.ofTable(Table.NONE), some, heights, count, steps,
                    columns);
            JsonObject more = new JsonObject();
            more.addProperty("steps", steps);
            more.addProperty("ended", ended);
            file.said(console, output, count, steps * columns, "sequences" + (ended
                    ? ", NaN where the test set's have ended," : ""), more);
        }
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
