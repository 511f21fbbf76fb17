package io.elbo4j.train.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A kind of data: what stands before the equals sign of {@code --data}, and how what stands behind it is read. One of
 * another jar is named in its {@code META-INF/services/io.elbo4j.train.data.DataKind}.
 */
public abstract class DataKind {
    private final String name;
    private final String place;

    /**
     * @param name as it is written: {@code npy}
     * @param place what stands behind it, for people: {@code FILE}; empty for nothing
     */
    protected DataKind(String name, String place) {
        this.name = name;
        this.place = place;
    }

    /** As it is written: {@code mnist}. */
    @Override
    public final String toString() {
        return name;
    }

    /** As it is written with a path, for people: {@code mnist=DIR}. */
    public final String form() {
        return written(place);
    }

    final boolean hasPlace() {
        return !place.isEmpty();
    }

    final String written(String at) {
        return at.isEmpty() ? name : name + "=" + at;
    }

    /**
     * The files that it is read from.
     *
     * @throws DataException if they cannot be listed
     */
    public List<Path> files(String at) {
        return List.of(Path.of(at));
    }

    /** A file or folder that is in no other data of this kind. */
    Path whole(String at) {
        return Path.of(at);
    }

    /** A file in which labels may lie beside the data. */
    Optional<Path> labels(String at) {
        return Optional.empty();
    }

    /** Whether every such data has labels, as far as is known before it is read. */
    public boolean isLabelled() {
        return false;
    }

    /** Whether it may have the array {@link Images#MASK}. */
    boolean isMasked() {
        return false;
    }

    /** Whether the values may stay in a file: {@code --stream}. */
    public boolean streams() {
        return false;
    }

    /** Whether its rows lie in one order, of which nobody has said which are for training. */
    public boolean isUndivided() {
        return false;
    }

    /** Whether it is read as {@link TableSettings} say, and has a {@link Table}. */
    public boolean isTable() {
        return false;
    }

    /**
     * Reads or generates it.
     *
     * @param at the path behind the kind, as it was given
     * @throws DataException naming what cannot be used, what it is and what was expected
     */
    public abstract DataSource read(String at, DataRequest request);

    /** The rows of a validation set: all of them, unless the kind has a set that is meant for it. */
    Images validation(String at, DataRequest request, List<String> notes) {
        DataSource source = read(at, request);
        notes.addAll(source.notes());
        return source.all();
    }
}
