package io.elbo4j.train.graph;

/**
 * What a distribution draws. A latent variable's posterior and prior have densities of the same: a mass and a density,
 * or densities of other dimensions, have no ratio.
 */
public enum Draws {
    /** Rows of real numbers. */
    REAL("real numbers"),
    /** Logarithms of points of the simplex, which have a dimension less than columns. */
    LOG_SIMPLEX("logarithms of numbers that sum to 1"),
    /** Whole numbers from 0 on. */
    COUNTS("counts"),
    /** Zeros and ones. */
    BINARY("zeros and ones"),
    /** Rows with a single 1. */
    ONE_HOT("rows of zeros with a single 1");

    private final String words;

    Draws(String words) {
        this.words = words;
    }

    /** Whether a distribution over {@code all} has a mass or a density of each of these. */
    public boolean within(Draws all) {
        return this == all || this == ONE_HOT && all == BINARY || (this == ONE_HOT || this == BINARY) && all == COUNTS;
    }

    @Override
    public String toString() {
        return words;
    }
}
