package io.elbo4j.train.data;

import io.elbo4j.Quoted;
import io.elbo4j.train.event.DataReadEvent;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The data a run works on: what the value of {@code --data} names.
 *
 * <p>{@code sprites}: {@value #SPRITES_TRAIN} generated images and {@value #SPRITES_TEST} others for
 * the test, always the same ones. {@code mnist=DIR}: the split of the IDX files of MNIST, EMNIST or
 * QMNIST, which may lie where torchvision puts them. {@code images=DIR} and {@code npy=FILE}: the last
 * tenth of the rows, at least one, is the test set. {@code music=FILE}: the sets {@code train} and {@code test} of a
 * JSON file of lists of sequences of steps of MIDI notes; each row is a sequence, with a mask. Other jars may add
 * kinds, see {@link DataKind}.
 *
 * @param train the images to learn from
 * @param test images of the same shape that training never sees; the same as train for a single row, which is not
 *     trained on: see {@link #used}
 * @param notes what was found and does not show in the images, a sentence each
 * @param table what the values of a row mean; {@link Table#NONE} if that is not known
 * @param keys a table's keys, if they were asked for
 */
public record DataSource(Images train, Images test, List<String> notes, Table table, Keys keys)
        implements
            AutoCloseable {
    public static final int SPRITES_TRAIN = 16_384;
    public static final int SPRITES_TEST = 2_048;
    /** Of the sprites; the first {@link #SPRITES_TRAIN} images are the training set. */
    public static final long SPRITES_SEED = 0;

    public DataSource {
        notes = List.copyOf(notes);
        if (train.height() != test.height() || train.width() != test.width() || train.channels() != test.channels()) {
            throw new DataException(
                    String.format("%s is %s but %s is %s (height x width x channels), expected one size", train.name(),
                            size(train), test.name(), size(test)));
        }
    }

    public DataSource(Images train, Images test, List<String> notes) {
        this(train, test, notes, Table.NONE, Keys.NONE);
    }

    public DataSource(Images train, Images test) {
        this(train, test, List.of());
    }

    /**
     * Reads or generates the data.
     *
     * @param data the value of {@code --data}
     * @throws DataException if it names no kind of data, or the data cannot be used
     */
    public static DataSource parse(String data) {
        return read(DataName.parse(data), ReadProgress.NONE);
    }

    /**
     * Reads or generates the images.
     *
     * @throws DataException if the data cannot be used
     */
    public static DataSource read(DataName name, ReadProgress progress) {
        return read(name, Set.of(Images.X), progress);
    }

    /**
     * Reads or generates the data.
     *
     * @param arrays names of the arrays that are wanted: of {@link Images#LABEL} a sprite's class is its shape, in the
     *     order of {@link Sprites.Shape}, IDX files have one of labels beside that of images, of {@code npy=x.npy} and
     *     {@code images=DIR} they are whole numbers from 0 on in {@code x.labels.npy} and {@code DIR.labels.npy}; with
     *     {@link Images#MASK} a NumPy array is of sequences, {@link NpyReader#sequences}
     * @throws DataException if the data cannot be used, or has no such array
     */
    public static DataSource read(DataName name, Set<String> arrays, ReadProgress progress) {
        return read(name, new DataRequest(arrays, false, progress));
    }

    /**
     * As {@link #read(DataName, Set, ReadProgress)}, but the values stay in their file: see {@link NpyReader#stream}.
     * To be closed.
     *
     * @throws DataException also if data of that kind cannot stay in a file
     */
    public static DataSource stream(DataName name, Set<String> arrays, ReadProgress progress) {
        return read(name, new DataRequest(arrays, true, progress));
    }

    /** Reads or generates what is asked for; to be closed if that is streamed. */
    public static DataSource read(DataName name, DataRequest request) {
        return requireTwoRows(used(name, request));
    }

    /**
     * As {@link #read(DataName, Set, ReadProgress)} or {@link #stream}, for what uses a trained model: of a single row
     * both sets are that row.
     */
    public static DataSource used(DataName name, Set<String> arrays, boolean stream, ReadProgress progress) {
        return used(name, new DataRequest(arrays, stream, progress));
    }

    /** As {@link #read(DataName, DataRequest)}, for what uses a trained model: of one row both sets are that row. */
    public static DataSource used(DataName name, DataRequest request) {
        requirePossible(name, request);
        DataReadEvent event = new DataReadEvent();
        event.begin();
        DataSource read = name.kind().read(name.place(), request);
        event.end();
        if (event.shouldCommit()) {
            event.data = name.toString();
            event.rows = read.sets().stream().mapToLong(Images::rows).sum();
            event.columns = read.train().columns();
            event.commit();
        }
        return read;
    }

    private static DataSource requireTwoRows(DataSource source) {
        if (source.isOneRow()) {
            source.close();
            throw new DataException(source.train.name() + ": holds a single " + (source.table.hasColumns() ? "row"
                    : "image") + ", expected at least 2 (one to train, one to test)");
        }
        return source;
    }

    /** Whether both sets are the only row that there is. */
    public boolean isOneRow() {
        return train == test;
    }

    /** All rows as one set, in their order. */
    public Images all() {
        return isOneRow() ? train : train.and(test);
    }

    /** All rows, in their order: the training set and the test set, or the only row. */
    public List<Images> sets() {
        return isOneRow() ? List.of(train) : List.of(train, test);
    }

    /** The same data with these rows. */
    public DataSource with(Images otherTrain, Images otherTest) {
        return new DataSource(otherTrain, otherTest, notes, table, keys);
    }

    /** @throws DataException if data of that kind has no such array, or cannot be streamed */
    static void requirePossible(DataName name, DataRequest request) {
        DataKind kind = name.kind();
        Set<String> arrays = request.arrays();
        if (request.stream() && !kind.streams()) {
            throw new DataException(name + " cannot be streamed, only " + DataName.forms(DataKind::streams) + " can");
        }
        if (request.stream() && arrays.contains(Images.MASK)) {
            throw new DataException(name + " cannot be streamed to a model of sequences: where they end is known when"
                    + " all of them are read");
        }
        for (String array : arrays) {
            if (!array.equals(Images.X) && !(array.equals(Images.LABEL) && name.hasLabels()) && !(kind.isMasked()
                    && array.equals(Images.MASK))) {
                throw new DataException(name + " has no array '" + array + "', which the model takes"
                        + (array.equals(Images.LABEL) ? ": " + name.whereLabelsAre() : array.equals(Images.MASK)
                                ? ": a mask comes with npy=FILE and music=FILE" : ""));
            }
        }
        try {
            Path.of(name.place());
        } catch (InvalidPathException e) {
            throw new DataException(Quoted.of(name) + " is not a path: " + e.getReason(), e);
        }
    }

    /** The last tenth of the rows, at least one, as the test set. */
    static DataSource split(Images all, List<String> notes) {
        if (all.count() == 1) {
            return new DataSource(all, all, notes);
        }
        int test = Math.max(1, all.count() / 10);
        return new DataSource(all.first(all.count() - test), all.last(test), notes);
    }

    /** Closes the images: see {@link Images#close}. */
    @Override
    public void close() {
        train.close();
        test.close();
    }

    private static String size(Images images) {
        return images.height() + " x " + images.width() + " x " + images.channels();
    }
}
