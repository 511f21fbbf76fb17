package io.elbo4j.control.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.control.environment.Pendulum;
import io.elbo4j.purejava.JavaBackend;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The distributions of what MBPO draws: returns do not show a wrong one. */
class MbpoDrawsTest {
    private static final int BATCH = 40;
    private static final int SEEN = 1000;
    private static final int CAPACITY = 2000;
    private static final int MEMBERS = 3;
    private static final int ROLLOUTS = 50;

    private static Mbpo agent(Backend backend) {
        return agent(backend, 0.25);
    }

    private static Mbpo agent(Backend backend, double real) {
        Learning learning = new Learning(List.of(4), BATCH, 1e-3, 0, 0.9, CAPACITY, 20, 1, 2);
        Mbpo agent = (Mbpo) Agents.create(new Mbpo.Settings(learning, 0.01, MEMBERS, 5, 3, ROLLOUTS, 6, 2, 10, real,
                true), new Pendulum(), backend, 5);
        for (int i = 0; i < SEEN; i++) {
            agent.remember(new float[3], new float[1], 0, false, new float[3]);
        }
        return agent;
    }

    /** Counts of ten equal parts of what rows are drawn from are within five standard errors of a tenth. */
    private static void assertUniform(int[] rows, int from, int count, String what) {
        int[] tenths = new int[10];
        for (int row : rows) {
            assertTrue(row >= from && row < from + count, what + ": " + row);
            tenths[(int) ((row - from) * 10L / count)]++;
        }
        for (int n : tenths) {
            assertEquals(0.1, n / (double) rows.length, 5 * Math.sqrt(0.09 / rows.length), what);
        }
        assertTrue(Arrays.stream(rows).distinct().count() > count / 2, what);
    }

    @Test
    void aShareOfABatchIsAnyOfWhatHappenedTheRestAnyOfWhatWasImagined() {
        try (Backend backend = new JavaBackend(1); Mbpo agent = agent(backend)) {
            int real = BATCH / 4;
            int updates = 500;
            int[] happened = new int[updates * real];
            int[] imagined = new int[updates * (BATCH - real)];
            int[] rows = new int[BATCH];
            // of 2 updates each time: 6 steps of rollouts are kept from then on
            for (int u = 0; u < updates; u++) {
                agent.sample(100 + u, rows);
                System.arraycopy(rows, 0, happened, u * real, real);
                System.arraycopy(rows, real, imagined, u * (BATCH - real), BATCH - real);
            }
            assertUniform(happened, 0, SEEN, "what happened");
            assertUniform(imagined, CAPACITY, 6 * ROLLOUTS, "what was imagined");
        }
    }

    /** Of 40 rows a share of 0.26 is 10.4, one of 0.27 is 10.8. */
    @Test
    void theShareIsTheNearestNumberOfRows() {
        for (double[] each : new double[][] {{0, 0}, {0.26, 10}, {0.27, 11}, {1, BATCH}}) {
            try (Backend backend = new JavaBackend(1); Mbpo agent = agent(backend, each[0])) {
                int[] rows = new int[BATCH];
                agent.sample(100, rows);
                assertEquals((long) each[1], Arrays.stream(rows).filter(row -> row < CAPACITY).count(), "share "
                        + each[0]);
            }
        }
    }

    @Test
    void rolloutsBeginAnywhere() {
        try (Backend backend = new JavaBackend(1); Mbpo agent = agent(backend)) {
            assertUniform(IntStream.range(0, 100).flatMap(t -> Arrays.stream(agent.starts(t).clone())).toArray(), 0,
                    SEEN, "starts");
        }
    }

    /** Poisson of mean 1 for each member and row, independent, the same whenever the row is in a batch. */
    @Test
    void membersHaveDrawnRowsAsOftenAsABootstrapSampleDoes() {
        try (Backend backend = new JavaBackend(1); Mbpo agent = agent(backend)) {
            int[] all = IntStream.range(0, SEEN).toArray();
            float[] weights = agent.weights(all);
            assertEquals(SEEN * MEMBERS, weights.length);
            double probability = Math.exp(-1);
            for (int k = 0; k < 5; k++) {
                float here = k;
                double share = IntStream.range(0, weights.length).filter(i -> weights[i] == here).count()
                        / (double) weights.length;
                assertEquals(probability, share, 5 * Math.sqrt(probability / weights.length), "share of " + k);
                probability /= k + 1;
            }
            for (int m = 0; m < MEMBERS; m++) {
                double product = 0;
                for (int r = 0; r < SEEN; r++) {
                    product += (weights[r * MEMBERS + m] - 1) * (weights[r * MEMBERS + (m + 1) % MEMBERS] - 1) / SEEN;
                }
                assertEquals(0, product, 5 / Math.sqrt(SEEN), "members " + m + " and the next");
            }
            float[] some = agent.weights(new int[] {17, 3, 17});
            for (int m = 0; m < MEMBERS; m++) {
                assertEquals(weights[17 * MEMBERS + m], some[m]);
                assertEquals(weights[3 * MEMBERS + m], some[MEMBERS + m]);
            }
            assertArrayEquals(Arrays.copyOf(some, MEMBERS), Arrays.copyOfRange(some, 2 * MEMBERS, 3 * MEMBERS));
        }
    }

    /** Its batches, its starts and its members' samples have nothing to do with each other, or with the ring's own. */
    @Test
    void itsStreamsAreIndependent() {
        try (Backend backend = new JavaBackend(1); Mbpo agent = agent(backend)) {
            int n = 200;
            double[][] first = new double[4][n];
            int[] rows = new int[BATCH];
            int[] own = new int[1];
            for (int i = 0; i < n; i++) {
                agent.sample(i, rows);
                first[0][i] = rows[0];
                first[1][i] = agent.starts(i)[0];
                first[2][i] = agent.weights(new int[] {i})[0];
                agent.replay.sample(i, own);
                first[3][i] = own[0];
            }
            for (int a = 0; a < first.length; a++) {
                for (int b = 0; b < a; b++) {
                    double r = StreamsTest.correlation(first[a], first[b]);
                    assertTrue(Math.abs(r) < 5 / Math.sqrt(n), a + " and " + b + ": " + r);
                }
            }
        }
    }
}
