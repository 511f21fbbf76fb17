package io.elbo4j.cuda;

import io.elbo4j.AdamStep;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Adam;
import io.elbo4j.operation.Convolution;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Adam updates of several parameters as one launch. */
record AdamUpdates(List<One> updates) implements Launch.Body {
    /** An update whose gradient is the sum of the leaves of a convolution, or is there where that is null. */
    record One(Adam.Update update, Convolution.@Nullable WeightGradient leaves) {}

    /** A program runs the kernel that stands for it. */
    @Override
    public void run(long begin, long end) {
        throw new UnsupportedOperationException("Adam updates are run by a program");
    }

    AdamStep step() {
        return updates.get(0).update.step();
    }

    static List<Launch> fuse(List<Launch> launches) {
        return Waiting.merge(launches, AdamUpdates::fits, AdamUpdates::together, AdamUpdates::merged);
    }

    /** Whether it is an update that can be one of several, or several. */
    static boolean fits(Launch launch) {
        return launch.body() instanceof AdamUpdates || launch.body() instanceof Adam.Update update && DenseUpdates
                .hasNoGaps(update);
    }

    /** The sum of leaves and the update. */
    static Launch of(Adam.Update update, Convolution.WeightGradient leaves) {
        return new AdamUpdates(List.of(new One(update, leaves))).launch();
    }

    private static List<One> updates(Launch launch) {
        return launch.body() instanceof AdamUpdates several ? several.updates : List.of(new One((Adam.Update) launch
                .body(), null));
    }

    private static boolean together(Launch one, Launch other) {
        Adam.Update first = updates(one).get(0).update;
        Adam.Update second = updates(other).get(0).update;
        Matrix scale = first.gradientScale();
        Matrix otherScale = second.gradientScale();
        boolean sameScale = scale == null ? otherScale == null : otherScale != null && scale.storage() == otherScale
                .storage() && scale.offset() == otherScale.offset();
        return sameScale && first.step() == second.step();
    }

    private static Launch merged(List<Launch> launches) {
        return launches.size() == 1 ? launches.get(0) : new AdamUpdates(launches.stream().flatMap(launch -> updates(
                launch).stream()).toList()).launch();
    }

    private Launch launch() {
        Launch launch = Launch.of("Adam updates", updates.get(0).update.parameter().backend(), 1).body(this);
        for (One one : updates) {
            Adam.Update update = one.update;
            launch.readsAll(update.gradientScale());
            if (one.leaves == null) {
                launch.readsAll(update.gradient());
            } else {
                launch.readsAll(one.leaves.workspace()).writes(update.gradient());
            }
            launch.writes(update.parameter(), update.firstMoment(), update.secondMoment());
        }
        return launch;
    }
}
