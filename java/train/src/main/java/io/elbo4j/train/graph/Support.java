package io.elbo4j.train.graph;

import java.util.function.DoublePredicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What data may be: the values of which a distribution has a density, or that an input or a layer takes.
 *
 * @param words as they follow "values"
 * @param values whether a value is one of them
 * @param most the largest of whole numbers from 0 on; 0 where others are among them too
 * @param rows where it is not each value alone that counts: the first column at which a row of the data, all of whose
 *     values are among them, is none of theirs, or -1; else null
 */
public record Support(String words, DoublePredicate values, int most, @Nullable ToIntFunction<float[]> rows) {
    /** All finite numbers. */
    public static final Support REAL = new Support("that are finite", Double::isFinite);
    /** Whole numbers from 0 to 2^24, all of which float32 has. */
    public static final Support COUNTS = whole("counts", 1 << 24);
    public static final Support UNIT_INTERVAL = new Support("in [0, 1]", x -> x >= 0 && x <= 1);
    public static final Support NON_NEGATIVE = new Support("that are at least 0", x -> x >= 0 && Double.isFinite(x));
    /** A class: see {@link io.elbo4j.train.data.Labels}. */
    public static final Support ONE_HOT = ofRows("that are 1 in one column of a row and 0 in the others",
            Support::otherThanOneHot);
    /** Shares of classes, as between one class and another. */
    public static final Support SHARES = new Support("that are shares of classes, at least 0 with a sum of 1 in each"
            + " row", x -> x >= 0 && x <= 1, 0, row -> isOne(row) ? -1 : row.length - 1);
    /** The steps that a sequence has: see {@link io.elbo4j.train.data.Images#MASK}. */
    public static final Support MASK = ofRows("that are 1 for a sequence's steps, at least one, and 0 after them",
            Support::otherThanMask);

    /** Of values that are no whole numbers alone. */
    public Support(String words, DoublePredicate values) {
        this(words, values, 0, null);
    }

    /** Whole numbers from 0 to classes - 1. */
    public static Support classes(int classes) {
        return whole("class numbers", classes - 1);
    }

    private static Support whole(String words, int most) {
        return new Support("that are " + words + ", whole numbers from 0 to " + most,
                x -> x >= 0 && x <= most && x == Math.rint(x), most, null);
    }

    private static Support ofRows(String words, ToIntFunction<float[]> rows) {
        return new Support(words, x -> x == 0 || x == 1, 0, rows);
    }

    private static boolean isOne(float[] shares) {
        double sum = 0;
        for (float share : shares) {
            sum += share;
        }
        return Math.abs(sum - 1) < 1e-5;
    }

    private static int otherThanOneHot(float[] row) {
        int ones = 0;
        for (int c = 0; c < row.length; c++) {
            ones += (int) row[c];
            if (ones > 1) {
                return c;
            }
        }
        return ones == 1 ? -1 : row.length - 1;
    }

    private static int otherThanMask(float[] row) {
        for (int c = 0; c < row.length; c++) {
            if (row[c] > (c == 0 ? 1 : row[c - 1]) || c == 0 && row[c] == 0) {
                return c;
            }
        }
        return -1;
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
