package io.elbo4j.cli;

import io.elbo4j.Quoted;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** How names of files become Java's text: by the locale's encoding, in which POSIX has ASCII alone. */
record PathEncoding(String name) {
    private static final char LOST = '\uFFFD';

    static PathEncoding system() {
        return new PathEncoding(System.getProperty("sun.jnu.encoding", "UTF-8"));
    }

    /** Said after characters that a path cannot have here; empty where it can have all. */
    String advice() {
        return name.equals("UTF-8") ? "" : ": this locale's encoding, " + name
                + ", lacks them: start java with LC_ALL=C.UTF-8 in the environment";
    }

    /** A sentence if the current folder's name, or an argument, has lost characters before Java's code saw it. */
    Optional<String> loss(String folder, String... args) {
        if (advice().isEmpty()) {
            return Optional.empty();
        }
        Stream<String> places = Stream.concat(Arrays.stream(args).map(a -> "the argument " + Quoted.of(a)),
                Stream.of("the current folder, " + Quoted.of(folder) + ","));
        return places.filter(p -> p.indexOf(LOST) >= 0).findFirst()
                .map(p -> p + " has characters that Java cannot read" + advice());
    }
}
