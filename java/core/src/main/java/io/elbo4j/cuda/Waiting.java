package io.elbo4j.cuda;

import io.elbo4j.Launch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;

/** Launches of one kind that run as one: each alone leaves most of a GPU idle. */
final class Waiting {
    private Waiting() {}

    /**
     * The same program, in which a launch of the kind waits for others until a launch touches what it touches: what
     * lies between goes first. The same list where nothing becomes one.
     *
     * @param together whether two of the kind can be one
     * @param merged one for several, or for one
     */
    static List<Launch> merge(List<Launch> launches, Predicate<Launch> kind, BiPredicate<Launch, Launch> together,
            Function<List<Launch>, Launch> merged) {
        List<Launch> result = new ArrayList<>();
        List<Launch> waiting = new ArrayList<>();
        for (Launch launch : launches) {
            boolean fits = kind.test(launch);
            if (!waiting.isEmpty() && (!waiting.stream().allMatch(launch::commutesWith) || fits && !together.test(
                    waiting.get(0), launch))) {
                result.add(merged.apply(List.copyOf(waiting)));
                waiting.clear();
            }
            (fits ? waiting : result).add(launch);
        }
        if (!waiting.isEmpty()) {
            result.add(merged.apply(waiting));
        }
        return result.size() == launches.size() ? launches : result;
    }
}
