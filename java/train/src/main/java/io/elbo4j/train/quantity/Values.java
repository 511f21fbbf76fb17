package io.elbo4j.train.quantity;

/** What a distribution is of. */
public enum Values {
    /** Real numbers. */
    REAL("real numbers"),
    /** Numbers from 0 to 1. */
    UNIT_INTERVAL("numbers from 0 to 1"),
    /** Logarithms of numbers that sum to 1. */
    LOG_SIMPLEX("logarithms of numbers that sum to 1"),
    /** Whole numbers from 0 on. */
    COUNTS("counts"),
    /** Zeros and ones. */
    BINARY("zeros and ones"),
    /** Rows with a single 1. */
    ONE_HOT("rows of zeros with a single 1");

    private final String words;

    Values(String words) {
        this.words = words;
    }

    /** Whether a distribution over {@code all} has a mass or a density of each of these. */
    boolean within(Values all) {
        return this == all || this == UNIT_INTERVAL && all == REAL || this == ONE_HOT && all == BINARY
                || (this == ONE_HOT || this == BINARY) && all == COUNTS;
    }

    @Override
    public String toString() {
        return words;
    }
}
