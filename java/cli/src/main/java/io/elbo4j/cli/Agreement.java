package io.elbo4j.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Compares options with what a run was started with, as it stands in a file of it. */
record Agreement(Path file) {
    /**
     * @param given null if the option was not given
     * @param stored null or false if the run was started without
     */
    void check(String option, Object given, Object stored) {
        if (given != null && !given.equals(stored)) {
            throw Failure.usage(typed(option, given) + " contradicts " + file + ", which is of a run with" + (stored
                    == null || stored.equals(false) ? "out " + option : " " + typed(option, stored))
                    + ": leave the option out, or start another run");
        }
    }

    /** As it would be: a flag has no value, but for the one that takes it back. */
    private static String typed(String option, Object value) {
        return value instanceof Boolean flag ? option + (flag ? "" : "=false") : option + " " + Values.shown(text(
                value));
    }

    private static String text(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(Object::toString).collect(Collectors.joining(","));
        }
        return value instanceof Enum<?> e ? Names.of(e) : value.toString();
    }
}
