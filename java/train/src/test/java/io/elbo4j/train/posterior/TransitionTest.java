package io.elbo4j.train.posterior;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransitionTest {
    private static final Banana BANANA = Banana.standard();
    private static final List<ToDoubleFunction<double[]>> FUNCTIONS = List.of(z -> z[0] * z[0], z -> z[1], z -> z[1]
            * z[1],
            z -> z[0] * z[1], z -> Math.cos(2 * z[0] + z[1]));

    /**
     * Detailed balance: p(z) K(z' given z) is symmetric, so that E[f(z) g(z') - g(z) f(z')] = 0 for exact draws of z
     * and a step from each. The largest of these numbers, in standard errors.
     */
    private static double imbalance(Transition transition, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int draws = 200_000;
        int n = FUNCTIONS.size();
        double[][] sum = new double[n][n];
        double[][] squares = new double[n][n];
        Point at = new Point(2);
        Point room = new Point(2);
        for (int i = 0; i < draws; i++) {
            at.z()[0] = random.nextGaussian();
            at.z()[1] = 0.25 * (at.z()[0] * at.z()[0] - 1) + 0.5 * random.nextGaussian();
            at.evaluate(BANANA);
            double[] before = FUNCTIONS.stream().mapToDouble(f -> f.applyAsDouble(at.z())).toArray();
            transition.step(BANANA, at, room, new double[] {random.nextGaussian(), random.nextGaussian()}, random
                    .nextDouble());
            double[] after = FUNCTIONS.stream().mapToDouble(f -> f.applyAsDouble(at.z())).toArray();
            for (int f = 0; f < n; f++) {
                for (int g = 0; g < n; g++) {
                    double difference = before[f] * after[g] - before[g] * after[f];
                    // and stationarity, where the other function is 1
                    double each = f == g ? after[f] - before[f] : difference;
                    sum[f][g] += each;
                    squares[f][g] += each * each;
                }
            }
        }
        double most = 0;
        for (int f = 0; f < n; f++) {
            for (int g = 0; g < n; g++) {
                double mean = sum[f][g] / draws;
                most = Math.max(most, Math.abs(mean) / Math.sqrt((squares[f][g] / draws - mean * mean) / draws));
            }
        }
        System.out.printf("%s, seed %d: imbalance of %.2f standard errors%n", transition, seed, most);
        return most;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aCorrectedTransitionIsInDetailedBalance(long seed) {
        assertTrue(imbalance(new RandomWalk(1.2), seed) < 4);
        assertTrue(imbalance(new MetropolisAdjustedLangevin(0.4), seed) < 4);
        assertTrue(imbalance(new MetropolisAdjustedLangevin(1), seed) < 4);
        assertTrue(imbalance(new HamiltonianMonteCarlo(0.3, 5), seed) < 4);
        assertTrue(imbalance(new HamiltonianMonteCarlo(0.9, 2), seed) < 4);
    }

    /** The test above can fail: without the correction it does. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anUncorrectedOneIsNot(long seed) {
        assertTrue(imbalance(new UnadjustedLangevin(0.4), seed) > 8);
    }

    @Test
    void theStepChangesWhereItGoes() {
        for (List<Transition> pair : List.of(List.<Transition>of(new RandomWalk(0.1), new RandomWalk(0.2)), List
                .<Transition>of(
                        new UnadjustedLangevin(0.1), new UnadjustedLangevin(0.2)), List.<Transition>of(
                                new MetropolisAdjustedLangevin(0.1), new MetropolisAdjustedLangevin(0.2)))) {
            assertNotEquals(step(pair.get(0), 1e-9)[0], step(pair.get(1), 1e-9)[0]);
        }
    }

    private static double[] step(Transition transition, double uniform) {
        Point at = new Point(2);
        at.z()[0] = 1;
        at.evaluate(BANANA);
        transition.step(BANANA, at, new Point(2), new double[] {0.5, -1}, uniform);
        return at.z();
    }

    /** By hand, at z = (1, 0): residual 0, so d log p = (-1, 0). */
    @Test
    void whereTheyGo() {
        assertEquals(1 + 0.2 * 0.5, step(new RandomWalk(0.2), 1e-9)[0], 1e-15);
        assertEquals(-0.2, step(new RandomWalk(0.2), 1e-9)[1], 1e-15);
        for (Transition transition : List.of(new UnadjustedLangevin(0.16), new MetropolisAdjustedLangevin(0.16))) {
            assertEquals(1 - 0.08 + 0.4 * 0.5, step(transition, 1e-9)[0], 1e-15);
            assertEquals(-0.4, step(transition, 1e-9)[1], 1e-15);
        }
        // one leap of step e is Langevin's step of e^2
        assertEquals(1 - 0.08 + 0.4 * 0.5, step(new HamiltonianMonteCarlo(0.4, 1), 1e-9)[0], 1e-15);
        assertEquals(-0.4, step(new HamiltonianMonteCarlo(0.4, 1), 1e-9)[1], 1e-15);
        assertNotEquals(step(new HamiltonianMonteCarlo(0.1, 1), 1e-9)[0], step(new HamiltonianMonteCarlo(0.1, 2),
                1e-9)[0]);
        assertEquals(1, step(new HamiltonianMonteCarlo(9, 1), 0.999)[0]);
        assertEquals(1, step(new RandomWalk(9), 0.999)[0]);
        assertEquals(1, step(new MetropolisAdjustedLangevin(9), 0.999)[0]);
    }

    @Test
    void noStepIsRefused() {
        assertEquals("deviation must be a finite number above 0, not 0.0", assertThrows(IllegalArgumentException.class,
                () -> new RandomWalk(0)).getMessage());
        assertEquals("stepSize must be a finite number above 0, not -1.0", assertThrows(IllegalArgumentException.class,
                () -> new MetropolisAdjustedLangevin(-1)).getMessage());
        assertEquals("stepSize must be a finite number above 0, not NaN", assertThrows(IllegalArgumentException.class,
                () -> new HamiltonianMonteCarlo(Double.NaN, 1)).getMessage());
        assertEquals("leaps must be at least 1, not 0", assertThrows(IllegalArgumentException.class,
                () -> new HamiltonianMonteCarlo(1, 0)).getMessage());
    }
}
