package io.elbo4j.cli;

import io.elbo4j.cli.ImitationLine.Number;
import io.elbo4j.control.imitation.ActionChunks;
import io.elbo4j.control.imitation.Demonstrations;
import io.elbo4j.control.imitation.Imitation;
import io.elbo4j.control.imitation.LatentPlans;
import io.elbo4j.control.imitation.Reading;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * What learns by imitation, whatever it is.
 *
 * @param ends releases what it has
 * @param learn makes so many updates
 * @param policies of so many rows, by what is to be said of how it acts; there may be one way alone, ""
 * @param measured on other demonstrations
 */
record ImitationModel(Runnable ends, IntConsumer learn, Map<String, IntFunction<Imitation.ActingPolicy>> policies,
        Supplier<Map<Number, Double>> measured) implements AutoCloseable {
    /** Samples of z for log p. */
    private static final int SAMPLES = 32;

    static ImitationModel of(Imitation imitation, Demonstrations test, long seed) {
        return new ImitationModel(imitation::close, imitation::learn, Map.of("", rows -> imitation.policy(rows, seed)),
                () -> Map.of(Number.LOG_LIKELIHOOD, imitation.logLikelihood(test, SAMPLES), Number.KL, imitation.kl(
                        test)));
    }

    /** Each reading with each style. */
    static ImitationModel of(ActionChunks chunks, Map<String, Reading> readings, ActionChunks.Style[] styles,
            Demonstrations test, long seed) {
        Map<String, IntFunction<Imitation.ActingPolicy>> policies = new LinkedHashMap<>();
        readings.forEach((name, reading) -> {
            for (ActionChunks.Style style : styles) {
                policies.put(styles.length == 1 ? name : name + " " + Names.of(style), rows -> chunks.policy(reading,
                        style, rows, seed));
            }
        });
        return new ImitationModel(chunks::close, chunks::learn, policies, () -> Map.of(Number.ERROR, chunks.error(test),
                Number.KL, chunks.kl(test)));
    }

    static ImitationModel of(LatentPlans plans, int every, Demonstrations test, long seed) {
        return new ImitationModel(plans::close, plans::learn, Map.of("", rows -> plans.policy(every, rows, seed)),
                () -> Map.of(Number.KL, plans.kl(test)));
    }

    @Override
    public void close() {
        ends.run();
    }
}
