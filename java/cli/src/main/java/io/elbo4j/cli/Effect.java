package io.elbo4j.cli;

import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.model.Models;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
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

    /** Refuses samples of a model that draws nothing: any number of them has the same result. */
    static void requireDraws(String option, Object given, Checkpoint.Loaded of) {
        Record settings = of.checkpoint().model();
        if (given != null && !Models.create(settings).isSampled()) {
            throw Failure.usage(option + " has no effect on " + Models.of(settings).name() + ", which draws nothing:"
                    + " -log p(x) is minus its ELBO");
        }
    }

    /**
     * Refuses a seed of what nothing is drawn for: any has the same result.
     *
     * @param of what it would be the seed of
     * @param drawn asked where it is given
     */
    static void requireDrawn(String option, Object given, String of, BooleanSupplier drawn) {
        if (given != null && !drawn.getAsBoolean()) {
            throw Failure.usage(option + " has no effect on " + of + ", for which nothing is drawn");
        }
    }

    /** The same again would have the same result again. */
    static void requireDifferent(String option, List<?> given) {
        if (given.stream().distinct().count() < given.size()) {
            throw Failure.usage(option + " must be different ones, not " + given.stream().map(String::valueOf).collect(
                    Collectors.joining(",")));
        }
    }
}
