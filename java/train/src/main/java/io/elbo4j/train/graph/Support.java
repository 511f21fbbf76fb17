package io.elbo4j.train.graph;

import java.util.function.DoublePredicate;

/**
 * The values of which a distribution has a density.
 *
 * @param words as they follow "values"
 * @param values whether it has one of a value
 */
public record Support(String words, DoublePredicate values) {
    /** All finite numbers. */
    public static final Support REAL = new Support("that are finite", Double::isFinite);
    /** Whole numbers from 0 to 2^24, all of which float32 has. */
    public static final Support COUNTS = new Support("that are counts, whole numbers from 0 to 16777216",
            x -> x >= 0 && x <= 1 << 24 && x == Math.rint(x));
    public static final Support UNIT_INTERVAL = new Support("in [0, 1]", x -> x >= 0 && x <= 1);

    public boolean has(double x) {
        return values.test(x);
    }

    @Override
    public String toString() {
        return words;
    }
}
