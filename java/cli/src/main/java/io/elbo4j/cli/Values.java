package io.elbo4j.cli;

import io.elbo4j.Quoted;
import io.elbo4j.train.run.CheckpointEvery;
import java.math.BigInteger;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.TypeConversionException;

/** Reads what options are given, with sentences that say what they expect. */
final class Values {
    /** More digits than any long; to read a million of them would take seconds. */
    private static final int MOST_DIGITS = 100;
    /** Linux takes 4,096 bytes. */
    private static final int LONGEST_PATH = 4_096;

    private Values() {}

    /** A whole number from -most - 1 to most, as Java's integers go. */
    static long whole(String given, long most) {
        if (!isWhole(given)) {
            throw new TypeConversionException(Quoted.of(given) + " is not a whole number");
        }
        boolean negative = given.charAt(0) == '-';
        BigInteger value = given.length() > MOST_DIGITS ? null : new BigInteger(given);
        if (!negative && (value == null || value.compareTo(BigInteger.valueOf(most)) > 0)) {
            throw new TypeConversionException(shown(given) + " is too large, expected at most " + most);
        }
        if (negative && (value == null || value.compareTo(BigInteger.valueOf(-most - 1)) < 0)) {
            throw new TypeConversionException(shown(given) + " is too small, expected at least " + (-most - 1));
        }
        return value.longValue();
    }

    /** Whether this is digits, with or without a sign. */
    static boolean isWhole(String given) {
        int first = given.startsWith("-") || given.startsWith("+") ? 1 : 0;
        return first < given.length() && given.chars().skip(first).allMatch(c -> c >= '0' && c <= '9');
    }

    /** Options without a value may be given one: picocli takes true and false. */
    static boolean flag(String given) {
        if (!given.equals("true") && !given.equals("false")) {
            throw new TypeConversionException("no value is expected, not " + Quoted.of(given));
        }
        return given.equals("true");
    }

    static double real(String given) {
        try {
            return Double.parseDouble(given);
        } catch (NumberFormatException e) {
            throw new TypeConversionException(Quoted.of(given) + " is not a number");
        }
    }

    static CheckpointEvery checkpointEvery(String given) {
        try {
            return CheckpointEvery.of(given);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    /**
     * A path; a leading ~ is the user's home folder, as a shell has it where it sees the path by itself.
     * Java takes '' for the current folder.
     */
    static Path path(String given) {
        if (given.isEmpty()) {
            throw new TypeConversionException("expected a path, not ''");
        }
        if (given.length() > LONGEST_PATH) {
            throw new TypeConversionException(Quoted.of(given) + " is not a path: no system takes one that long");
        }
        try {
            return Path.of(given.startsWith("~") ? withoutTilde(given) : given);
        } catch (InvalidPathException e) {
            throw new TypeConversionException(Quoted.of(given) + " is not a path: it has characters that no"
                    + " path has here" + PathEncoding.system().advice());
        }
    }

    private static String withoutTilde(String given) {
        if (given.length() > 1 && given.charAt(1) != '/') {
            if (given.indexOf('/') < 0) {
                return given;
            }
            throw new TypeConversionException(Quoted.of(given) + " begins with another user's home folder: write that"
                    + " folder in full, or put ./ before a name that begins with ~");
        }
        String home = System.getProperty("user.home");
        if (home == null || !home.startsWith("/")) {
            throw new TypeConversionException(Quoted.of(given) + " begins with the home folder of this user, which Java"
                    + " does not know: write that folder in full");
        }
        return home + given.substring(1);
    }

    /** Numbers as they are, but no more than fit into a sentence. */
    static String shown(String given) {
        return given.length() > MOST_DIGITS ? Quoted.of(given) : given;
    }
}
