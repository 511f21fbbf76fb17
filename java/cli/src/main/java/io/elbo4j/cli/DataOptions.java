package io.elbo4j.cli;

import io.elbo4j.Quoted;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataKind;
import io.elbo4j.train.data.DataKinds;
import io.elbo4j.train.data.DataName;
import io.elbo4j.train.data.DataRequest;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.ReadProgress;
import io.elbo4j.train.data.Table;
import io.elbo4j.train.data.TableFile;
import io.elbo4j.train.model.Inputs;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.run.RunPlan;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What a command works on. */
final class DataOptions {
    @Option(names = "--data", paramLabel = "DATA", description = {
            "sprites: generated images of 32 x 32, the default of train",
            "mnist=DIR: the IDX files of images, gzipped or not, and of labels for a model that takes them",
            "images=DIR: a folder of PNG and JPEG files of one size, divided by 255",
            "npy=FILE: a NumPy array, N x D, N x H x W or N x H x W x C: floats as they are, uint8 divided by 255"
                    + " unless the likelihood is of counts,"
                    + " other"
                    + " integers as they are, bool as 0 and 1",
            "npz=FILE, npz=FILE#NAME: an array of a NumPy archive, x or the only one, or x_train and x_test; labels are"
                    + " label or y, y_train and y_test",
            "classes=DIR: a folder of PNG and JPEG files for each class, which is their label",
            "(their labels, for a model that takes them: whole numbers from 0 on, a NumPy array beside the data, of"
                    + " x.npy in x.labels.npy, of a folder DIR in DIR.labels.npy)",
            "(for a model of sequences N x T x D, where all values past a sequence's end are NaN)",
            "table=FILE: CSV, Parquet or JSON, or a glob of such files; a row of them, or of --query, is a row",
            "h5ad=FILE, h5ad=FILE#layers/counts: a matrix of an AnnData file, X or another; hdf5=FILE#NAME: a dataset",
            "(table, h5ad and hdf5 need the module elbo4j-tables)",
            "music=FILE: JSON, sets \"train\" and \"test\" of sequences of steps of MIDI notes, 21 to 108",
            "(of images, npy and tables that are trained on the last tenth of the rows is the test set)",
            "Of a trained model: what it was trained on, unless something is given."})
    private DataName data;

    @Option(names = "--stream", description = {
            "with npy=FILE, in C order: values stay in the file, which may be larger than memory, and are read when"
                    + " they are needed; all results are the same; of a table they are in a scratch file",
            "(not; without --data as the run has had it)"})
    private boolean stream;

    @Mixin
    private TableOptions table = new TableOptions();

    /** A name as it is given on a command line: a leading ~ is the user's home folder. */
    static DataName name(String given) {
        DataName name;
        try {
            name = DataName.parse(given);
        } catch (DataException e) {
            List<String> forms = DataKinds.all().stream().map(DataKind::form).toList();
            throw new TypeConversionException(e.getMessage() + (given.indexOf('=') < 0 && given.endsWith(".npy")
                    ? "; did you mean npy=" + Quoted.of(given) + "?" : Suggestions.of(given.split("=", 2)[0], forms)));
        }
        return name.place().isEmpty() ? name : new DataName(name.kind(), Values.path(name.place()).toString());
    }

    /**
     * Takes what a run was started with, if no data was given.
     *
     * @param file in which it stands
     */
    void orElse(RunPlan run, Path file) {
        table.orElse(run.start().table());
        if (data != null || run.source() == null) {
            return;
        }
        data = name(run.source(), file, "--data");
        stream |= run.stream();
    }

    /** A name as it stands in a file; of data that is now elsewhere the option says where. */
    static DataName name(String stored, Path file, String option) {
        try {
            return name(stored);
        } catch (TypeConversionException e) {
            throw Failure.because(file + ": its source cannot be used: " + e.getMessage() + "; " + option
                    + " says where the data is now", e);
        }
    }

    DataName data() {
        return data == null ? DataName.SPRITES : data;
    }

    /** Whether it was said on the command line, or is known of a run. */
    boolean isGiven() {
        return data != null;
    }

    /** Whether rows were given that nobody has divided into training and test. */
    boolean isUndivided() {
        return data != null && data.kind().isUndivided();
    }

    /** The value as it is right in every folder. */
    String absolute() {
        return absolute(data());
    }

    static String absolute(DataName name) {
        return (name.place().isEmpty() ? name : new DataName(name.kind(), Path.of(name.place()).toAbsolutePath()
                .toString())).toString();
    }

    /** sprites, mnist, images or npy. */
    String kind() {
        return data().kind().toString();
    }

    /** Refuses a run whose pictures would be among those that it is trained on. */
    void requireNoRun(Path folder) {
        requireNoRun(folder, "--data", data());
    }

    /** @param name null for none */
    static void requireNoRun(Path folder, String option, DataName name) {
        if (name != null && name.kind() == DataKinds.IMAGES && OutputFile.isSame(folder, Path.of(name.place()))) {
            throw Failure.usage("--out " + Quoted.of(folder) + " is the folder of " + option + ", among whose images"
                    + " the run's pictures would lie: choose another one");
        }
    }

    /**
     * Refuses data without labels; if nothing was given, that is what a model was trained on.
     *
     * @param why they are needed, the beginning of a sentence
     */
    void requireLabels(String why, Checkpoint.Loaded loaded) {
        RunPlan run = data == null ? RunPlan.beside(loaded) : null;
        if (run != null) {
            orElse(run, loaded.file());
        }
        if (!data().hasLabels()) {
            throw Failure.because(why + ", not with " + kind() + ": " + data().whereLabelsAre(), null);
        }
    }

    /** Whether the data stays in its file. */
    boolean stream() {
        return stream;
    }

    DataShape shape(DataSource source) {
        return DataShape.of(data().kind(), source.train());
    }

    boolean sprites() {
        return data().equals(DataName.SPRITES);
    }

    /**
     * Reads the data; what of it is left aside is said on standard error.
     *
     * @param arrays those that the model takes
     */
    DataSource read(Console console, Set<String> arrays) {
        return read(console, bar -> DataSource.read(data(), request(arrays, false, bar::at)));
    }

    /** What is asked for of this data, or of others of the same columns. */
    DataRequest request(Set<String> arrays, boolean keys, ReadProgress progress) {
        return table.of(new DataRequest(arrays, stream, progress), data().kind(), keys);
    }

    /** Of other data of a kind, which must have the columns of this. */
    DataRequest requestLike(Table own, DataKind kind, Set<String> arrays, ReadProgress progress) {
        DataRequest request = new DataRequest(arrays, stream && kind.streams(), progress);
        return request.of(own.settings(), own, false);
    }

    private DataSource read(Console console, Function<Bar, DataSource> reading) {
        table.check(data().kind());
        if (stream && !data().kind().streams()) {
            throw Failure.usage("--stream goes with --data " + DataKinds.all().stream().filter(DataKind::streams)
                    .map(DataKind::form).collect(Collectors.joining(" or ")) + ", not with " + kind());
        }
        // a path would leave the bar no room
        DataSource source = Bar.during(console, "reading " + kind(), reading);
        source.notes().forEach(note -> console.err().println("note: " + Quoted.line(note)));
        return source;
    }

    /** The data as a model takes it. */
    static DataSource taken(Record model, DataSource source) {
        return Inputs.taken(Models.create(model).graph(), source);
    }

    /**
     * Reads data for a model that exists already: if nothing was given, what that was trained on.
     *
     * @param option which says where to write
     * @param out where that is; null for nowhere
     * @throws Failure if that is a file of the data
     */
    DataSource readFor(Checkpoint.Loaded loaded, Console console, String option, Path out) {
        return readFor(loaded, console, option, out, Set.of());
    }

    /** The same, for a command that writes no file. */
    DataSource readFor(Checkpoint.Loaded loaded, Console console, Set<String> more) {
        return readFor(loaded, console, "--out", null, more);
    }

    /**
     * The same.
     *
     * @param more arrays that the command takes, beside those of the model
     */
    DataSource readFor(Checkpoint.Loaded loaded, Console console, String option, Path out, Set<String> more) {
        return readFor(loaded, console, option, out, more, false);
    }

    /** As {@link #readFor(Checkpoint.Loaded, Console, String, Path)}, with keys if a table is to be written. */
    DataSource readWithKeysFor(Checkpoint.Loaded loaded, Console console, String option, Path out) {
        return readFor(loaded, console, option, out, Set.of(), out != null && TableFile.isTable(out));
    }

    private DataSource readFor(Checkpoint.Loaded loaded, Console console, String option, Path out, Set<String> more,
            boolean keys) {
        RunPlan run = data == null ? RunPlan.beside(loaded) : null;
        if (run != null) {
            orElse(run, loaded.file());
        }
        boolean known = data != null;
        table.orElse(loaded.checkpoint().table());
        if (out != null) {
            OutputFile.requireNoInput(option, out, "--data " + kind(), data().filesWithLabels());
        }
        Record trainedModel = loaded.checkpoint().model();
        Set<String> arrays = new TreeSet<>(Models.of(trainedModel).arrays());
        arrays.addAll(more);
        DataSource source = taken(trainedModel, read(console, bar -> DataSource.used(data(), request(arrays,
                keys, bar::at))));
        if (!known && !Checkpoint.Data.of(source.train()).equals(loaded.checkpoint().data())) {
            throw new DataException(Quoted.line(loaded.file())
                    + ": no run.json beside it says what it was trained on, and it was"
                    + " not the sprites: say with --data what to use");
        }
        Images images = source.test();
        Checkpoint.Data trained = loaded.checkpoint().data();
        if (images.columns() != trained.columns()) {
            throw new DataException(String.format("%s has rows of %d values (%d x %d x %d), but %s was trained on rows"
                    + " of %d (%d x %d x %d): choose other data with --data, or another checkpoint", images.name(),
                    images.columns(), images.height(), images.width(), images.channels(), loaded.file(),
                    trained.columns(), trained.height(), trained.width(), trained.channels()));
        }
        return source;
    }
}
