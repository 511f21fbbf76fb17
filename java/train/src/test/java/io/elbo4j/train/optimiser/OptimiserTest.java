package io.elbo4j.train.optimiser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Optimiser;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.schedule.Schedule;
import io.elbo4j.train.schedule.Staircase;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Steps on the loss (p - 2)^2 / 2, whose gradient is p - 2, from p = 5, beside the papers' formulas in double. */
class OptimiserTest {
    private final Graph g = new Graph();
    private final Value x = g.input("x", 1);
    private final Value p = LearnedRow.of(g, "p", 1, 5);
    private final Value other = LearnedRow.of(g, "other", 1, 5);

    OptimiserTest() {
        for (Value mean : List.of(p, other)) {
            g.observe("o of " + mean.name(), new DiagonalGaussian(mean, ConstantRow.of(g, "lv of " + mean.name(), 1,
                    0)),
                    x);
        }
    }

    private List<Float> path(Optimiser optimiser, double clip) {
        List<Float> path = new ArrayList<>();
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend).minimise(Training.of(new Elbo(), optimiser)
                        .withParameters(Set.of(g.parameters().get(0))).withMaximumGradientNorm(clip)).compile()) {
            step.value(x).set(2);
            for (int i = 0; i < 8; i++) {
                step.run(i);
                path.add(parameters.all().get(0).value().toArray()[0]);
            }
            assertEquals(5, parameters.all().get(1).value().toArray()[0], "not in the training");
        }
        return path;
    }

    private static void same(double[] expected, List<Float> found) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found.get(i), 2e-6 * Math.abs(expected[i]), "step " + i);
        }
    }

    @Test
    void sgd() {
        double[] expected = new double[8];
        double at = 5;
        double v = 0;
        for (int i = 0; i < 8; i++) {
            v = 0.9 * v + (at - 2) + 0.01 * at;
            at -= 0.1 * Math.pow(0.5, i / 3) * v;
            expected[i] = at;
        }
        same(expected, path(new Sgd(new Staircase(0.1, 0.5, 3), 0.9, 0.01), Double.POSITIVE_INFINITY));
    }

    @Test
    void sgdWithoutMomentumAndClipped() {
        double[] expected = new double[8];
        double at = 5;
        for (int i = 0; i < 8; i++) {
            at -= 0.5 * Math.min(at - 2, 0.75);
            expected[i] = at;
        }
        same(expected, path(new Sgd(0.5), 0.75));
    }

    private static double[] adam(double decay, double rate, double factor) {
        double[] expected = new double[8];
        double at = 5;
        double m = 0;
        double v = 0;
        for (int t = 1; t <= 8; t++) {
            double r = rate * Math.pow(factor, t - 1);
            m = 0.9 * m + 0.1 * (at - 2);
            v = 0.999 * v + 0.001 * (at - 2) * (at - 2);
            at *= 1 - r * decay;
            at -= r * (m / (1 - Math.pow(0.9, t))) / (Math.sqrt(v / (1 - Math.pow(0.999, t))) + 1e-8);
            expected[t - 1] = at;
        }
        return expected;
    }

    @Test
    void adamWithASchedule() {
        same(adam(0, 0.1, 0.7), path(new Adam(new Staircase(0.1, 0.7, 1)), Double.POSITIVE_INFINITY));
    }

    @Test
    void adamWithDecoupledWeightDecay() {
        same(adam(0.3, 0.1, 1), path(Adam.withWeightDecay(0.1, 0.3), Double.POSITIVE_INFINITY));
    }

    @Test
    void adamWithDecoupledWeightDecayAndASchedule() {
        same(adam(0.3, 0.1, 0.7), path(new Adam(new Staircase(0.1, 0.7, 1), 0.9, 0.999, 1e-8, 0.3),
                Double.POSITIVE_INFINITY));
        Adam growing = new Adam(i -> 0.1 * (i + 1), 0.9, 0.999, 1e-8, 3);
        growing.at(2);
        assertEquals("learningRate must be below 1 / weightDecay, not 0.4",
                assertThrows(IllegalArgumentException.class, () -> growing.at(3)).getMessage());
    }

    /** Also where what the optimiser keeps is allocated before. */
    @Test
    void aMovingAverageBeginsWithItsParameter() {
        for (boolean before : new boolean[] {false, true}) {
            Optimiser still = new Averaged(new Sgd(0), 0.9);
            try (Backend backend = new JavaBackend(1);
                    Parameters parameters = new Parameters(backend, g.parameters(), 1)) {
                if (before) {
                    parameters.keep(still);
                }
                try (Step step = Step.of(g, parameters, backend).minimise(new Elbo(), still).compile()) {
                    step.value(x).set(2);
                    step.run(0);
                    assertEquals(5, parameters.all().get(0).slot("average").toArray()[0], 1e-6);
                }
            }
        }
    }

    @Test
    void aMovingAverageBesideAnotherOptimiser() {
        double[] path = adam(0, 0.1, 1);
        List<Float> averages = new ArrayList<>();
        List<Float> found = new ArrayList<>();
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend).minimise(new Elbo(), new Averaged(new Adam(0.1), 0.75))
                        .compile()) {
            step.value(x).set(2);
            Parameters.State state = parameters.all().get(0);
            assertEquals(List.of("firstMoment", "secondMoment", "average"), new ArrayList<>(new Averaged(new Adam(1),
                    0.5).slots()));
            assertEquals(5, state.slot("average").toArray()[0], "begins as the parameter does");
            for (int i = 0; i < path.length; i++) {
                step.run(i);
                found.add(state.value().toArray()[0]);
                averages.add(state.slot("average").toArray()[0]);
                if (i == 3) {
                    // a step that is compiled on the way, as for the last rows of an epoch, leaves it alone
                    Step.of(g, parameters, backend).rows(2).minimise(new Elbo(), new Averaged(new Adam(0.1), 0.75))
                            .compile().close();
                }
            }
        }
        same(path, found);
        double[] expected = new double[path.length];
        double average = 5;
        for (int i = 0; i < path.length; i++) {
            average = 0.75 * average + 0.25 * path[i];
            expected[i] = average;
        }
        same(expected, averages);
        for (double decay : new double[] {0, 1, -1, Double.NaN, 1e-30}) {
            assertEquals("decay must be above 0 and below 1, also as a float32, not " + decay, assertThrows(
                    IllegalArgumentException.class, () -> new Averaged(new Sgd(1), decay)).getMessage());
        }
    }

    @Test
    void aRateThatIsNoneIsRefused() {
        Optimiser wrong = new Sgd(Schedule.constant(0.1), 0.5, 0);
        assertEquals(List.of("velocity"), wrong.slots());
        assertTrue(new Sgd(0.1).slots().isEmpty());
        assertThrows(IllegalArgumentException.class, () -> new Sgd(-1));
        assertThrows(IllegalArgumentException.class, () -> new Adam(i -> i == 3 ? Double.NaN : 1).at(3));
    }
}
