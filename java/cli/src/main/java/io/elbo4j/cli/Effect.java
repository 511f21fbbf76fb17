package io.elbo4j.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Options that only some of several choices have. */
final class Effect {
    private Effect() {}

    /**
     * Refuses what none of the chosen has.
     *
     * @param given null if it is not
     */
    static <E extends Enum<E>> void require(String option, Object given, E[] chosen, Set<E> of) {
        if (given != null && Arrays.stream(chosen).noneMatch(of::contains)) {
            throw Failure.usage(option + " has no effect on " + Arrays.stream(chosen).map(Names::of).collect(Collectors
                    .joining(" and ")));
        }
    }

    /** The same again would have the same result again. */
    static void requireDifferent(String option, List<?> given) {
        if (given.stream().distinct().count() < given.size()) {
            throw Failure.usage(option + " must be different ones, not " + given);
        }
    }
}
