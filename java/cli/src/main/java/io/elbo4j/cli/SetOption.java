package io.elbo4j.cli;

import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import java.util.List;
import picocli.CommandLine.Option;

/** Which rows of the data a command works on. */
final class SetOption {
    /** Which part of the data. */
    enum Part {
        TEST, TRAIN, ALL;

        Images of(DataSource source) {
            return this == TEST ? source.test() : this == TRAIN ? source.train() : source.all();
        }

        /** The same rows in the same order, as they are divided: of each it is known where it is in the data. */
        List<Images> sets(DataSource source) {
            return this == ALL ? source.sets() : List.of(of(source));
        }
    }

    @Option(names = "--set", paramLabel = "NAME",
            description = "test, train or all (test; all of images=DIR and npy=FILE that is not the run's)")
    private Part part;

    /**
     * What was asked for.
     *
     * @param undivided whether the data was given and nobody has divided it: {@link DataOptions#isUndivided}, before
     *     the options take what a run was started with
     */
    Part of(boolean undivided, Checkpoint.Loaded loaded, DataSource source) {
        return part != null ? part : undivided && !Checkpoint.Data.of(source.train()).equals(loaded.checkpoint().data())
                ? Part.ALL : Part.TEST;
    }
}
