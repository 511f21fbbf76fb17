package io.elbo4j.control.replay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.checkpoint.MatrixFile;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Scale;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EpisodeReplayTest {
    private static final long SEED = 12;

    /** Rows say which episode and step they are of; lengths are random. */
    private static void fill(EpisodeReplay replay, int episodes, Random random) {
        for (int e = 0; e < episodes; e++) {
            replay.begin();
            int steps = 1 + random.nextInt(9);
            for (int t = 0; t < steps; t++) {
                replay.add(Map.of("at", new float[] {e, t}));
            }
        }
    }

    @Test
    void noWindowCrossesAnEpisodeAndEachIsEquallyLikely() {
        Random random = new Random(SEED);
        for (int capacity : new int[] {17, 40, 1000}) {
            for (int length : new int[] {1, 2, 4}) {
                try (Backend backend = new JavaBackend(1); EpisodeReplay replay = new EpisodeReplay(backend, capacity,
                        Map.of("at", 2), SEED)) {
                    fill(replay, 23, random);
                    float[] all = replay.windows(1).matrices().get("at").toArray();
                    Map<Integer, Integer> counts = new TreeMap<>();
                    int[] drawn = new int[50];
                    int n = 400;
                    for (int k = 0; k < n; k++) {
                        replay.sample(k, length, drawn);
                        for (int at : drawn) {
                            counts.merge(at, 1, Integer::sum);
                        }
                    }
                    int windows = 0;
                    for (int at = 0; at + length <= replay.size(); at++) {
                        boolean one = true;
                        for (int t = 1; t < length; t++) {
                            one &= all[2 * (at + t)] == all[2 * at] && all[2 * (at + t) + 1] == all[2 * at + 1] + t;
                        }
                        windows += one ? 1 : 0;
                        assertEquals(one, counts.containsKey(at), "window at " + at + " of " + length + ", seed "
                                + SEED);
                    }
                    double expected = 50.0 * n / windows;
                    double square = counts.values().stream().mapToDouble(c -> (c - expected) * (c - expected)
                            / expected).sum();
                    assertTrue(square < windows + 5 * Math.sqrt(2.0 * windows), "chi-square " + square + " of "
                            + windows + " windows");
                }
            }
        }
    }

    /** A step reads them as sequences; the second of two is what was seen after the first. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStepReadsWindowsAsSequences(boolean bytes) {
        Graph g = new Graph();
        Value at = g.input("at", 2, Rows.of(Axis.BATCH, Axis.TIME));
        Value twice = Scale.of(at, 2, 0);
        try (Backend backend = new JavaBackend(2); EpisodeReplay replay = new EpisodeReplay(backend, 300, Map.of("at",
                2), bytes ? Set.of("at") : Set.of(), SEED); Parameters none = new Parameters(backend, g.parameters(),
                        0);
                Step step = Step.of(g, none, backend).rows(16).length(2).read(replay.windows(2)).want(twice)
                        .compile()) {
            fill(replay, 40, new Random(SEED));
            int[] drawn = new int[16];
            replay.sample(3, 2, drawn);
            step.rows(drawn, 0).run(0);
            float[] found = step.value(twice).toArray();
            for (int i = 0; i < 16; i++) {
                assertEquals(found[4 * i], found[4 * i + 2], "the same episode");
                assertEquals(found[4 * i + 1] + 2, found[4 * i + 3], "the next step");
            }
        }
    }

    @Test
    void whatIsDrawnDependsOnSeedAndNumber() {
        Map<String, int[]> drawn = new HashMap<>();
        for (String key : new String[] {"1 0", "1 0 again", "1 1", "2 0"}) {
            try (Backend backend = new JavaBackend(1); EpisodeReplay replay = new EpisodeReplay(backend, 300, Map.of(
                    "at", 2), key.charAt(0))) {
                fill(replay, 40, new Random(SEED));
                int[] rows = new int[20];
                replay.sample(key.charAt(2), 3, rows);
                drawn.put(key, rows);
            }
        }
        assertArrayEquals(drawn.get("1 0"), drawn.get("1 0 again"));
        assertTrue(!java.util.Arrays.equals(drawn.get("1 0"), drawn.get("1 1")));
        assertTrue(!java.util.Arrays.equals(drawn.get("1 0"), drawn.get("2 0")));
    }

    /** Begun anew from a file in the middle of an episode, before and after the ring was full. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16, 17, 18, 90})
    void whatIsSavedGoesOn(int saved, @TempDir Path folder) {
        Map<String, Integer> columns = Map.of("at", 2, "pixel", 3);
        Set<String> bytes = Set.of("pixel");
        try (Backend backend = new JavaBackend(1);
                EpisodeReplay whole = new EpisodeReplay(backend, 17, columns, bytes, SEED);
                EpisodeReplay begun = new EpisodeReplay(backend, 17, columns, bytes, SEED)) {
            for (int i = 0; i < 2 * saved + 40; i++) {
                if (i == saved) {
                    Path file = folder.resolve("replay");
                    MatrixFile.write(file, Map.of(), whole.rows(whole.added()));
                    MatrixFile.read(file).restore(begun.rows(saved));
                    begun.restored(saved);
                }
                for (EpisodeReplay each : i < saved ? List.of(whole) : List.of(whole, begun)) {
                    if (i % 7 == 3) {
                        each.begin();
                    }
                    each.add(Map.of("at", new float[] {i, -i}, "pixel", new float[] {i, 255, 255 - i}));
                }
                int[] expected = new int[40];
                int[] actual = new int[40];
                for (int length = 1; i >= saved && length <= Math.min(3, i / 8); length++) {
                    whole.sample(i, length, expected);
                    begun.sample(i, length, actual);
                    assertArrayEquals(expected, actual);
                    int by = length;
                    whole.windows(length).matrices().forEach((name, column) -> assertArrayEquals(column.rows(0, whole
                            .size() - by + 1).toArray(), begun.windows(by).matrices().get(name).rows(0, begun.size()
                                    - by + 1).toArray(), name));
                }
            }
            assertEquals(Set.of("at", "pixel"), begun.windows(1).matrices().keySet());
        }
    }

    @Test
    void whatIsRefused() {
        try (Backend backend = new JavaBackend(1); EpisodeReplay replay = new EpisodeReplay(backend, 5, Map.of("at", 2),
                SEED)) {
            int[] one = new int[1];
            assertThrows(IllegalStateException.class, () -> replay.sample(0, 1, one));
            for (int i = 0; i < 4; i++) {
                replay.begin();
                replay.add(Map.of("at", new float[2]));
            }
            replay.sample(0, 1, one);
            assertEquals("a replay without an episode of 2 rows has no window of as many: add one first", assertThrows(
                    IllegalStateException.class, () -> replay.sample(0, 2, one)).getMessage());
            assertThrows(ArgumentException.class, () -> replay.sample(0, 6, one));
            assertThrows(ArgumentException.class, () -> new EpisodeReplay(backend, 5, Map.of("step of the episode", 1),
                    SEED));
            assertThrows(ArgumentException.class, () -> replay.windows(0));
            assertThrows(ArgumentException.class, () -> replay.windows(6));
        }
    }
}
