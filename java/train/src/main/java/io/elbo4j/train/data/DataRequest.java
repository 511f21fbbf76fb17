package io.elbo4j.train.data;

import java.util.Set;

/**
 * What is wanted of data.
 *
 * @param arrays names of the arrays, as of {@link DataSource#read(DataName, Set, ReadProgress)}
 * @param stream whether the values stay in a file
 * @param settings how a table is read
 * @param like the table whose columns these data must have, that of a trained model; {@link Table#NONE} for any
 * @param keys whether a table's key columns are read too
 * @param trusted whether a table's query is the caller's own, which may read other files too, not a checkpoint's
 * @param progress is told how far reading is
 */
public record DataRequest(Set<String> arrays, boolean stream, TableSettings settings, Table like, boolean keys,
        boolean trusted, ReadProgress progress) {
    public DataRequest {
        arrays = Set.copyOf(arrays);
    }

    public DataRequest(Set<String> arrays, boolean stream, ReadProgress progress) {
        this(arrays, stream, TableSettings.NONE, Table.NONE, false, false, progress);
    }

    /** The same of a table, whose query reads the data alone if it is that of {@code as}. */
    public DataRequest of(TableSettings how, Table as, boolean withKeys) {
        return new DataRequest(arrays, stream, how, as, withKeys, !how.query().equals(as.settings().query()), progress);
    }

    /** The same with a query that the caller has chosen. */
    public DataRequest withTrust() {
        return new DataRequest(arrays, stream, settings, like, keys, true, progress);
    }
}
