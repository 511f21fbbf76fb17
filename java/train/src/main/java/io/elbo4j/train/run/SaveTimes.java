package io.elbo4j.train.run;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * When a run saves itself on its way. What it saves, and when, changes nothing that it computes.
 */
final class SaveTimes {
    private static final CheckpointEvery AT_LEAST = new CheckpointEvery(10, CheckpointEvery.Unit.MINUTES);

    private final CheckpointEvery every;
    private final boolean withEvaluations;
    private final LongSupplier nanoTime;
    private long last;

    /** @param every null for: with every evaluation, and ten minutes after the last time */
    SaveTimes(@Nullable CheckpointEvery every, LongSupplier nanoTime) {
        this.every = every == null ? AT_LEAST : every;
        this.withEvaluations = every == null;
        this.nanoTime = nanoTime;
        this.last = nanoTime.getAsLong();
    }

    /** Whether it is time after so many steps of the run. */
    boolean due(long step, boolean evaluated) {
        return evaluated && withEvaluations || switch (every.unit()) {
            case STEPS -> step % every.count() == 0;
            case MINUTES -> nanoTime.getAsLong() - last >= TimeUnit.MINUTES.toNanos(every.count());
        };
    }

    void saved() {
        last = nanoTime.getAsLong();
    }
}
