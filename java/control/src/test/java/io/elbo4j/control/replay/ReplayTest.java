package io.elbo4j.control.replay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplayTest {
    @Test
    void theOldestGoesWhenItIsFull() {
        try (Backend backend = new JavaBackend(1); Replay replay = new Replay(backend, 3, Map.of("x", 2, "r", 1), 1)) {
            assertThrows(IllegalStateException.class, () -> replay.sample(0, new int[1]));
            for (int i = 0; i < 5; i++) {
                replay.add(Map.of("x", new float[] {i, -i}, "r", new float[] {10 * i}));
                assertEquals(Math.min(3, i + 1), replay.size());
            }
            assertEquals(5, replay.added());
            for (int at = 0; at < 3; at++) {
                assertEquals(new long[] {3, 4, 2}[at], replay.number(at));
            }
            assertArrayEquals(new float[] {3, -3, 4, -4, 2, -2}, replay.source().matrices().get("x").toArray());
            assertArrayEquals(new float[] {30, 40, 20}, replay.source().matrices().get("r").toArray());
        }
    }

    @Test
    void everyRowIsEquallyLikely() {
        try (Backend backend = new JavaBackend(1); Replay replay = new Replay(backend, 10, Map.of("x", 1), 7);
                Replay other = new Replay(backend, 10, Map.of("x", 1), 8)) {
            for (int i = 0; i < 7; i++) {
                replay.add(Map.of("x", new float[1]));
                other.add(Map.of("x", new float[1]));
            }
            int[] counts = new int[7];
            int[] rows = new int[100];
            for (int n = 0; n < 1000; n++) {
                replay.sample(n, rows);
                Arrays.stream(rows).forEach(r -> counts[r]++);
            }
            for (int count : counts) {
                assertEquals(100_000 / 7.0, count, 5 * Math.sqrt(100_000 * 6 / 49.0));
            }
            int[] again = new int[100];
            replay.sample(999, again);
            assertArrayEquals(rows, again);
            other.sample(999, again);
            assertFalse(Arrays.equals(rows, again), "the seed");
            replay.sample(998, again);
            assertFalse(Arrays.equals(rows, again), "the number");
        }
    }

    @Test
    void badArgumentsAreNamed() {
        try (Backend backend = new JavaBackend(1); Replay replay = new Replay(backend, 3, Map.of("x", 2), 1)) {
            refused("row must be of the columns [x], not [y]", () -> replay.add(Map.of("y", new float[2])));
            refused("row must be 2 numbers in 'x', not 3", () -> replay.add(Map.of("x", new float[3])));
            assertEquals(0, replay.size());
            refused("capacity must be at least 1, not 0", () -> new Replay(backend, 0, Map.of("x", 2), 1));
            refused("columns must be at least one, not none", () -> new Replay(backend, 1, Map.of(), 1));
            refused("columns must be at least 1 number in 'x', not 0", () -> new Replay(backend, 1, Map.of("x", 0), 1));
        }
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }
}
