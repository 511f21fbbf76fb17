package io.elbo4j.train.data;

import static io.elbo4j.ArgumentException.require;

import java.util.Arrays;

/**
 * A known factor of variation of data.
 *
 * @param name what varies
 * @param classes of each row, from 0 on; rows must differ in it
 */
public record Factor(String name, int[] classes) {
    public Factor {
        classes = classes.clone();
        int[] given = classes;
        require(Arrays.stream(given).allMatch(c -> c >= 0), "classes", "numbers of at least 0 in '" + name + "'", Arrays
                .stream(given).min().orElse(0));
        require(Arrays.stream(given).distinct().count() > 1, "classes", "at least 2 different ones in '" + name + "'",
                Arrays.stream(given).distinct().count());
    }

    public int rows() {
        return classes.length;
    }

    /** How many rows have each class. */
    public int[] counts() {
        int[] counts = new int[Arrays.stream(classes).max().orElseThrow() + 1];
        Arrays.stream(classes).forEach(c -> counts[c]++);
        return counts;
    }

    /** Of the rows' distribution over the classes, in nats. */
    public double entropy() {
        return Arrays.stream(counts()).filter(n -> n > 0).mapToDouble(n -> {
            double share = n / (double) rows();
            return -share * StrictMath.log(share);
        }).sum();
    }
}
