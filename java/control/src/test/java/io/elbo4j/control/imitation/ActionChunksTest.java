package io.elbo4j.control.imitation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.evaluation.Episodes;
import io.elbo4j.control.imitation.ActionChunks.Style;
import io.elbo4j.purejava.JavaBackend;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Losses against plain loops in float64: without hidden layers the networks are lines, whose parameters are known. */
class ActionChunksTest {
    private static final Imitation.Settings LINES = new Imitation.Settings(List.of(), 8, 0.01);
    private static final Imitation.Settings TINY = new Imitation.Settings(List.of(8), 16, 1e-2);

    private final Backend backend = new JavaBackend(1);

    /** Two columns are seen, two done; a third of the actions are 0. */
    private static Demonstrations random(int... lengths) {
        SplittableRandom random = new SplittableRandom(5);
        int decisions = Arrays.stream(lengths).sum();
        float[] observations = new float[2 * decisions];
        float[] actions = new float[2 * decisions];
        for (int i = 0; i < observations.length; i++) {
            observations[i] = (float) random.nextDouble(-1, 1);
            actions[i] = i / 2 % 3 == 0 ? 0 : (float) random.nextDouble(-1, 1);
        }
        return new Demonstrations(decisions, observations, actions, lengths);
    }

    private static float[] numbers(ActionChunks chunks, String name) {
        return chunks.parameters().all().stream().filter(s -> s.parameter().name().equals(name)).findFirst()
                .orElseThrow().value().toArray();
    }

    /** Output c of a line of what is seen. */
    private static double line(float[] weight, float[] bias, float[] seen, int row, int c) {
        return bias[c] + (double) seen[2 * row] * weight[c] + (double) seen[2 * row + 1] * weight[bias.length + c];
    }

    /** Over what is there alone, whose zeros are there; no action of the next episode is in it. */
    @Test
    void theErrorIsAMeanOverWhatIsThere() {
        int k = 5;
        int[] lengths = {1, 3, 12, 4, 5};
        Demonstrations shown = random(lengths);
        try (ActionChunks chunks = new ActionChunks(new ActionChunks.Settings(k, 0, 0, LINES), shown, backend, 3)) {
            chunks.learn(5);
            float[] weight = numbers(chunks, "decoder.0.weight");
            float[] bias = numbers(chunks, "decoder.0.bias");
            double mean = 0;
            int first = 0;
            for (int length : lengths) {
                for (int t = 0; t < length; t++) {
                    double sum = 0;
                    int there = 0;
                    for (int i = 0; i < k && t + i < length; i++) {
                        for (int c = 0; c < 2; c++) {
                            sum += Math.abs(shown.actions()[2 * (first + t + i) + c] - line(weight, bias, shown
                                    .observations(), first + t, 2 * i + c));
                            there++;
                        }
                    }
                    mean += sum / there / shown.decisions();
                }
                first += length;
            }
            assertEquals(mean, chunks.error(shown), 1e-6);
            assertEquals(0, chunks.kl(shown));
        }
    }

    /** One update of Adam moves each bias by the learning rate to where the error falls; those of padding stay. */
    @Test
    void paddingTeachesNothing() {
        float[] actions = {0, 0.9f, -0.9f, 0};
        Demonstrations shown = new Demonstrations(2, new float[] {0.5f, -0.5f, 0.5f, -0.5f}, actions, new int[] {2});
        int k = 4;
        try (ActionChunks chunks = new ActionChunks(new ActionChunks.Settings(k, 0, 0, LINES), shown, backend, 3)) {
            float[] before = numbers(chunks, "decoder.0.bias");
            float[] weight = numbers(chunks, "decoder.0.weight");
            double[] slopes = new double[2 * k];
            // the batch, by the same draws: half of its windows have one action, whose share is 1
            int[] batch = new int[LINES.batch()];
            try (Windows windows = new Windows(shown, k, true, backend, 3)) {
                windows.sample(0, batch);
            }
            assertTrue(Arrays.stream(batch).anyMatch(w -> w == 0) && Arrays.stream(batch).anyMatch(w -> w == 1));
            for (int window : batch) {
                int there = 2 - window;
                for (int c = 0; c < 2 * there; c++) {
                    slopes[c] += Math.signum(line(weight, before, shown.observations(), window, c) - actions[2 * window
                            + c]) / (2 * there) / batch.length;
                }
            }
            chunks.learn(1);
            float[] after = numbers(chunks, "decoder.0.bias");
            for (int c = 0; c < 2 * k; c++) {
                double expected = c < 4 ? -0.01 * slopes[c] / (Math.abs(slopes[c]) + 1e-8) : 0;
                assertEquals(expected, (double) after[c] - before[c], 1e-7, "column " + c);
            }
            assertNotEquals(before[0], after[0], "a true action of 0 counts");
        }
    }

    @Test
    void everySettingHasASay() {
        Demonstrations shown = Demonstrations.of(new ForkPauseExpert(), 4, 1);
        Set<Integer> all = new HashSet<>();
        ActionChunks.Settings base = new ActionChunks.Settings(4, 2, 0.1, TINY);
        for (ActionChunks.Settings settings : List.of(base, new ActionChunks.Settings(5, 2, 0.1, TINY),
                new ActionChunks.Settings(4, 3, 0.1, TINY), new ActionChunks.Settings(4, 0, 0, TINY),
                new ActionChunks.Settings(4, 2, 0.2, TINY), new ActionChunks.Settings(4, 2, 0.1, new Imitation.Settings(
                        List.of(9), 16, 1e-2)), new ActionChunks.Settings(4, 2, 0.1, new Imitation.Settings(List.of(8),
                                17, 1e-2)), new ActionChunks.Settings(4, 2, 0.1, new Imitation.Settings(List.of(8), 16,
                                        2e-2)), new ActionChunks.Settings(4, 2, 0.1, new Imitation.Settings(List.of(8),
                                                16, 1e-2, true)))) {
            assertTrue(all.add(learned(settings, shown, 1)), settings.toString());
            assertTrue(!all.add(learned(settings, shown, 1)), "again " + settings);
        }
        assertTrue(all.add(learned(base, shown, 2)), "the seed");
        assertTrue(all.add(learned(base, Demonstrations.of(new ForkPauseExpert(), 5, 1), 1)), "what is shown");
    }

    private int learned(ActionChunks.Settings settings, Demonstrations shown, long seed) {
        try (ActionChunks chunks = new ActionChunks(settings, shown, backend, seed); Imitation.ActingPolicy policy =
                chunks.policy(Reading.first(), Style.MEAN, 2, 1)) {
            chunks.learn(10);
            assertEquals(10, chunks.updates());
            float[] actions = new float[4];
            policy.begin();
            policy.act(new float[] {0.1f, -0.2f, 0.3f, 0.4f}, actions);
            return chunks.parameters().all().stream().filter(s -> s.parameter().name().matches("(en|de)coder.*"))
                    .mapToInt(s -> Arrays.hashCode(s.value().toArray())).reduce(Arrays.hashCode(actions), (x, y) -> 31
                            * x + y);
        }
    }

    /** The decoder is a line, so that an action says which z it is of. */
    @Test
    void aStyleIsOfAChunkOrOfAnEpisode() {
        Demonstrations shown = random(6, 6);
        try (ActionChunks chunks = new ActionChunks(new ActionChunks.Settings(3, 1, 0.01, LINES), shown, backend, 3)) {
            float[] weight = numbers(chunks, "decoder.0.weight");
            float[] bias = numbers(chunks, "decoder.0.bias");
            for (Style style : Style.values()) {
                try (Imitation.ActingPolicy policy = chunks.policy(Reading.first(), style, 2, 9)) {
                    double[][] z = new double[2][4];
                    for (int call = 0; call < 4; call++) {
                        if (call % 2 == 0) {
                            policy.begin();
                        }
                        float[] actions = new float[4];
                        policy.act(new float[4], actions);
                        for (int r = 0; r < 2; r++) {
                            z[r][call] = ((double) actions[2 * r] - bias[0]) / weight[2 * bias.length];
                        }
                    }
                    for (int r = 0; r < 2; r++) {
                        for (int call = 0; call < 4; call++) {
                            double expected = style == Style.MEAN ? 0 : new Draws(9, "chunks").at(r, call / 2,
                                    style == Style.OF_CHUNK ? call % 2 : 0).normal();
                            assertEquals(expected, z[r][call], 1e-4, style + ", row " + r + ", call " + call);
                        }
                    }
                }
            }
        }
    }

    /** q sees the chunk, and its KL is the one of a Gaussian and N(0, 1). */
    @Test
    void theKlIsOfAChunk() {
        Demonstrations shown = random(4, 2);
        int k = 3;
        try (ActionChunks chunks = new ActionChunks(new ActionChunks.Settings(k, 1, 0.01, LINES), shown, backend, 3)) {
            chunks.learn(3);
            float[] weight = numbers(chunks, "encoder.0.weight");
            float[] bias = numbers(chunks, "encoder.0.bias");
            double sum = 0;
            int first = 0;
            for (int length : shown.lengths()) {
                for (int t = 0; t < length; t++) {
                    double[] q = {bias[0], bias[1]};
                    for (int h = 0; h < 2; h++) {
                        for (int c = 0; c < 2; c++) {
                            q[h] += (double) shown.observations()[2 * (first + t) + c] * weight[2 * c + h];
                        }
                        for (int i = 0; i < k && t + i < length; i++) {
                            for (int c = 0; c < 2; c++) {
                                q[h] += (double) shown.actions()[2 * (first + t + i) + c] * weight[2 * (2 + 2 * i + c)
                                        + h];
                            }
                            q[h] += weight[2 * (2 + 2 * k + i) + h];
                        }
                    }
                    sum += (q[0] * q[0] + Math.exp(q[1]) - q[1] - 1) / 2 / shown.decisions();
                }
                first += length;
            }
            assertEquals(sum, chunks.kl(shown), 1e-5 * (1 + sum));
        }
    }

    /** Who predicts one action at a time stays where people stop; who predicts sixteen does not. */
    @Test
    void aChunkReachesBeyondAPause() {
        Expert expert = new ForkPauseExpert();
        Demonstrations shown = Demonstrations.of(expert, 100, 0);
        double[] stalled = new double[2];
        double success = 0;
        for (int k : new int[] {1, 16}) {
            try (ActionChunks chunks = new ActionChunks(new ActionChunks.Settings(k, 0, 0, Imitation.Settings.small()),
                    shown, backend, 0); Imitation.ActingPolicy policy = chunks.policy(Reading.openLoop(k), Style.MEAN,
                            100, 0)) {
                chunks.learn(2000);
                Episodes played = Episodes.of(policy, expert.environment(), 100);
                stalled[k / 16] = played.mean("stalled");
                success = played.mean("success");
                System.out.printf("chunks of %d, seed 0, 2,000 updates: success %.2f, stalled %.2f%n", k, success,
                        stalled[k / 16]);
            }
        }
        assertTrue(stalled[0] >= 0.6, "one at a time: " + stalled[0]);
        assertTrue(stalled[1] <= 0.05, "sixteen: " + stalled[1]);
        assertTrue(success >= 0.85, "success " + success);
    }

    @Test
    void whoWatchesChangesNothing() {
        Demonstrations shown = Demonstrations.of(new ForkPauseExpert(), 4, 1);
        ActionChunks.Settings settings = new ActionChunks.Settings(4, 2, 0.1, TINY);
        try (ActionChunks seen = new ActionChunks(settings, shown, backend, 1); ActionChunks unseen = new ActionChunks(
                settings, shown, backend, 1)) {
            seen.learn(5);
            assertTrue(seen.kl(shown) > 0);
            try (Imitation.ActingPolicy policy = seen.policy(Reading.first(), Style.OF_CHUNK, 1, 1)) {
                policy.act(new float[2], new float[2]);
            }
            seen.learn(5);
            unseen.learn(10);
            assertEquals(unseen.error(shown), seen.error(shown));
            assertArrayEquals(numbers(unseen, "decoder.0.weight"), numbers(seen, "decoder.0.weight"));
        }
    }

    @Test
    void badArgumentsAreNamed() {
        refused("length must be at least 1, not 0", () -> new ActionChunks.Settings(0, 0, 0, TINY));
        refused("latent must be at least 0, not -1", () -> new ActionChunks.Settings(1, -1, 0, TINY));
        refused("klWeight must be from 0 to 1e30, not NaN", () -> new ActionChunks.Settings(1, 1, Double.NaN, TINY));
        refused("klWeight must be 0 where there is no z, not 0.1", () -> new ActionChunks.Settings(1, 0, 0.1, TINY));
        try (ActionChunks chunks = new ActionChunks(new ActionChunks.Settings(2, 0, 0, TINY), random(3), backend, 1)) {
            refused("count must be at least 0, not -1", () -> chunks.learn(-1));
            refused("style must be MEAN where there is no z, not OF_CHUNK", () -> chunks.policy(Reading.first(),
                    Style.OF_CHUNK, 1, 1));
            refused("every must be at most the length of a chunk, 2, not 3", () -> chunks.policy(Reading.openLoop(3),
                    Style.MEAN, 1, 1));
        }
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }
}
