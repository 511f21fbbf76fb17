package io.elbo4j.control.planning;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Quoted;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The searches that there are, by the names of the command line and of files. */
public enum SearchKind {
    CROSS_ENTROPY(CrossEntropy.of(100, 5)), PATH_INTEGRAL(PathIntegral.of(200)), RANDOM_SHOOTING(
            new RandomShooting(500));

    /** What a setting is that is a search, for people. */
    public static final String SETTING =
            "how it plans: cross-entropy, path-integral or random-shooting; one that is not"
                    + " its own has the defaults of 'elbo4j plan'";

    private final Search defaults;

    SearchKind(Search defaults) {
        this.defaults = defaults;
    }

    /** @throws io.elbo4j.ArgumentException if it is somebody else's */
    public static SearchKind of(Search search) {
        Optional<SearchKind> found = Arrays.stream(values()).filter(k -> k.defaults.getClass() == search.getClass())
                .findFirst();
        require(found.isPresent(), "search", "one of " + known(), search);
        return found.get();
    }

    /** @throws IllegalArgumentException saying what is wrong in the rest of a sentence that begins "its metadata" */
    public static SearchKind named(String words) {
        return Arrays.stream(values()).filter(k -> k.words().equals(words)).findFirst().orElseThrow(
                () -> new IllegalArgumentException("has search = " + Quoted.of(words) + ", expected one of "
                        + known()));
    }

    private static String known() {
        return Arrays.stream(values()).map(SearchKind::words).collect(Collectors.joining(", "));
    }

    /** As "cross-entropy". */
    public String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public Search defaults() {
        return defaults;
    }
}
