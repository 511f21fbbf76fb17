package io.elbo4j.control.replay;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.train.graph.Source;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A {@link Replay} whose rows follow each other in time, an episode after the other: for models of sequences. What was
 * seen is there once; what was seen after it is the next row, so that the last row of an episode has what its end
 * looked like. A window is some neighbouring rows of one episode, side by side, as a {@link io.elbo4j.train.graph.Step}
 * reads an input with the axis TIME.
 */
public final class EpisodeReplay implements AutoCloseable {
    private static final int TRIES = 10_000;
    /** The column of a row's number within its episode, from 0 on: a float has all of them up to 2^24. */
    private static final String STEP = "step of the episode";

    private final Replay rows;
    private final int capacity;
    /** The number of the row that the episode of each row begins with. */
    private final long[] first;
    private final Draws draws;
    private long begun;

    /**
     * @param columns how many numbers each named column has; "step of the episode" is one of its own
     * @param seed of {@link #sample}
     */
    public EpisodeReplay(Backend backend, int capacity, Map<String, Integer> columns, long seed) {
        this(backend, capacity, columns, Set.of(), seed);
    }

    /**
     * One with columns of bytes, as those of a {@link Replay}.
     *
     * @param bytes the names of these
     */
    public EpisodeReplay(Backend backend, int capacity, Map<String, Integer> columns, Set<String> bytes, long seed) {
        requireGiven("columns", columns);
        require(!columns.containsKey(STEP), "columns", "others than '" + STEP + "'", columns.keySet());
        Map<String, Integer> all = new LinkedHashMap<>(columns);
        all.put(STEP, 1);
        this.rows = new Replay(backend, capacity, 0, all, bytes, seed);
        this.capacity = capacity;
        this.first = new long[capacity];
        this.draws = new Draws(seed, "windows");
    }

    /** The next row that is added is the first of an episode. */
    public void begin() {
        begun = rows.added();
    }

    /** Adds a row: {@link Replay#add}. */
    public void add(Map<String, float[]> row) {
        requireGiven("row", row);
        int at = (int) (rows.added() % capacity);
        Map<String, float[]> all = new LinkedHashMap<>(row);
        require(all.put(STEP, new float[] {rows.added() - begun}) == null, "row", "no '" + STEP + "'", row.keySet());
        rows.add(all);
        first[at] = begun;
    }

    /** All that a checkpoint needs beside {@link #added}: {@link Replay#rows}. */
    public Map<String, Matrix> rows(long number) {
        return rows.rows(number);
    }

    /**
     * Says how many were added, where their {@link #rows} have been written. The last episode goes on; {@link #begin}
     * begins another.
     */
    public void restored(long number) {
        rows.restored(number);
        Matrix steps = rows(number).get(STEP);
        float[] all = steps == null ? new float[0] : steps.toArray();
        for (int at = 0; at < all.length; at++) {
            first[at] = rows.number(at) - (long) all[at];
        }
        begun = number == 0 ? 0 : first[(int) ((number - 1) % capacity)];
    }

    /** How many rows there are. */
    public int size() {
        return rows.size();
    }

    /** How many were added, those that are gone among them. */
    public long added() {
        return rows.added();
    }

    /**
     * What a step reads: windows of so many steps, of which {@link #sample} draws.
     *
     * @param length 1 to the capacity
     */
    public Source windows(int length) {
        require(length >= 1 && length <= capacity, "length", "1 to the capacity, " + capacity, length);
        Map<String, Matrix> windows = new LinkedHashMap<>();
        rows.source().matrices().forEach((name, column) -> {
            if (!name.equals(STEP)) {
                windows.put(name, column.windows(length));
            }
        });
        return new Source(windows);
    }

    /** Whether rows at to at + length - 1 of the memory follow each other in one episode. */
    private boolean isWindow(int at, int length) {
        long oldest = rows.added() - rows.size();
        long number = rows.number(at);
        return number >= oldest && at + length <= capacity && number + length <= rows.added() && first[at + length
                - 1] <= number;
    }

    /**
     * Draws windows, each of those that there are equally likely, with replacement: a function of the seed and the
     * number. None crosses the end of an episode, or the place where the ring begins anew.
     *
     * @param number of this draw
     * @param length of the windows
     * @param windows is filled
     * @throws IllegalStateException if there is none
     */
    public void sample(long number, int length, int[] windows) {
        require(length >= 1 && length <= capacity, "length", "1 to the capacity, " + capacity, length);
        for (int i = 0; i < windows.length; i++) {
            draws.at(i, number >>> 32, number);
            int at = -1;
            for (int tries = 0; at < 0 || !isWindow(at, length); tries++) {
                if (size() == 0 || tries % TRIES == TRIES - 1 && !hasWindow(length)) {
                    throw new IllegalStateException("a replay without an episode of " + length
                            + " rows has no window of as many: add one first");
                }
                at = draws.below(size());
            }
            windows[i] = at;
        }
    }

    /**
     * Whether there is anything to {@link #sample}.
     *
     * @param length of the windows
     */
    public boolean hasWindow(int length) {
        for (int at = 0; at + length <= size(); at++) {
            if (isWindow(at, length)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        rows.close();
    }
}
