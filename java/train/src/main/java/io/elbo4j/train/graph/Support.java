package io.elbo4j.train.graph;

import java.util.function.DoublePredicate;

/**
 * The values of which a distribution has a density.
 *
 * @param words as they follow "values"
 * @param values whether it has one of a value
 * @param most the largest of whole numbers from 0 on; 0 where others have a density too
 */
public record Support(String words, DoublePredicate values, int most) {
    /** All finite numbers. */
    public static final Support REAL = new Support("that are finite", Double::isFinite);
    /** Whole numbers from 0 to 2^24, all of which float32 has. */
    public static final Support COUNTS = whole("counts", 1 << 24);
    public static final Support UNIT_INTERVAL = new Support("in [0, 1]", x -> x >= 0 && x <= 1);

    /** Of values that are no whole numbers alone. */
    public Support(String words, DoublePredicate values) {
        this(words, values, 0);
    }

    /** Whole numbers from 0 to classes - 1. */
    public static Support classes(int classes) {
        return whole("class numbers", classes - 1);
    }

    private static Support whole(String words, int most) {
        return new Support("that are " + words + ", whole numbers from 0 to " + most,
                x -> x >= 0 && x <= most && x == Math.rint(x), most);
    }

    /** Whether they are whole numbers, as bytes are. */
    public boolean isWhole() {
        return most > 0;
    }

    public boolean has(double x) {
        return values.test(x);
    }

    @Override
    public String toString() {
        return words;
    }
}
