package io.elbo4j.control.imitation;

import java.util.ArrayDeque;
import java.util.Deque;

/** Acts by chunks, as a {@link Reading} says. */
final class ChunkPolicy implements Imitation.ActingPolicy {
    /** Where chunks are from. */
    interface Predictor extends AutoCloseable {
        /**
         * A chunk for each row: its actions one after the other.
         *
         * @param episode from 0
         * @param number of this chunk in the episode, from 0
         */
        float[] predict(float[] observations, long episode, long number);

        @Override
        void close();
    }

    private final Reading reading;
    private final int chunkColumns;
    private final Predictor predictor;
    /** The oldest first. */
    private final Deque<float[]> chunks = new ArrayDeque<>();
    private long episode;
    private long step;

    /** @param chunkColumns numbers of a chunk */
    ChunkPolicy(Reading reading, int chunkColumns, Predictor predictor) {
        this.reading = reading;
        this.chunkColumns = chunkColumns;
        this.predictor = predictor;
    }

    @Override
    public void begin() {
        if (step > 0) {
            episode++;
        }
        chunks.clear();
        step = 0;
    }

    @Override
    public void act(float[] observations, float[] actions) {
        if (step % reading.every() == 0) {
            chunks.addLast(predictor.predict(observations, episode, step / reading.every()));
            if (chunks.size() > reading.kept()) {
                chunks.removeFirst();
            }
        }
        int rows = chunks.getLast().length / chunkColumns;
        int columns = actions.length / rows;
        // of the newest chunk this step is the one after as many as have been taken since
        int age = (int) (step % reading.every()) + (chunks.size() - 1) * reading.every();
        double[] sums = new double[actions.length];
        double weights = 0;
        double weight = 1;
        for (float[] chunk : chunks) {
            if ((age + 1) * columns <= chunkColumns) {
                for (int i = 0; i < sums.length; i++) {
                    sums[i] += weight * chunk[i / columns * chunkColumns + age * columns + i % columns];
                }
                weights += weight;
                weight *= StrictMath.exp(-reading.decay());
            }
            age -= reading.every();
        }
        for (int i = 0; i < sums.length; i++) {
            actions[i] = (float) (sums[i] / weights);
        }
        step++;
    }

    @Override
    public void close() {
        predictor.close();
    }
}
