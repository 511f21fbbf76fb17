package io.elbo4j.control.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.control.dynamics.Dynamics;
import io.elbo4j.control.dynamics.Ensemble;
import io.elbo4j.control.replay.Replay;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ImaginationTest {
    private static final int ROWS = 20_000;
    private static final int MEMBERS = 3;

    /** Changes of about 1, in a range so wide that no step from the first row is clipped, or some are. */
    private static Replay three(Backend backend, Transition t, float wide) {
        Replay replay = t.replay(backend, 3, ROWS, 1);
        replay.add(t.row(new float[] {0.1f, 0.2f}, new float[] {0}, 1, false, new float[] {0.9f, -0.8f}));
        replay.add(t.row(new float[] {wide, wide}, new float[] {1}, -1, false, new float[] {wide - 1, wide - 1}));
        replay.add(t.row(new float[] {-wide, -wide}, new float[] {-1}, 0, false, new float[] {1 - wide, 1 - wide}));
        return replay;
    }

    /** Mean, variance and covariance of columns a and b. */
    private static double[] moments(float[] x, int a, float[] y, int b, int from, int every) {
        double[] m = new double[5];
        int columns = x.length / ROWS / every;
        int others = y.length / ROWS / every;
        for (int pass = 0; pass < 2; pass++) {
            for (int r = from; r < ROWS * every; r += every) {
                double u = x[r * columns + a];
                double v = y[r * others + b];
                if (pass == 0) {
                    m[0] += u / ROWS;
                    m[1] += v / ROWS;
                } else {
                    m[2] += (u - m[0]) * (u - m[0]) / ROWS;
                    m[3] += (v - m[1]) * (v - m[1]) / ROWS;
                    m[4] += (u - m[0]) * (v - m[1]) / ROWS;
                }
            }
        }
        return m;
    }

    /** Against what each member draws: any of them is equally likely, and one is taken for all columns of a row. */
    @Test
    void aStepIsAMixtureOfTheMembers() {
        Graph g = new Graph();
        Transition t = Transition.of(g, 2, 1);
        Imagination imagination = new Imagination(g, t, t.action(), new Ensemble.Settings(MEMBERS, List.of(8), 3),
                false);
        Dynamics.Outcome other = imagination.model.step("other", t.observation(), t.action());
        try (Backend backend = new JavaBackend(2); Parameters p = new Parameters(backend, g.parameters(), 4);
                Replay replay = three(backend, t, 1000); Step members = Step.of(g, p, backend).rows(ROWS).seed(9).want(
                        other.drawn()).compile(); imagination) {
            imagination.compile(g, p, replay.source(), 2, 1e-3, ROWS, backend, 7);
            imagination.know(replay.rows(3));
            imagination.begin(replay.rows(3).get("observation"), new int[ROWS]);
            Map<String, Matrix> into = replay.beside(0, ROWS);
            imagination.step(0, into, Optional.empty());
            float[] next = into.get("next observation").toArray();
            float[] reward = into.get("reward").toArray();

            float[] seen = new float[2 * ROWS];
            for (int i = 0; i < seen.length; i++) {
                seen[i] = i % 2 == 0 ? 0.1f : 0.2f;
            }
            members.value(t.observation()).set(seen);
            members.run(0);
            float[] drawn = members.value(other.drawn()).toArray();
            double[][] of = new double[MEMBERS][];
            double[] expected = new double[5];
            for (int m = 0; m < MEMBERS; m++) {
                of[m] = moments(drawn, 0, drawn, 2, m, MEMBERS);
                expected[0] += of[m][0] / MEMBERS;
                expected[1] += of[m][1] / MEMBERS;
            }
            for (double[] each : of) {
                double u = each[0] - expected[0];
                double v = each[1] - expected[1];
                expected[2] += (each[2] + u * u) / MEMBERS;
                expected[3] += (each[3] + v * v) / MEMBERS;
                expected[4] += (each[4] + u * v) / MEMBERS;
            }
            double[] found = moments(next, 0, reward, 0, 0, 1);
            double[] bound = {4 * Math.sqrt(2 * expected[2] / ROWS), 4 * Math.sqrt(2 * expected[3] / ROWS), 0.06
                    * expected[2], 0.06 * expected[3], 0.06 * Math.sqrt(expected[2] * expected[3])};
            for (int i = 0; i < 5; i++) {
                assertEquals(expected[i], found[i], bound[i], "moment " + i);
            }
            assertTrue(Math.abs(expected[4]) > 2 * bound[4], "the covariance would show members that are mixed up");
            assertEquals(ROWS, count(into.get("continues").toArray(), 1));
        }
    }

    private static int count(float[] all, float value) {
        int count = 0;
        for (float each : all) {
            count += each == value ? 1 : 0;
        }
        return count;
    }

    @Test
    void noStateLiesOutsideTheData() {
        Graph g = new Graph();
        Transition t = Transition.of(g, 2, 1);
        Imagination imagination = new Imagination(g, t, t.action(), new Ensemble.Settings(MEMBERS, List.of(8), 3),
                false);
        try (Backend backend = new JavaBackend(1); Parameters p = new Parameters(backend, g.parameters(), 4);
                Replay replay = three(backend, t, 1); imagination) {
            imagination.compile(g, p, replay.source(), 2, 1e-3, ROWS, backend, 7);
            imagination.know(replay.rows(3));
            imagination.begin(replay.rows(3).get("observation"), new int[ROWS]);
            Map<String, Matrix> into = replay.beside(0, ROWS);
            imagination.step(0, into, Optional.empty());
            float[] next = into.get("next observation").toArray();
            for (float each : next) {
                assertTrue(each >= -1 && each <= 1, "next " + each);
            }
            assertTrue(count(next, -1) + count(next, 1) > 100, "some are clipped");
            assertTrue(count(next, -1) + count(next, 1) < next.length - 100, "some are not");
        }
    }

    /** Of two rows the first member has drawn none, the others some. */
    @Test
    void aMemberLearnsFromWhatItHasDrawn() {
        Graph g = new Graph();
        Transition t = Transition.of(g, 2, 1);
        Imagination imagination = new Imagination(g, t, t.action(), new Ensemble.Settings(MEMBERS, List.of(8), 0),
                true);
        try (Backend backend = new JavaBackend(1); Parameters p = new Parameters(backend, g.parameters(), 4);
                Replay replay = three(backend, t, 1); imagination) {
            imagination.compile(g, p, replay.source(), 2, 1e-3, 1, backend, 7);
            imagination.know(replay.rows(3));
            float[] weights = new float[2 * MEMBERS];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = i % MEMBERS == 0 ? 0 : 1 + i / MEMBERS;
            }
            imagination.learn(new int[] {0, 2}, weights, 0);
            for (Parameters.State s : p.all()) {
                String name = s.parameter().name();
                if (name.startsWith("model.network.")) {
                    // as model.network.LAYER.MEMBER.weight
                    float[] gradient = s.gradient().toArray();
                    assertEquals(name.split("\\.")[3].equals("0"), count(gradient, 0) == gradient.length, name);
                }
            }
        }
    }

    /** A row that has terminated goes on from where it was, the others from where they came to. */
    @Test
    void whatHasTerminatedIsSaidByTheEnvironment() {
        Graph g = new Graph();
        Transition t = Transition.of(g, 2, 1);
        Imagination imagination = new Imagination(g, t, t.action(), new Ensemble.Settings(MEMBERS, List.of(8), 0),
                false);
        try (Backend backend = new JavaBackend(1); Parameters p = new Parameters(backend, g.parameters(), 4);
                Replay replay = three(backend, t, 1); imagination) {
            imagination.compile(g, p, replay.source(), 2, 1e-3, 100, backend, 7);
            imagination.know(replay.rows(3));
            imagination.begin(replay.rows(3).get("observation"), new int[100]);
            Map<String, Matrix> first = replay.beside(0, 100);
            Map<String, Matrix> second = replay.beside(100, 200);
            imagination.step(0, first, Optional.of(next -> next[1] > 0.2f));
            imagination.step(1, second, Optional.of(next -> next[1] > 0.2f));
            float[] before = first.get("observation").toArray();
            float[] next = first.get("next observation").toArray();
            float[] continues = first.get("continues").toArray();
            float[] then = second.get("observation").toArray();
            for (int r = 0; r < 100; r++) {
                boolean ends = next[2 * r + 1] > 0.2f;
                assertEquals(ends ? 0 : 1, continues[r]);
                for (int c = 0; c < 2; c++) {
                    assertEquals(ends ? before[2 * r + c] : next[2 * r + c], then[2 * r + c]);
                }
            }
            assertTrue(count(continues, 0) > 5 && count(continues, 1) > 5);
        }
    }
}
