package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.OptimalGaussian;
import io.elbo4j.train.graph.Term.Role;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Sgd;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OptimalGaussianTest {
    private static final int ROWS = 6;
    private static final int COLUMNS = 3;

    private final Graph graph = new Graph();
    private final Input x = (Input) graph.input("x", COLUMNS);
    private final Value mean = LearnedRow.of(graph, "mean", COLUMNS, 0.25f);
    private final Observation observation = graph.observe("o", new OptimalGaussian(graph.repeat(mean, Rows.BATCH)), x);
    private final Backend backend = new JavaBackend(1);
    private final Parameters parameters = new Parameters(backend, graph.parameters(), 1);

    private static float[] data(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[ROWS * COLUMNS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian(0, seed);
        }
        return values;
    }

    private double meanSquare(float[] values) {
        float[] m = parameters.get(mean.asParameter().orElseThrow()).value().toArray();
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += Math.pow(values[i] - m[i % COLUMNS], 2);
        }
        return sum / values.length;
    }

    private Parameter averages() {
        return graph.parameters().stream().filter(Parameter::statistic).findFirst().orElseThrow();
    }

    /** The gradient holds the variance, finite differences do not. */
    @Test
    void gradient() {
        Graph g = new Graph();
        Value in = g.input("x", 5);
        Value z = g.latent("z", DiagonalGaussian.of("q", in, 2));
        g.observe("o", new OptimalGaussian(Dense.of("mean", z, 5, Activation.IDENTITY)), in);
        FiniteDifferences.check("Gaussian of optimal variance", g, 7, Map.of());
    }

    @Test
    void aBatchIsAsLikelyAsOneVarianceMakesIt() {
        try (Step step = Step.of(graph, parameters, backend).rows(ROWS).minimise(new Elbo(), new Sgd(0)).compile()) {
            for (int seed = 1; seed < 5; seed++) {
                step.value(x).set(data(seed));
                step.run(seed);
                assertEquals(-ROWS * COLUMNS / 2.0 * (Math.log(2 * Math.PI * meanSquare(data(seed))) + 1), step.total(
                        Role.LOG_LIKELIHOOD), 1e-4);
            }
        }
    }

    /** In double precision, from the beginning. */
    @Test
    void evaluationsTakeTheMovingAverage() {
        double errors = 0x1p-20;
        double ones = 0x1p-20;
        try (Step train = Step.of(graph, parameters, backend).rows(ROWS).minimise(new Elbo(), new Sgd(0)).compile();
                Step evaluate = Step.of(graph, parameters, backend).rows(ROWS).evaluate(new Elbo()).compile();
                Step one = Step.of(graph, parameters, backend).rows(1).evaluate(new Elbo()).compile()) {
            float[] other = data(9);
            for (int seed = 0; seed < 5; seed++) {
                if (seed > 0) {
                    train.value(x).set(data(seed));
                    train.run(seed);
                    errors += 0.01 * (meanSquare(data(seed)) - errors);
                    ones += 0.01 * (1 - ones);
                }
                double variance = errors / ones;
                evaluate.value(x).set(other);
                evaluate.run(seed);
                float[] terms = evaluate.plan().terms().get(observation.logLikelihood()).toArray();
                for (int r = 0; r < ROWS; r++) {
                    double expected = 0;
                    for (int c = 0; c < COLUMNS; c++) {
                        double d = other[r * COLUMNS + c] - 0.25;
                        expected -= (Math.log(2 * Math.PI * variance) + d * d / variance) / 2;
                    }
                    assertEquals(expected, terms[r], 1e-6 * Math.abs(expected) + 1e-5, "after " + seed + " steps");
                }
                // whatever the other rows are
                float[] last = new float[COLUMNS];
                System.arraycopy(other, (ROWS - 1) * COLUMNS, last, 0, COLUMNS);
                one.value(x).set(last);
                one.run(seed);
                assertEquals(terms[ROWS - 1], one.plan().terms().get(observation.logLikelihood()).toArray()[0]);
            }
        }
    }

    @Test
    void onlyAStepThatTrainsItChangesIt() {
        Parameter ofMean = mean.asParameter().orElseThrow();
        float[] before = parameters.get(averages()).value().toArray();
        try (Step other = Step.of(graph, parameters, backend).rows(ROWS).minimise(Training.of(new Elbo(), new Sgd(1e-3))
                .withParameters(Set.of(ofMean))).compile();
                Step both = Step.of(graph, parameters, backend).rows(ROWS).minimise(Training.of(new Elbo(), new Sgd(
                        1e-3)).withParameters(Set.of(ofMean, averages()))).compile()) {
            other.value(x).set(data(1));
            other.run(0);
            assertArrayEquals(before, parameters.get(averages()).value().toArray());
            both.value(x).set(data(1));
            both.run(0);
            float[] after = parameters.get(averages()).value().toArray();
            assertTrue(after[0] > before[0] && after[1] > before[1]);
        }
        assertEquals(COLUMNS, parameters.count());
        assertTrue(parameters.get(averages()).slots().isEmpty());
    }

    @Test
    void noErrorIsNoInfinity() {
        try (Step step = Step.of(graph, parameters, backend).rows(ROWS).minimise(new Elbo(), new Sgd(0.1)).compile()) {
            float[] same = new float[ROWS * COLUMNS];
            Arrays.fill(same, 0.25f);
            step.value(x).set(same);
            step.run(0);
            assertEquals(ROWS * COLUMNS / 2.0 * (100 * Math.log(2) - Math.log(2 * Math.PI)), step.total(
                    Role.LOG_LIKELIHOOD), 1e-3);
            assertArrayEquals(new float[] {0.25f, 0.25f, 0.25f}, parameters.get(mean.asParameter().orElseThrow())
                    .value().toArray());
        }
    }
}
