package io.elbo4j.cli;

import io.elbo4j.train.run.CheckpointEvery;
import java.math.BigInteger;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.TypeConversionException;

/** Reads what options are given, with sentences that say what they expect. */
final class Values {
    private Values() { }

    /** A whole number from -most - 1 to most, as Java's integers go. */
    static long whole(String given, long most) {
        if (!given.matches("[+-]?[0-9]+")) {
            throw new TypeConversionException("'" + given + "' is not a whole number");
        }
        BigInteger value = new BigInteger(given);
        if (value.compareTo(BigInteger.valueOf(most)) > 0) {
            throw new TypeConversionException(given + " is too large, expected at most " + most);
        }
        if (value.compareTo(BigInteger.valueOf(-most - 1)) < 0) {
            throw new TypeConversionException(given + " is too small, expected at least " + (-most - 1));
        }
        return value.longValue();
    }

    static double real(String given) {
        try {
            return Double.parseDouble(given);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + given + "' is not a number");
        }
    }

    static CheckpointEvery checkpointEvery(String given) {
        try {
            return CheckpointEvery.of(given);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    /** Java takes '' for the current folder. */
    static Path path(String given) {
        if (given.isEmpty()) {
            throw new TypeConversionException("expected a path, not ''");
        }
        try {
            return Path.of(given);
        } catch (InvalidPathException e) {
            throw new TypeConversionException("'" + given + "' is not a path: " + e.getReason());
        }
    }
}
