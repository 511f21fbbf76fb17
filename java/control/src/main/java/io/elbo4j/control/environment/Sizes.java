package io.elbo4j.control.environment;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

/** Refuses arrays that are not given or have another size, by name. */
final class Sizes {
    private Sizes() {}

    static void requireSize(String argument, float[] given, int expected) {
        requireGiven(argument, given);
        requireSize(argument, given.length, expected);
    }

    static void requireSize(String argument, boolean[] given, int expected) {
        requireGiven(argument, given);
        requireSize(argument, given.length, expected);
    }

    static void requireSize(String argument, int given, int expected) {
        require(given == expected, argument, expected + " elements", given);
    }
}
