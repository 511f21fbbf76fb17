package io.elbo4j.train.posterior;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TargetTest {
    private static final List<double[]> POINTS = new SplittableRandom(3).doubles(40, -3, 3).mapToObj(
            first -> new double[] {first, StrictMath.sin(5 * first) * 3}).toList();

    static Stream<Target> targets() {
        return Stream.of(LinearObservation.standard(), Banana.standard(), TwoModes.standard(), new LinearObservation(
                -0.5, 2,
                0.7, -1), new Banana(-0.6, 1.3), new TwoModes(0.8, 1.1, 0.2));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void theGradientIsThatOfTheDensity(Target target) {
        for (double[] z : POINTS) {
            double[] gradient = new double[2];
            target.logDensity(z, gradient);
            for (int d = 0; d < 2; d++) {
                double[] up = z.clone();
                double[] down = z.clone();
                up[d] += 1e-5;
                down[d] -= 1e-5;
                assertEquals((target.logDensity(up) - target.logDensity(down)) / 2e-5, gradient[d], 1e-6 * (1 + Math
                        .abs(
                                gradient[d])));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("targets")
    void theGraphHasTheSameDensity(Target target) {
        Graph g = new Graph();
        Value z = g.input("z", 2);
        Value log = target.logDensity(z);
        try (Backend backend = Backends.open("java", 1);
                Parameters none = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, none, backend).rows(1).want(log).compile()) {
            for (double[] point : POINTS) {
                step.value(z).set((float) point[0], (float) point[1]);
                step.run(0);
                double expected = target.logDensity(new double[] {(float) point[0], (float) point[1]});
                assertEquals(expected, step.value(log).toArray()[0], 1e-5 * (1 + Math.abs(expected)));
            }
        }
    }

    /** Each density is normalised, but that of a decoder, whose integral is p(x) = N(x; 0, |w|^2 + deviation^2). */
    @ParameterizedTest
    @MethodSource("targets")
    void theGridHasAllOfIt(Target target) {
        double expected = 1;
        if (target instanceof LinearObservation t) {
            double variance = t.first() * t.first() + t.second() * t.second() + t.deviation() * t.deviation();
            expected = Math.exp(-0.5 * t.x() * t.x() / variance) / Math.sqrt(2 * Math.PI * variance);
        }
        assertEquals(expected, Grid.of(target).integral(target::logDensity), 1e-6 * expected);
    }

    @Test
    void momentsByQuadratureAreThoseInClosedForm() {
        // precision [[5, 4], [4, 5]]
        assertMoments(LinearObservation.standard(), 4 / 9.0, 4 / 9.0, 5 / 9.0, -4 / 9.0, 5 / 9.0);
        // E (z1^2 - 1)^2 = 2
        assertMoments(Banana.standard(), 0, 0, 1, 0, 0.25 * 0.25 * 2 + 0.25);
        // a Bernoulli of 0.7 times 3
        assertMoments(TwoModes.standard(), 1.5 * 0.4, 0, 0.36 + 9 * 0.21, 0, 0.36);
    }

    private static void assertMoments(Target target, double mean1, double mean2, double variance1, double covariance,
            double variance2) {
        Moments moments = Grid.of(target).moments(target::logDensity);
        assertEquals(mean1, moments.mean()[0], 1e-5);
        assertEquals(mean2, moments.mean()[1], 1e-5);
        assertEquals(variance1, moments.covariance()[0][0], 1e-5);
        assertEquals(covariance, moments.covariance()[0][1], 1e-5);
        assertEquals(covariance, moments.covariance()[1][0], 1e-5);
        assertEquals(variance2, moments.covariance()[1][1], 1e-5);
    }

    @Test
    void whatIsNoDensityIsRefused() {
        assertEquals("deviation must be a finite number above 0, not 0.0", assertThrows(IllegalArgumentException.class,
                () -> new Banana(1, 0)).getMessage());
        assertEquals("deviation must be a finite number above 0, not NaN", assertThrows(IllegalArgumentException.class,
                () -> new LinearObservation(1, 1, Double.NaN, 0)).getMessage());
        assertEquals("weight must be between 0 and 1, not 1.0", assertThrows(IllegalArgumentException.class,
                () -> new TwoModes(1, 1, 1)).getMessage());
    }
}
