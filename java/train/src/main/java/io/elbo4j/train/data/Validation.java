package io.elbo4j.train.data;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A validation set of one's own: rows that a run is evaluated on instead of the test set, which so chooses nothing. */
public final class Validation {
    private Validation() {}

    /**
     * Reads it: all rows of {@code images=DIR} and {@code npy=FILE}, the set {@code valid} of {@code music=FILE}, the
     * test set of what is always split, {@code mnist=DIR} and {@code sprites}.
     *
     * @param arrays as of {@link DataSource#read(DataName, Set, ReadProgress)}
     * @param stream whether the values stay in their file, where that is {@code npy=FILE}: to be closed
     * @param notes is told what is left aside
     * @throws DataException if it cannot be used
     */
    public static Images read(DataName name, Set<String> arrays, boolean stream, List<String> notes,
            ReadProgress progress) {
        return read(name, new DataRequest(arrays, stream && name.kind().streams(), progress), notes);
    }

    /** The same, as it is asked for. */
    public static Images read(DataName name, DataRequest request, List<String> notes) {
        DataSource.requirePossible(name, request);
        return name.kind().validation(name.place(), request, notes);
    }

    /**
     * Refuses a set whose rows a run has already, to be trained or tested on: its own data again, by whatever path. A
     * file of music has a third set.
     *
     * @throws io.elbo4j.ArgumentException if it is that
     */
    public static void requireOther(DataName data, DataName validationData) {
        requireGiven("data", data);
        requireGiven("validationData", validationData);
        require(data.kind() == DataKinds.MUSIC || !data.isSame(validationData), "validationData", "other data than "
                + data + ", whose rows the run is trained or tested on", validationData);
    }

    /**
     * How many rows of a set are also among others, value by value: of those that are trained on the set tells little.
     */
    public static int among(Images rows, Images others) {
        Map<Long, Integer> all = new HashMap<>();
        rows.forEachRow((row, number) -> all.merge(fingerprint(row), 1, Integer::sum));
        int[] found = {0};
        others.forEachRow((row, number) -> {
            Integer count = all.remove(fingerprint(row));
            found[0] += count == null ? 0 : count;
        });
        return found[0];
    }

    private static long fingerprint(float[] row) {
        long h = row.length;
        for (float value : row) {
            h = (h ^ Float.floatToIntBits(value)) * 0x9E3779B97F4A7C15L;
            h ^= h >>> 29;
        }
        return h;
    }

    /**
     * The data with these rows in place of the test set. Sequences that are shorter than the longest one to train on
     * end in steps that are not there, labels may be of fewer classes.
     *
     * @param validationData rows of the size of the training data's, with the same arrays
     * @throws io.elbo4j.ArgumentException naming what differs, or if these are rows of the data itself
     */
    public static DataSource of(DataSource data, Images validationData) {
        Images train = requireGiven("data", data).train();
        Images rows = requireGiven("validationData", validationData);
        require(!rows.overlaps(train) && !rows.overlaps(data.test()), "validationData", "other rows than those that are"
                + " trained or tested on", "rows of " + (rows.overlaps(train) ? train : data.test()).name());
        boolean sequences = train.arrays().contains(Images.MASK);
        boolean fits = rows.width() == train.width() && rows.channels() == train.channels() && (sequences
                ? rows.height() <= train.height() : rows.height() == train.height());
        require(fits, "validationData", sequences ? "sequences of at most " + train.height() + " steps of " + train
                .width() * train.channels() + " values, as of " + train.name() : "rows of " + size(train)
                        + " (height x width x channels), as of " + train.name(), sequences ? rows.height()
                                + " steps of " + rows.width() * rows.channels() + " of " + rows.name() : size(rows)
                                        + " of " + rows.name());
        boolean labels = train.arrays().contains(Images.LABEL);
        Images room = Labels.widened(Sequences.lengthened(rows, train.height()), labels ? train.array(Images.LABEL)
                .columns() : 0);
        Images fitted = room.alone();
        for (String name : train.arrays()) {
            if (!name.equals(Images.X)) {
                Images array = room.array(name);
                require(array.columns() == train.array(name).columns(), "validationData", "with " + (name.equals(
                        Images.LABEL) ? "at most " : "") + train.array(name).columns() + " columns of '" + name
                        + "', as the training data has", array.columns() + " of " + array.name());
                fitted = fitted.with(name, array);
            }
        }
        return data.with(train, fitted);
    }

    private static String size(Images images) {
        return images.height() + " x " + images.width() + " x " + images.channels();
    }
}
