package io.elbo4j.cli;

import java.util.List;
import java.util.stream.Stream;

/** Joins arguments. */
final class Lists {
    private Lists() {}

    static String[] join(List<String> first, String... more) {
        return Stream.concat(first.stream(), Stream.of(more)).toArray(String[]::new);
    }
}
