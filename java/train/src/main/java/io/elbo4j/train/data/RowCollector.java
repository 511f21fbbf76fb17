package io.elbo4j.train.data;

import java.nio.file.Path;

/**
 * Takes rows of values one after the other, for readers of data that do not know how many there are, and makes them a
 * data set: in memory, or in a scratch file, from which rows can then be read in any order. The file is removed when
 * the data set is closed, where the system allows it already when it is made.
 */
public final class RowCollector implements AutoCloseable {
    /** Where values are kept. */
    interface Store {
        void add(float[] values, int count);

        /** All of them: none is added after that. */
        Values values();

        /** Leaves values that nobody has asked for. */
        void close();
    }

    private final String name;
    private final int columns;
    private final Store store;
    private long rows;

    private RowCollector(String name, int columns, Store store) {
        this.name = name;
        this.columns = columns;
        this.store = store;
    }

    /** @param name where the rows come from, for error messages */
    public static RowCollector inMemory(String name, int columns) {
        return new RowCollector(name, columns, new SegmentedValues.Store(name));
    }

    /**
     * In a file of rows x columns x 4 bytes in a folder.
     *
     * @throws DataException if there can be none
     */
    public static RowCollector inFile(String name, int columns, Path folder) {
        return new RowCollector(name, columns, new ScratchFile(name, folder));
    }

    /**
     * Takes rows.
     *
     * @param values rows x columns of them at least, row after row, each of which the caller has checked to be finite
     */
    public void add(float[] values, int count) {
        store.add(values, Math.multiplyExact(count, columns));
        rows += count;
    }

    /**
     * The rows as a data set, to be closed if it is in a file. Rows that were taken by then are all that it has.
     *
     * @throws DataException if there are none, or more than are counted here
     */
    public Images images() {
        Images.requireRows(name, rows, 1, columns, 1);
        return new Images(name, (int) rows, 1, columns, 1, store.values(), false);
    }

    /** Leaves rows of which no data set was made. */
    @Override
    public void close() {
        store.close();
    }
}
