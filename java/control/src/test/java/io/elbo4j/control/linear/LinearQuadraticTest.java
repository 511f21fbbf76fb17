package io.elbo4j.control.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.control.environment.Draws;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinearQuadraticTest {
    private static final int N = 2;
    private static final int M = 2;
    private static final int STEPS = 3;
    private final Draws draws = new Draws(13, "costs");

    private LinearDynamics dynamics() {
        List<MatrixNormalInverseWishart> steps = new ArrayList<>();
        for (int t = 0; t < STEPS - 1; t++) {
            steps.add(new MatrixNormalInverseWishart(LinearTests.drawn(draws, N, N + M + 1, 0.7), LinearTests.positive(
                    draws, N + M + 1), LinearTests.positive(draws, N), 7));
        }
        return new LinearDynamics(new MatrixNormalInverseWishart(LinearTests.drawn(draws, N, 1, 1), LinearTests
                .positive(draws, 1), LinearTests.positive(draws, N), 7), steps);
    }

    private List<QuadraticCost> costs() {
        List<QuadraticCost> costs = new ArrayList<>();
        for (int t = 0; t < STEPS; t++) {
            costs.add(new QuadraticCost(LinearTests.positive(draws, N + M), LinearTests.drawn(draws, 1, N + M, 1)[0],
                    draws.normal()));
        }
        return costs;
    }

    private LinearPolicy policy() {
        double[][][] gain = new double[STEPS][][];
        double[][][] covariance = new double[STEPS][][];
        for (int t = 0; t < STEPS; t++) {
            gain[t] = LinearTests.drawn(draws, M, N, 0.5);
            covariance[t] = LinearTests.positive(draws, M);
        }
        return new LinearPolicy(gain, LinearTests.drawn(draws, STEPS, M, 1), covariance);
    }

    /** Cost and divergence of the policy are means over what it does. */
    @Test
    void whatIsExpectedIsTheMeanOfDraws() {
        System.out.println("seed 13");
        LinearDynamics dynamics = dynamics();
        LinearPolicy last = policy();
        LinearPolicy policy = policy();
        List<QuadraticCost> costs = costs();
        LinearQuadratic.Expectation expected = new LinearQuadratic(dynamics, costs, last).expected(policy);
        int count = 200_000;
        double[] sum = new double[2];
        double[] squares = new double[2];
        for (int d = 0; d < count; d++) {
            double[] z = LinearTests.normal(draws, new double[] {dynamics.first().mean()[0][0], dynamics.first()
                    .mean()[1][0]}, LinearTests.root(dynamics.first().noise()));
            double[] drawn = new double[2];
            for (int t = 0; t < STEPS; t++) {
                double[] a = LinearTests.normal(draws, policy.mean(t, z), LinearTests.root(policy.covariance()[t]));
                drawn[0] += costs.get(t).at(new double[] {z[0], z[1], a[0], a[1]});
                drawn[1] += LinearTests.logDensity(a, policy.mean(t, z), policy.covariance()[t]) - LinearTests
                        .logDensity(a, last.mean(t, z), last.covariance()[t]);
                if (t < STEPS - 1) {
                    MatrixNormalInverseWishart step = dynamics.steps().get(t);
                    double[] next = new double[N];
                    double[] x = {z[0], z[1], a[0], a[1], 1};
                    for (int i = 0; i < N; i++) {
                        for (int j = 0; j < x.length; j++) {
                            next[i] += step.mean()[i][j] * x[j];
                        }
                    }
                    z = LinearTests.normal(draws, next, LinearTests.root(step.noise()));
                }
            }
            for (int i = 0; i < 2; i++) {
                sum[i] += drawn[i] / count;
                squares[i] += drawn[i] * drawn[i] / count;
            }
        }
        for (int i = 0; i < 2; i++) {
            double error = Math.sqrt((squares[i] - sum[i] * sum[i]) / count);
            double is = i == 0 ? expected.cost() : expected.divergence();
            System.out.println(is + " by draws " + sum[i] + " +- " + error);
            assertEquals(is, sum[i], 4 * error);
        }
    }

    /** No other number anywhere in the policy has a lower sum of cost and eta times divergence: it is convex there. */
    @Test
    void theBestPolicyIsWhereNothingCanBeGained() {
        System.out.println("seed 13");
        LinearQuadratic problem = new LinearQuadratic(dynamics(), costs(), policy());
        for (double eta : new double[] {0.05, 1, 30}) {
            LinearPolicy best = problem.best(eta);
            double least = sum(problem, best, eta);
            assertTrue(sum(problem, problem.last(), eta) > least + 0.01);
            for (int t = 0; t < STEPS; t++) {
                for (int i = 0; i < M; i++) {
                    for (int j = 0; j < N; j++) {
                        flat(problem, best, eta, best.gain()[t][i], j);
                    }
                    flat(problem, best, eta, best.offset()[t], i);
                    flat(problem, best, eta, best.covariance()[t][i], i);
                }
            }
        }
    }

    private static double sum(LinearQuadratic problem, LinearPolicy policy, double eta) {
        LinearQuadratic.Expectation expected = problem.expected(policy);
        return expected.cost() + eta * expected.divergence();
    }

    /** The derivative is 0, and the second one above 0. */
    private static void flat(LinearQuadratic problem, LinearPolicy best, double eta, double[] row, int at) {
        double is = row[at];
        // of a variance, whose logarithm bends the more the smaller it is
        double step = 1e-4 * Math.min(1, Math.abs(is));
        double least = sum(problem, best, eta);
        row[at] = is + step;
        double above = sum(problem, best, eta);
        row[at] = is - step;
        double below = sum(problem, best, eta);
        row[at] = is;
        assertEquals(0, (above - below) / (2 * step), 1e-5 * (1 + Math.abs(least)));
        assertTrue(above > least && below > least);
    }

    /** One step of one state and one action, by the formulas on paper. */
    @Test
    void oneStepIsAFormula() {
        MatrixNormalInverseWishart first = new MatrixNormalInverseWishart(new double[][] {{0.4}}, new double[][] {{1}},
                new double[][] {{1}}, 2);
        MatrixNormalInverseWishart unused = new MatrixNormalInverseWishart(new double[1][3], Dense.diagonal(3, 1),
                new double[][] {{1}}, 2);
        QuadraticCost cost = new QuadraticCost(new double[][] {{2, 0.5}, {0.5, 3}}, new double[] {0.1, -0.7}, 5);
        LinearPolicy last = new LinearPolicy(new double[][][] {{{0.2}}}, new double[][] {{-0.3}}, new double[][][] {{{
                0.25}}});
        double eta = 2;
        LinearPolicy best = new LinearQuadratic(new LinearDynamics(first, List.of(unused)), List.of(cost), last).best(
                eta);
        // (3 a^2 / 2 + 0.5 z a - 0.7 a) / 2 + (a - 0.2 z + 0.3)^2 / (2 * 0.25)
        double precision = 3 / eta + 4;
        assertEquals(1 / precision, best.covariance()[0][0][0], 1e-14);
        assertEquals((0.2 * 4 - 0.5 / eta) / precision, best.gain()[0][0][0], 1e-14);
        assertEquals((0.7 / eta - 0.3 * 4) / precision, best.offset()[0][0], 1e-14);
    }

    @Test
    void theBoundHolds() {
        LinearQuadratic problem = new LinearQuadratic(dynamics(), costs(), policy());
        double before = problem.expected(problem.last()).cost();
        double lastCost = Double.POSITIVE_INFINITY;
        double lastEta = Double.POSITIVE_INFINITY;
        for (double bound : new double[] {0.01, 0.3, 2}) {
            LinearQuadratic.Improvement found = problem.improved(bound);
            assertEquals(bound, found.expected().divergence(), 1e-6 * bound);
            assertTrue(found.expected().divergence() <= bound);
            assertTrue(found.expected().cost() < Math.min(before, lastCost));
            assertTrue(found.eta() < lastEta);
            lastCost = found.expected().cost();
            lastEta = found.eta();
        }
        assertEquals(0, problem.expected(problem.last()).divergence(), 1e-12);
    }

    /** A convex quadratic is found again; of a saddle what is left is convex, and the nearest in a plain sense. */
    @Test
    void costsAreFoundAgain() {
        System.out.println("seed 13");
        QuadraticCost truth = costs().get(0);
        double[] centre = {0.3, -0.2, 0.1, 1};
        double[] unit = {2, 0.5, 1, 1};
        QuadraticCost.Regression regression = new QuadraticCost.Regression(centre, unit, 1e-10);
        Moments seen = regression.none();
        Moments saddle = regression.none();
        for (int r = 0; r < 200; r++) {
            double[] x = LinearTests.drawn(draws, 1, N + M, 1)[0];
            seen.add(r % 3 + 1, regression.of(x, truth.at(x)));
            saddle.add(1, regression.of(x, 3 + x[0] * x[0] - 0.5 * x[1] * x[1] + 0.25 * x[2]));
        }
        QuadraticCost found = regression.fitted(seen);
        for (int i = 0; i < N + M; i++) {
            assertEquals(truth.slope()[i], found.slope()[i], 1e-6);
            for (int j = 0; j < N + M; j++) {
                assertEquals(truth.curvature()[i][j], found.curvature()[i][j], 1e-6);
            }
        }
        assertEquals(truth.constant(), found.constant(), 1e-6);
        QuadraticCost convex = regression.fitted(saddle);
        assertEquals(2, convex.curvature()[0][0], 1e-3);
        assertEquals(0, convex.curvature()[1][1], 1e-3);
        assertEquals(0.25, convex.slope()[2], 0.2);
    }

    /** An eigenvalue below is raised, nothing else: of diag(d) turned by a known rotation. */
    @Test
    void theNearestPositiveMatrixKeepsItsAxes() {
        double c = Math.cos(0.4);
        double s = Math.sin(0.4);
        double[][] turn = {{c, -s, 0}, {s, c, 0}, {0, 0, 1}};
        double[][] given = turned(turn, new double[] {2, -1, 0.3});
        double[][] expected = turned(turn, new double[] {2, 0.1, 0.3});
        double[][] found = Dense.atLeast(0.1, given);
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                assertEquals(expected[i][j], found[i][j], 1e-12);
            }
        }
    }

    private static double[][] turned(double[][] turn, double[] d) {
        double[][] a = new double[3][3];
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                for (int k = 0; k < 3; k++) {
                    a[i][j] += turn[i][k] * d[k] * turn[j][k];
                }
            }
        }
        return a;
    }

    /** Other codes of the same states, an affine map of these, have the same actions. */
    @Test
    void aPolicyOfOtherCodesDoesTheSame() {
        LinearPolicy policy = policy();
        double[][] map = {{0.5, 1.2}, {-0.8, 0.6}};
        double[][][] codes = new double[9][STEPS][];
        double[][][] means = new double[9][STEPS][];
        for (int r = 0; r < 9; r++) {
            for (int t = 0; t < STEPS; t++) {
                double[] z = LinearTests.drawn(draws, 1, N, 1)[0];
                means[r][t] = policy.mean(t, z);
                codes[r][t] = new double[] {map[0][0] * z[0] + map[0][1] * z[1] + 1, map[1][0] * z[0] + map[1][1]
                        * z[1] - 2};
            }
        }
        LinearPolicy other = policy.of(codes, means, 1e-9);
        for (int t = 0; t < STEPS; t++) {
            assertEquals(means[4][t][0], other.mean(t, codes[4][t])[0], 1e-6);
            assertEquals(means[8][t][1], other.mean(t, codes[8][t])[1], 1e-6);
        }
        double shrunk = policy.of(codes, means, 1e6).gain()[0][0][0];
        assertEquals(0, shrunk, 1e-3);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        LinearDynamics dynamics = dynamics();
        LinearPolicy last = policy();
        refused("costs must be 3, one for each step of last, not 2", () -> new LinearQuadratic(dynamics, costs()
                .subList(
                        0, 2), last));
        refused("last must be of 2 states and 2 actions, not 3 and 2", () -> new LinearQuadratic(dynamics, costs(),
                LinearPolicy.blind(STEPS, 3, 2, 1)));
        refused("bound must be above 0, not 0.0", () -> new LinearQuadratic(dynamics, costs(), last).improved(0));
        refused("ridge must be above 0, not 0.0", () -> new QuadraticCost.Regression(new double[1], new double[] {1},
                0));
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }
}
