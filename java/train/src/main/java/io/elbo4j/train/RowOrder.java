package io.elbo4j.train;

/** Which rows of the data an epoch has, and in which order. */
public interface RowOrder {
    /** Rows of an epoch, at least 1. */
    int rows();

    /**
     * The order of an epoch: a function of (seed, epoch) alone.
     *
     * @param order gets {@link #rows} numbers of rows of the data. What other workers read of a batch is never read
     *     here, and may be the number of any row
     */
    void fill(long seed, long epoch, int[] order);

    /** All of so many rows, by a Fisher-Yates shuffle. */
    static RowOrder shuffled(int rows) {
        return new RowOrder() {
            @Override
            public int rows() {
                return rows;
            }

            @Override
            public void fill(long seed, long epoch, int[] order) {
                Shuffle.permutation(seed, epoch, order);
            }
        };
    }
}
