package io.elbo4j.control.imitation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.ArgumentException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Chunks that are made up, acted by, against the formula in float64. */
class ReadingTest {
    private static final int LENGTH = 7;
    private static final int ROWS = 3;
    private static final int COLUMNS = 2;

    /** Random chunks, and what they were asked for. */
    private static final class Made implements ChunkPolicy.Predictor {
        private final SplittableRandom random = new SplittableRandom(3);
        private final List<float[]> chunks = new ArrayList<>();
        private final List<Long> episodes = new ArrayList<>();
        private final List<Long> numbers = new ArrayList<>();

        @Override
        public float[] predict(float[] observations, long episode, long number) {
            float[] chunk = new float[ROWS * LENGTH * COLUMNS];
            for (int i = 0; i < chunk.length; i++) {
                chunk[i] = (float) random.nextDouble(-1, 1);
            }
            chunks.add(chunk);
            episodes.add(episode);
            numbers.add(number);
            return chunk.clone();
        }

        @Override
        public void close() {}
    }

    @Test
    void theMeanHasTheWeightsOfTheFormula() {
        for (Reading reading : List.of(Reading.openLoop(LENGTH), Reading.first(), Reading.ensembling(LENGTH, 0.3),
                Reading.ensembling(LENGTH, 0), new Reading(3, 1, 0.1), new Reading(2, 4, 0.7), new Reading(4, 2, 1.5),
                new Reading(1, 3, 0.2))) {
            Made made = new Made();
            ChunkPolicy policy = new ChunkPolicy(reading, LENGTH * COLUMNS, made);
            float[] actions = new float[ROWS * COLUMNS];
            policy.begin();
            for (int t = 0; t < 23; t++) {
                policy.act(new float[0], actions);
                int newest = t / reading.every();
                assertEquals(newest + 1, made.chunks.size(), reading + ", step " + t);
                for (int i = 0; i < actions.length; i++) {
                    double sum = 0;
                    double weights = 0;
                    int order = 0;
                    for (int c = Math.max(0, newest - reading.kept() + 1); c <= newest; c++) {
                        int ahead = t - c * reading.every();
                        if (ahead < LENGTH) {
                            double w = Math.exp(-reading.decay() * order++);
                            int row = i / COLUMNS;
                            sum += w * made.chunks.get(c)[(row * LENGTH + ahead) * COLUMNS + i % COLUMNS];
                            weights += w;
                        }
                    }
                    assertEquals(sum / weights, actions[i], 1e-6, reading + ", step " + t + ", number " + i);
                }
            }
        }
    }

    /** An episode begins with a new chunk, whatever was left of the one before. */
    @Test
    void anEpisodeBeginsAnew() {
        Made made = new Made();
        ChunkPolicy policy = new ChunkPolicy(Reading.ensembling(LENGTH, 0.1), LENGTH * COLUMNS, made);
        float[] actions = new float[ROWS * COLUMNS];
        policy.begin();
        policy.begin();
        policy.act(new float[0], actions);
        policy.act(new float[0], actions);
        policy.begin();
        policy.act(new float[0], actions);
        assertEquals(made.chunks.get(2)[0], actions[0]);
        assertEquals(List.of(0L, 0L, 1L), made.episodes);
        assertEquals(List.of(0L, 1L, 0L), made.numbers);
    }

    @Test
    void badReadingsAreNamed() {
        refused("every must be at least 1, not 0", () -> new Reading(0, 1, 0));
        refused("kept must be at least 1, not 0", () -> new Reading(1, 0, 0));
        refused("decay must be a finite number of at least 0, not -1.0", () -> new Reading(1, 1, -1));
        refused("decay must be a finite number of at least 0, not Infinity", () -> Reading.ensembling(2,
                Double.POSITIVE_INFINITY));
        refused("every must be at most the length of a chunk, 7, not 8", () -> Reading.openLoop(8).requireWithin(7));
        refused("kept must be so few that the oldest chunk of 7 steps has a say, at most 3, not 4", () -> new Reading(3,
                4, 0).requireWithin(7));
        new Reading(3, 3, 0).requireWithin(7);
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }
}
