package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.Indices;
import io.elbo4j.Matrix;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.LearnedRows;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.optimiser.Sgd;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Local inference in the model z ~ N(0, 1), x ~ N(z, v), whose posterior is N(x / (1 + v), v / (1 + v)): each data
 * point has a q of its own.
 */
class LearnedRowsTest {
    private static final int N = 11;
    private static final int D = 2;
    private static final float V = 0.25f;

    private final Graph g = new Graph();
    private final Value x = g.input("x", D);
    private final Value mean = LearnedRows.of(g, "q.mean", N, D, 0);
    private final Value logVariance = LearnedRows.of(g, "q.logVariance", N, D, 0);

    LearnedRowsTest() {
        Value z = g.latent("z", new DiagonalGaussian(mean, logVariance));
        g.observe("o", new DiagonalGaussian(z, ConstantRow.of(g, "v", D, (float) Math.log(V))), x);
    }

    private static Matrix data(Backend backend) {
        SplittableRandom random = new SplittableRandom(4);
        float[] values = new float[N * D];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (4 * random.nextDouble() - 2);
        }
        return backend.matrix(N, D).set(values);
    }

    private static float[] row(Matrix m, int row) {
        return m.rows(row, row + 1).toArray();
    }

    @Test
    void everyDataPointFindsItsPosterior() {
        try (Backend backend = new JavaBackend(1); Matrix data = data(backend);
                Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend).rows(N).samples(64).seed(1).read(data)
                        .minimise(new Elbo(), new Adam(0.02)).compile()) {
            int[] order = {10, 3, 0, 1, 2, 9, 8, 7, 6, 5, 4};
            for (int i = 0; i < 800; i++) {
                step.rows(order, 0).run(i);
            }
            float[] xs = data.toArray();
            float[] means = parameters.all().get(0).value().toArray();
            float[] logVariances = parameters.all().get(1).value().toArray();
            for (int i = 0; i < xs.length; i++) {
                assertEquals(xs[i] / (1 + V), means[i], 0.06, "mean " + i);
                assertEquals(Math.log(V / (1 + V)), logVariances[i], 0.12, "log-variance " + i);
            }
        }
    }

    /** What plain descent of rate 1 takes from a row, zero at first, is the gradient of an input in its place. */
    @Test
    void theGradientIsThatOfAnInput() {
        Graph twin = new Graph();
        Value seen = twin.input("x", D);
        Value m = twin.input("q.mean", D);
        Value lv = twin.input("q.logVariance", D);
        Value z = twin.latent("z", new DiagonalGaussian(m, lv));
        Value v = LearnedRow.of(twin, "v", D, (float) Math.log(V));
        twin.observe("o", new DiagonalGaussian(z, v), seen);
        int[] order = {8, 1, 4, 6};
        try (Backend backend = new JavaBackend(1); Matrix data = data(backend);
                Parameters rows = new Parameters(backend, g.parameters(), 1);
                Parameters none = new Parameters(backend, twin.parameters(), 1);
                Step step = Step.of(g, rows, backend).rows(4).seed(7).read(data).minimise(new Elbo(), new Sgd(1))
                        .compile();
                Step other = Step.of(twin, none, backend).rows(4).seed(7).minimise(new Elbo(), new Sgd(1))
                        .differentiate(m, lv).compile()) {
            step.rows(order, 0).run(3);
            for (int i = 0; i < 4; i++) {
                other.value(seen).rows(i, i + 1).set(row(data, order[i]));
            }
            other.run(3);
            for (int p = 0; p < 2; p++) {
                float[] gradients = other.gradient(p == 0 ? m : lv).toArray();
                for (int i = 0; i < 4; i++) {
                    float[] changed = row(rows.all().get(p).value(), order[i]);
                    for (int d = 0; d < D; d++) {
                        assertEquals(-gradients[i * D + d], changed[d]);
                        assertTrue(changed[d] != 0);
                    }
                }
            }
        }
    }

    @Test
    void aStepChangesTheRowsOfItsBatchAlone() {
        try (Backend backend = new JavaBackend(1); Matrix data = data(backend);
                Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend).rows(3).seed(1).read(data)
                        .minimise(new Elbo(), new Adam(0.02)).compile()) {
            step.rows(new int[] {5, 0, 7}, 0).run(0);
            step.rows(new int[] {7, 9, 5}, 0).run(1);
            for (Parameters.State s : parameters.all()) {
                for (Map.Entry<String, Matrix> slot : s.slots().entrySet()) {
                    for (int i = 0; i < N; i++) {
                        boolean touched = i == 0 || i == 5 || i == 7 || i == 9;
                        boolean zero = row(slot.getValue(), i)[0] == 0;
                        assertEquals(touched, !zero, slot.getKey() + " of row " + i);
                        assertEquals(touched, row(s.value(), i)[0] != 0, "value of row " + i);
                    }
                }
                // a step of Adam is its learning rate at first, whatever the gradient: so far row 0 has had one
                assertEquals(0.02, Math.abs(row(s.value(), 0)[0]), 1e-6);
            }
        }
    }

    /** Of data of which a part is in memory, in the order of the steps: what is learned is of the data's rows. */
    @Test
    void rowsKeepTheirNumbersWhereTheyAreGatheredFromOtherPlaces() {
        int[] numbers = {10, 3, 0, 1, 2, 9};
        try (Backend backend = new JavaBackend(1); Matrix data = data(backend);
                Matrix part = backend.matrix(4 + numbers.length, D);
                Indices order = backend.indices(numbers.length);
                Indices places = backend.indices(4 + numbers.length);
                Parameters whole = new Parameters(backend, g.parameters(), 1);
                Parameters parts = new Parameters(backend, g.parameters(), 1);
                Step one = Step.of(g, whole, backend).rows(3).seed(1).read(data, order)
                        .minimise(new Elbo(), new Adam(0.02)).compile();
                Step other = Step.of(g, parts, backend).rows(3).seed(1).read(new Source(Map.of("x", part), places),
                        order).minimise(new Elbo(), new Adam(0.02)).compile();
                Step own = Step.of(g, parts, backend).rows(3).seed(1).read(new Source(Map.of("x", part), places))
                        .want(x, mean).compile()) {
            order.set(numbers, 0);
            // row p of the part is that of position p - 4
            places.set(IntStream.range(0, places.count()).toArray(), 0);
            for (int p = 0; p < numbers.length; p++) {
                part.rows(4 + p, 5 + p).set(row(data, numbers[p]));
            }
            for (int from : new int[] {0, 3}) {
                one.rows(from).run(from);
                places.position(4 + from);
                other.rows(from).run(from);
            }
            for (int p = 0; p < 2; p++) {
                assertArrayEquals(whole.all().get(p).value().toArray(), parts.all().get(p).value().toArray());
            }
            places.position(5);
            own.rows(numbers, 1).run(0);
            for (int r = 0; r < 3; r++) {
                assertArrayEquals(row(data, numbers[1 + r]), row(own.value(x), r));
                assertArrayEquals(row(parts.all().get(0).value(), numbers[1 + r]), row(own.value(mean), r));
            }
        }
    }

    /** A batch of all rows is what a parameter of so many rows would be. */
    @Test
    void clippingSeesTheRowsOfTheBatch() {
        try (Backend backend = new JavaBackend(1); Matrix data = data(backend);
                Parameters free = new Parameters(backend, g.parameters(), 1);
                Parameters clipped = new Parameters(backend, g.parameters(), 1);
                Step one = Step.of(g, free, backend).rows(4).read(data).minimise(new Elbo(), new Adam(1)).compile();
                Step other = Step.of(g, clipped, backend).rows(4).read(data).minimise(Training.of(new Elbo(),
                        new Adam(1)).withMaximumGradientNorm(1e-3)).compile()) {
            int[] order = {8, 1, 4, 6};
            one.rows(order, 0).run(0);
            other.rows(order, 0).run(0);
            double before = 0;
            double after = 0;
            for (int p = 0; p < 2; p++) {
                for (int i : order) {
                    for (int j = 0; j < D; j++) {
                        // after one step the first moment is a tenth of the gradient that Adam saw
                        before += Math.pow(row(free.all().get(p).slot("firstMoment"), i)[j] * 10, 2);
                        after += Math.pow(row(clipped.all().get(p).slot("firstMoment"), i)[j] * 10, 2);
                    }
                }
            }
            assertTrue(Math.sqrt(before) > 1e-2);
            assertEquals(1e-3, Math.sqrt(after), 1e-8);
        }
    }

    @Test
    void aRowIsInABatchOnce() {
        try (Backend backend = new JavaBackend(1); Matrix data = data(backend);
                Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend).rows(3).read(data).minimise(new Elbo(), new Adam(1))
                        .compile();
                Step evaluated = Step.of(g, parameters, backend).rows(3).read(data).evaluate(new Elbo()).compile()) {
            int[] order = {4, 0, 7, 0, 1, 10};
            for (int from : new int[] {0, 2, 3, 0}) {
                step.rows(order, from);
            }
            assertEquals("the rows of a step that changes a learned row of each must be different ones, but 0 is there"
                    + " twice", assertThrows(IllegalArgumentException.class, () -> step.rows(order, 1)).getMessage());
            assertThrows(IllegalArgumentException.class, () -> step.rows(order, 4));
            evaluated.rows(order, 1);
        }
    }

    @Test
    void needsData() {
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1)) {
            StepBuilder step = Step.of(g, parameters, backend).rows(4).evaluate(new Elbo());
            assertEquals("'q.mean' needs the numbers of the data's rows: a step with it must read data",
                    assertThrows(IllegalArgumentException.class, step::compile).getMessage());
            assertArrayEquals(new float[N * D], parameters.all().get(0).value().toArray());
        }
    }
}
