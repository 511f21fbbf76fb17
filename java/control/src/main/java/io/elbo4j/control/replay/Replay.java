package io.elbo4j.control.replay;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Backend;
import io.elbo4j.ElementType;
import io.elbo4j.Matrix;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.train.graph.Source;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A ring of transitions in a backend's memory (Lin 1992): named columns, a row for each transition; when it is full the
 * oldest row goes. A {@link io.elbo4j.train.graph.Step} gathers its rows from here, by the names of its inputs.
 *
 * <p>Columns that are said to be bytes take one for each number, not four. They hold the whole numbers 0 to 255, as
 * those of pixels, and a step reads these very numbers, the same as from a column of float32: what divides them by 255
 * is a {@link io.elbo4j.train.layer.Scale} of the graph.
 */
public final class Replay implements AutoCloseable {
    private final int capacity;
    private final Map<String, Matrix> columns = new LinkedHashMap<>();
    private final Draws draws;
    private long added;

    /**
     * @param columns how many numbers each named column has
     * @param seed of {@link #sample}
     */
    public Replay(Backend backend, int capacity, Map<String, Integer> columns, long seed) {
        this(backend, capacity, 0, columns, seed);
    }

    /**
     * One with rows beside the ring.
     *
     * @param room how many, at least 0
     */
    public Replay(Backend backend, int capacity, int room, Map<String, Integer> columns, long seed) {
        this(backend, capacity, room, columns, Set.of(), seed);
    }

    /**
     * One with columns of bytes.
     *
     * @param bytes the names of these, among those of the columns
     */
    public Replay(Backend backend, int capacity, int room, Map<String, Integer> columns, Set<String> bytes,
            long seed) {
        requireGiven("backend", backend);
        requireGiven("bytes", bytes);
        require(capacity >= 1, "capacity", "at least 1", capacity);
        require(room >= 0 && room <= Integer.MAX_VALUE - capacity, "room", "at least 0", room);
        requireGiven("columns", columns);
        require(!columns.isEmpty(), "columns", "at least one", "none");
        require(columns.keySet().containsAll(bytes), "bytes", "among the columns " + columns.keySet(), bytes);
        this.capacity = capacity;
        this.draws = new Draws(seed, "replay");
        try {
            columns.forEach((name, count) -> {
                require(count >= 1, "columns", "at least 1 number in '" + name + "'", count);
                this.columns.put(name, backend.matrix(capacity + room, count, bytes.contains(name) ? ElementType.UINT8
                        : ElementType.FLOAT32));
            });
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /**
     * Adds a row.
     *
     * @param row the numbers of each column
     * @throws io.elbo4j.ArgumentException if a column is missing, is not there, or has another number of numbers, or
     *     one of bytes has a number that is none
     */
    public void add(Map<String, float[]> row) {
        requireGiven("row", row);
        require(row.keySet().equals(columns.keySet()), "row", "of the columns " + columns.keySet(), row.keySet());
        row.forEach((name, values) -> require(values.length == columns.get(name).columns(), "row", columns.get(name)
                .columns() + " numbers in '" + name + "'", values.length));
        row.forEach(this::requireBytes);
        long at = added % capacity;
        row.forEach((name, values) -> columns.get(name).rows(at, at + 1).set(values));
        added++;
    }

    private void requireBytes(String name, float[] values) {
        if (columns.get(name).type() == ElementType.UINT8) {
            for (float value : values) {
                require(value >= 0 && value <= 255 && value == (int) value, "row", "whole numbers from 0 to 255 in '"
                        + name + "'", value);
            }
        }
    }

    /** How many rows there are. */
    public int size() {
        return (int) Math.min(added, capacity);
    }

    /** How many were added, those that are gone among them. */
    public long added() {
        return added;
    }

    /** How many were added before the row that is at a place of the ring. */
    public long number(int at) {
        return at + Math.floorDiv(added - 1 - at, (long) capacity) * capacity;
    }

    /** The rows that there are when so many were added, by column; valid for as long as this is open. */
    public Map<String, Matrix> rows(long number) {
        int there = (int) Math.min(number, capacity);
        Map<String, Matrix> rows = new LinkedHashMap<>();
        columns.forEach((name, all) -> {
            if (there > 0) {
                rows.put(name, all.rows(0, there));
            }
        });
        return rows;
    }

    /** Rows beside the ring, which whoever asks writes: a {@link #source} has row {@code from} as capacity + from. */
    public Map<String, Matrix> beside(int from, int to) {
        Map<String, Matrix> rows = new LinkedHashMap<>();
        columns.forEach((name, all) -> rows.put(name, all.rows((long) capacity + from, (long) capacity + to)));
        return rows;
    }

    /** Says how many were added, where their {@link #rows} have been written. */
    public void restored(long number) {
        require(number >= 0, "number", "at least 0", number);
        added = number;
    }

    /** What a step reads; valid for as long as this is open. */
    public Source source() {
        return new Source(columns);
    }

    /**
     * Draws rows, each of those that there are equally likely, with replacement: a function of the seed and the number.
     *
     * @param number of this draw
     * @param rows is filled
     * @throws IllegalStateException if there is none yet
     */
    public void sample(long number, int[] rows) {
        if (added == 0) {
            throw new IllegalStateException("a replay without a transition cannot be sampled: add one first");
        }
        for (int i = 0; i < rows.length; i++) {
            rows[i] = draws.at(i, number >>> 32, number).below(size());
        }
    }

    @Override
    public void close() {
        columns.values().forEach(Matrix::close);
    }
}
