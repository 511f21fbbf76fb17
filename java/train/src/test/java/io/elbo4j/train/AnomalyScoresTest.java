package io.elbo4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.ArgumentException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnomalyScoresTest {
    private static final double[] TRAINING = {5, 1, 3, 3};

    @Test
    void pCountsTheTrainingRowsThatScoreAsHigh() {
        AnomalyScores scores = new AnomalyScores(new double[] {0, 1, 2, 3, 4, 5, 6, Double.NaN}, TRAINING);
        double[] expected = {1, 1, 0.8, 0.8, 0.4, 0.4, 0.2, 0.2};
        for (int r = 0; r < expected.length; r++) {
            assertEquals(expected[r], scores.p(r), "row " + r);
        }
        assertArrayEquals(new float[] {0, 1, 1, 1, 2, 0.8f}, Arrays.copyOf(scores.table(), 6));
    }

    /** If rows are exchangeable, p is at most a with probability at most a, nearly a. */
    @Test
    void pIsAPValue() {
        Random random = new Random(11);
        double[] all = random.doubles(4_000).toArray();
        AnomalyScores scores = new AnomalyScores(Arrays.copyOf(all, 2_000), Arrays.copyOfRange(all,
                2_000, 4_000));
        for (double a : new double[] {0.05, 0.3, 0.9}) {
            double share = IntStream.range(0, 2_000).filter(r -> scores.p(r) <= a).count() / 2_000.0;
            assertEquals(a, share, 4 * Math.sqrt(2 * a * (1 - a) / 2_000), "seed 11, a " + a);
        }
    }

    @Test
    void quantilesAreOfTheTrainingRows() {
        AnomalyScores scores = new AnomalyScores(new double[0], TRAINING);
        double[][] cases = {{0, 1}, {0.25, 1}, {0.26, 3}, {0.75, 3}, {0.76, 5}, {1, 5}};
        for (double[] c : cases) {
            assertEquals(c[1], scores.quantile(c[0]), "share " + c[0]);
        }
        assertEquals("share must be from 0 to 1, not 1.5", assertThrows(ArgumentException.class, () -> scores.quantile(
                1.5)).getMessage());
    }

    @Test
    void theHighestComeFirstAndOfEqualsTheFirst() {
        AnomalyScores scores = new AnomalyScores(new double[] {2, 9, 2, Double.NaN, -1}, TRAINING);
        assertEquals(List.of(3, 1, 0, 2, 4), scores.highest(9));
        assertEquals(List.of(3, 1), scores.highest(2));
        assertEquals(List.of(), scores.highest(0));
        assertEquals(5, scores.rows());
        assertEquals(4, scores.referenceRows());
        assertEquals(9, scores.score(1));
    }

    @Test
    void nothingToJudgeByIsRefused() {
        assertEquals("reference must be at least 1 score, not 0", assertThrows(ArgumentException.class,
                () -> new AnomalyScores(TRAINING, new double[0])).getMessage());
    }
}
