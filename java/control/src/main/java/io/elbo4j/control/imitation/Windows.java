package io.elbo4j.control.imitation;

import io.elbo4j.Backend;
import io.elbo4j.control.replay.EpisodeReplay;
import io.elbo4j.train.graph.Source;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Neighbouring decisions of demonstrations, side by side in a backend's memory. None is across the end of an episode.
 *
 * <p>With padding a window begins at each decision, and what lies after the end of its episode is zeros. What is there
 * is a column of its own, as a true action may be 0.
 */
final class Windows implements AutoCloseable {
    static final String OBSERVATION = "observation";
    static final String ACTION = "action";
    /** With padding: 1 for a decision, 0 for what is after the end. */
    static final String THERE = "there";
    /** With padding: 1 / how many of the window that begins here are there. */
    static final String SHARE = "share";

    private final Demonstrations of;
    private final int length;
    private final boolean padded;
    private final EpisodeReplay rows;

    /** @param seed of {@link #sample} */
    Windows(Demonstrations of, int length, boolean padded, Backend backend, long seed) {
        this.of = of;
        this.length = length;
        this.padded = padded;
        Map<String, Integer> columns = new HashMap<>(Map.of(OBSERVATION, of.seen(), ACTION, of.done()));
        if (padded) {
            columns.putAll(Map.of(THERE, 1, SHARE, 1));
        }
        int capacity = Math.addExact(of.decisions(), Math.multiplyExact(of.lengths().length, after()));
        this.rows = new EpisodeReplay(backend, capacity, columns, seed);
        int at = 0;
        for (int ofEpisode : of.lengths()) {
            rows.begin();
            for (int t = 0; t < ofEpisode; t++) {
                add(at + t, ofEpisode - t);
            }
            for (int t = 0; t < after(); t++) {
                rows.add(Map.of(OBSERVATION, new float[of.seen()], ACTION, new float[of.done()], THERE, new float[1],
                        SHARE, new float[1]));
            }
            at += ofEpisode;
        }
    }

    /** Rows after an episode. */
    private int after() {
        return padded ? length - 1 : 0;
    }

    private void add(int decision, int left) {
        Map<String, float[]> row = new HashMap<>(Map.of(OBSERVATION, Arrays.copyOfRange(of.observations(), decision
                * of.seen(), (decision + 1) * of.seen()), ACTION, Arrays.copyOfRange(of.actions(), decision * of.done(),
                        (decision + 1) * of.done())));
        if (padded) {
            row.put(THERE, new float[] {1});
            row.put(SHARE, new float[] {1f / Math.min(length, left)});
        }
        rows.add(row);
    }

    Source source() {
        return rows.windows(length);
    }

    /** Draws, each equally likely: a function of the seed and the number. */
    void sample(long number, int[] windows) {
        rows.sample(number, length, windows);
    }

    /** All of them. */
    int[] all() {
        int row = 0;
        IntStream.Builder all = IntStream.builder();
        for (int ofEpisode : of.lengths()) {
            for (int t = 0; t < (padded ? ofEpisode : ofEpisode - length + 1); t++) {
                all.add(row + t);
            }
            row += ofEpisode + after();
        }
        return all.build().toArray();
    }

    @Override
    public void close() {
        rows.close();
    }
}
