package io.elbo4j.train.data;

/** The values of a data set, row after row, wherever they lie. Threads may share them. */
interface Values {
    /**
     * Copies values: what a file holds is to be trusted once {@link #requireUnchanged} has been asked after it.
     *
     * @param first counted from 0; there may be more than an int counts
     */
    void copy(long first, int count, float[] target, int offset);

    /** Where a row is in what is read, from 0 on: other values may be some of its rows. */
    default int placeOf(int row) {
        return row;
    }

    /** @throws DataException if values are read from a file that has been changed */
    default void requireUnchanged() {}

    /** Whether they are read from a file when they are asked for. */
    default boolean areStreamed() {
        return false;
    }

    /** Closes the file that they are read from. */
    default void close() {}
}
