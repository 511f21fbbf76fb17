package io.elbo4j;

import org.jspecify.annotations.Nullable;

/** A refused argument: its name, what was expected and what was given, for callers that know it by another name. */
public final class ArgumentException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final String argument;
    private final String expected;
    private final String given;

    public ArgumentException(String argument, String expected, Object given) {
        super(argument + " must be " + expected + ", not " + given);
        this.argument = argument;
        this.expected = expected;
        this.given = String.valueOf(given);
    }

    /** @throws ArgumentException unless {@code holds} */
    public static void require(boolean holds, String argument, String expected, Object given) {
        if (!holds) {
            throw new ArgumentException(argument, expected, given);
        }
    }

    /**
     * The value itself.
     *
     * @throws ArgumentException if it is null
     */
    public static <T> T requireGiven(String argument, @Nullable T value) {
        require(value != null, argument, "given", null);
        return value;
    }

    /** The name of the parameter or the record's component. */
    public String argument() {
        return argument;
    }

    /** What it must be, as "at least 1". */
    public String expected() {
        return expected;
    }

    /** What it was, as text. */
    public String given() {
        return given;
    }
}
