package io.elbo4j.cuda;

import io.elbo4j.AdamStep;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Adam;
import java.util.ArrayList;
import java.util.List;

/** Adam updates of several parameters as one launch: those of small ones alone leave most of a GPU idle. */
record AdamUpdates(List<Adam.Update> updates) implements Launch.Body {
    /** A program runs the kernel that stands for it. */
    @Override
    public void run(long begin, long end) {
        throw new UnsupportedOperationException("Adam updates are run by a program");
    }

    AdamStep step() {
        return updates.get(0).step();
    }

    /**
     * The same program, in which an update waits for others of its step until a launch touches what it touches: what
     * lies between goes first.
     */
    static List<Launch> fuse(List<Launch> launches) {
        List<Launch> result = new ArrayList<>();
        List<Launch> waiting = new ArrayList<>();
        for (Launch launch : launches) {
            if (!waiting.stream().allMatch(launch::commutesWith) || fits(launch) && !waiting.isEmpty()
                    && !together(launch, waiting.get(0))) {
                addTo(result, waiting);
            }
            (fits(launch) ? waiting : result).add(launch);
        }
        addTo(result, waiting);
        return result.size() == launches.size() ? launches : result;
    }

    private static void addTo(List<Launch> result, List<Launch> waiting) {
        if (waiting.size() == 1) {
            result.add(waiting.get(0));
        } else if (waiting.size() > 1) {
            result.add(new AdamUpdates(waiting.stream().map(AdamUpdates::update).toList()).launch());
        }
        waiting.clear();
    }

    private static Adam.Update update(Launch launch) {
        return (Adam.Update) launch.body();
    }

    private static boolean fits(Launch launch) {
        return launch.body() instanceof Adam.Update update && DenseUpdates.hasNoGaps(update);
    }

    private static boolean together(Launch one, Launch other) {
        Matrix scale = update(one).gradientScale();
        Matrix otherScale = update(other).gradientScale();
        boolean sameScale = scale == null ? otherScale == null : otherScale != null && scale.storage() == otherScale
                .storage() && scale.offset() == otherScale.offset();
        return sameScale && update(one).step() == update(other).step();
    }

    private Launch launch() {
        Launch launch = Launch.of("Adam updates", updates.get(0).parameter().backend(), 1).body(this);
        for (Adam.Update update : updates) {
            launch.readsAll(update.gradient(), update.gradientScale());
            launch.writes(update.parameter(), update.firstMoment(), update.secondMoment());
        }
        return launch;
    }
}
