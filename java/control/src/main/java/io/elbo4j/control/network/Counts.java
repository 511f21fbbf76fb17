package io.elbo4j.control.network;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import java.util.List;

/**
 * How many there may be of what takes memory. What is beyond has no use, and is refused by its name before memory is
 * asked for; what is within may still be more than a machine has.
 */
public final class Counts {
    /** Rows that are computed at once: a batch, rollouts, plans. */
    public static final int ROWS = 1_000_000;
    /** Numbers of a layer. */
    public static final int UNITS = 100_000;
    /** Networks of an ensemble, and what a graph has a part of its own for: layers alone are fewer. */
    public static final int PARTS = 1000;
    /** Rows of a memory. */
    public static final int REMEMBERED = 100_000_000;

    private static final int LAYERS = 100;

    private Counts() {}

    /** @throws io.elbo4j.ArgumentException if it is below 1 or above the most */
    public static void requireCount(String argument, int given, int most) {
        require(given >= 1, argument, "at least 1", given);
        require(given <= most, argument, "at most " + most, given);
    }

    /**
     * Units of hidden layers, at most 100 of them.
     *
     * @return a copy
     */
    public static List<Integer> requireWidths(String argument, List<Integer> widths) {
        List<Integer> copy = List.copyOf(requireGiven(argument, widths));
        require(copy.size() <= LAYERS, argument, "at most " + LAYERS + " layers", copy.size());
        require(copy.stream().allMatch(w -> w >= 1), argument, "at least 1 each", copy);
        require(copy.stream().allMatch(w -> w <= UNITS), argument, "at most " + UNITS + " each", copy);
        return copy;
    }

    /** Of the argument {@code widths}. */
    public static List<Integer> requireWidths(List<Integer> widths) {
        return requireWidths("widths", widths);
    }
}
