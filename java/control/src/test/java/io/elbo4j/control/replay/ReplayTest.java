package io.elbo4j.control.replay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.ElementType;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Scale;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
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

    /** The numbers of pixels, in bytes and in float32, as a step reads them. */
    @Test
    void bytesAreReadAsTheSameNumbers() {
        Graph g = new Graph();
        Value pixels = g.input("pixels", 257);
        Value same = g.input("same", 257);
        Value scaled = Scale.of(pixels, 1f / 255, -0.5f);
        Value expected = Scale.of(same, 1f / 255, -0.5f);
        try (Backend backend = new JavaBackend(2); Replay replay = new Replay(backend, 5, 2, Map.of("pixels", 257,
                "same", 257), Set.of("pixels"), 1); Parameters none = new Parameters(backend, g.parameters(), 0);
                Step step = Step.of(g, none, backend).rows(4).read(replay.source()).want(pixels, same, scaled, expected)
                        .compile()) {
            for (int i = 0; i < 7; i++) {
                float[] row = new float[257];
                for (int j = 0; j < row.length; j++) {
                    row[j] = 255 - (i + j) % 256;
                }
                replay.add(Map.of("pixels", row, "same", row));
            }
            assertEquals(ElementType.UINT8, replay.source().matrices().get("pixels").type());
            assertEquals(ElementType.FLOAT32, replay.source().matrices().get("same").type());
            assertArrayEquals(replay.rows(7).get("same").toArray(), replay.rows(7).get("pixels").toArray());
            int[] drawn = new int[4];
            replay.sample(3, drawn);
            step.rows(drawn, 0).run(0);
            assertArrayEquals(step.value(same).toArray(), step.value(pixels).toArray());
            assertArrayEquals(step.value(expected).toArray(), step.value(scaled).toArray());
            assertEquals(254 - drawn[0] % 5 - (drawn[0] < 2 ? 5 : 0), step.value(pixels).toArray()[1]);
        }
    }

    @Test
    void whatIsNoByteIsRefused() {
        try (Backend backend = new JavaBackend(1); Replay replay = new Replay(backend, 3, 0, Map.of("x", 2, "y", 1), Set
                .of("x"), 1)) {
            for (float bad : new float[] {-1, 256, 0.5f, Float.NaN, 1e30f}) {
                refused("row must be whole numbers from 0 to 255 in 'x', not " + bad, () -> replay.add(Map.of("x",
                        new float[] {3, bad}, "y", new float[1])));
            }
            assertEquals(0, replay.size());
            assertArrayEquals(new float[6], replay.source().matrices().get("x").toArray());
            replay.add(Map.of("x", new float[] {0, 255}, "y", new float[] {0.5f}));
            refused("bytes must be among the columns [x], not [z]", () -> new Replay(backend, 3, 0, Map.of("x", 2), Set
                    .of("z"), 1));
        }
    }

    @Test
    void badArgumentsAreNamed() {
        try (Backend backend = new JavaBackend(1); Replay replay = new Replay(backend, 3, Map.of("x", 2), 1)) {
            refused("row must be of the columns [x], not [y]", () -> replay.add(Map.of("y", new float[2])));
            refused("row must be 2 numbers in 'x', not 3", () -> replay.add(Map.of("x", new float[3])));
            assertEquals(0, replay.size());
            refused("capacity must be at least 1, not 0", () -> new Replay(backend, 0, Map.of("x", 2), 1));
            refused("row must be given, not null", () -> replay.add(null));
            refused("columns must be given, not null", () -> new Replay(backend, 1, null, 0));
            refused("columns must be at least one, not none", () -> new Replay(backend, 1, Map.of(), 1));
            refused("columns must be at least 1 number in 'x', not 0", () -> new Replay(backend, 1, Map.of("x", 0), 1));
        }
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }
}
