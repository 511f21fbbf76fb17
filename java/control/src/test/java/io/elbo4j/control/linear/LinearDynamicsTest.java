package io.elbo4j.control.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.control.environment.Draws;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinearDynamicsTest {
    private static final int N = 3;
    private static final int M = 2;
    private static final int STEPS = 4;
    private final Draws draws = new Draws(12, "rollouts");

    private MatrixNormalInverseWishart some(int inputs) {
        return new MatrixNormalInverseWishart(LinearTests.drawn(draws, N, inputs, 0.7), LinearTests.positive(draws,
                inputs), LinearTests.positive(draws, N), 7);
    }

    private LinearDynamics dynamics(int steps) {
        List<MatrixNormalInverseWishart> all = new ArrayList<>();
        for (int t = 0; t < steps; t++) {
            all.add(some(N + M + 1));
        }
        return new LinearDynamics(some(1), all);
    }

    private double[][] precisions(int length) {
        double[][] precision = LinearTests.drawn(draws, length, N, 1);
        for (double[] row : precision) {
            for (int i = 0; i < N; i++) {
                row[i] = Math.exp(row[i]);
            }
        }
        return precision;
    }

    /** exp of the expected log-density of everything, as one matrix, one vector and a number, term by term. */
    private static final class Joint {
        private final double[][] quadratic = new double[(STEPS + 1) * N][(STEPS + 1) * N];
        private final double[] linear = new double[(STEPS + 1) * N];
        private double constant;

        /** The log-density of y - W x on average: y and the first numbers of x are parts of z, the others known. */
        void add(MatrixNormalInverseWishart of, int y, int x, double[] known) {
            MatrixNormalInverseWishart.Expected e = of.expected();
            int states = of.precision().length - known.length;
            int all = N + of.precision().length;
            double[][] joint = new double[all][all];
            for (int i = 0; i < all; i++) {
                for (int j = 0; j < all; j++) {
                    joint[i][j] = i < N && j < N ? e.yy()[i][j] : i < N ? -e.yx()[i][j - N] : j < N ? -e.yx()[j][i - N]
                            : e.xx()[i - N][j - N];
                }
            }
            constant += (e.logDeterminant() - N * Math.log(2 * Math.PI)) / 2;
            for (int i = 0; i < all; i++) {
                for (int j = 0; j < all; j++) {
                    int a = i < N ? y + i : i < N + states ? x + i - N : -1;
                    int b = j < N ? y + j : j < N + states ? x + j - N : -1;
                    double ka = a < 0 ? known[i - N - states] : 0;
                    double kb = b < 0 ? known[j - N - states] : 0;
                    if (a >= 0 && b >= 0) {
                        quadratic[a][b] += joint[i][j];
                    } else if (a >= 0) {
                        linear[a] -= joint[i][j] * kb / 2;
                    } else if (b >= 0) {
                        linear[b] -= joint[i][j] * ka / 2;
                    } else {
                        constant -= joint[i][j] * ka * kb / 2;
                    }
                }
            }
        }
    }

    /** The dense Gaussian of all states together has the same means, covariances and integral. */
    @Test
    void smoothingIsTheJointGaussian() {
        System.out.println("seed 12");
        for (int steps : new int[] {1, STEPS}) {
            LinearDynamics dynamics = dynamics(steps);
            double[][] seen = LinearTests.drawn(draws, STEPS + 1, N, 1);
            double[][] precision = precisions(STEPS + 1);
            double[][] actions = LinearTests.drawn(draws, STEPS, M, 1);
            Joint joint = new Joint();
            joint.add(dynamics.first(), 0, 0, new double[] {1});
            for (int t = 0; t < STEPS; t++) {
                joint.add(dynamics.steps().get(steps == 1 ? 0 : t), (t + 1) * N, t * N, new double[] {actions[t][0],
                        actions[t][1], 1});
            }
            for (int t = 0; t <= STEPS; t++) {
                for (int i = 0; i < N; i++) {
                    double p = precision[t][i];
                    joint.quadratic[t * N + i][t * N + i] += p;
                    joint.linear[t * N + i] += p * seen[t][i];
                    joint.constant += (Math.log(p / (2 * Math.PI)) - p * seen[t][i] * seen[t][i]) / 2;
                }
            }
            double[] log = new double[1];
            double[][] covariance = LinearTests.inverse(joint.quadratic, log);
            int all = (STEPS + 1) * N;
            double[] mean = new double[all];
            double integral = joint.constant + (all * Math.log(2 * Math.PI) - log[0]) / 2;
            for (int i = 0; i < all; i++) {
                for (int j = 0; j < all; j++) {
                    mean[i] += covariance[i][j] * joint.linear[j];
                    integral += joint.linear[i] * covariance[i][j] * joint.linear[j] / 2;
                }
            }
            Rollout rollout = dynamics.smoothed(seen, precision, actions);
            assertEquals(integral, rollout.logNormaliser(), 1e-9);
            for (int t = 0; t <= STEPS; t++) {
                for (int i = 0; i < N; i++) {
                    assertEquals(mean[t * N + i], rollout.mean()[t][i], 1e-10);
                    for (int j = 0; j < N; j++) {
                        assertEquals(covariance[t * N + i][t * N + j], rollout.covariance()[t][i][j], 1e-10);
                        if (t < STEPS) {
                            assertEquals(covariance[(t + 1) * N + i][t * N + j], rollout.lagged()[t][i][j], 1e-10);
                        }
                    }
                }
                message(dynamics, rollout, t, seen, precision, actions);
            }
        }
    }

    /** What is left of the state when its potential is made as wide as nothing. */
    private void message(LinearDynamics dynamics, Rollout rollout, int t, double[][] seen, double[][] precision,
            double[][] actions) {
        double[][] blind = precision.clone();
        blind[t] = new double[] {1e-9, 1e-9, 1e-9};
        Rollout other = dynamics.smoothed(seen, blind, actions);
        double[][] inverse = LinearTests.inverse(other.covariance()[t], new double[1]);
        Rollout.Message message = rollout.message(t, seen[t], precision[t]);
        for (int i = 0; i < N; i++) {
            assertEquals(other.mean()[t][i], message.mean()[i], 1e-6);
            assertEquals(inverse[i][i], message.precision()[i], 1e-6);
        }
    }

    /** E[y y^T] and the like of the joint Gaussian. */
    @Test
    void momentsAreThoseOfTheStates() {
        LinearDynamics dynamics = dynamics(STEPS);
        double[][] actions = LinearTests.drawn(draws, STEPS, M, 1);
        Rollout rollout = dynamics.smoothed(LinearTests.drawn(draws, STEPS + 1, N, 1), precisions(STEPS + 1),
                actions);
        Moments moments = rollout.moments(2, actions);
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                double[][] m = rollout.mean();
                assertEquals(m[2][i] * m[2][j] + rollout.covariance()[2][i][j], moments.yy()[i][j], 1e-12);
                assertEquals(m[2][i] * m[1][j] + rollout.lagged()[1][i][j], moments.yx()[i][j], 1e-12);
                assertEquals(m[1][i] * m[1][j] + rollout.covariance()[1][i][j], moments.xx()[i][j], 1e-12);
            }
            assertEquals(rollout.mean()[2][i] * actions[1][1], moments.yx()[i][N + 1], 1e-12);
            assertEquals(rollout.mean()[1][i], moments.xx()[N + M][i], 1e-12);
            assertEquals(rollout.mean()[0][i], rollout.moments(0, actions).yx()[i][0], 1e-12);
        }
        assertEquals(actions[1][0] * actions[1][1], moments.xx()[N][N + 1], 1e-12);
    }

    /** Coordinate ascent: smoothing and conjugate updates in turns never lower the bound, and find the dynamics. */
    @Test
    void theBoundNeverFalls() {
        System.out.println("seed 12");
        double[][] a = {{0.9, 0.1, 0}, {-0.2, 0.8, 0.1}, {0, 0, 0.95}};
        double[][] b = {{0.5, 0}, {0, 0.3}, {0.2, -0.4}};
        int rollouts = 12;
        int length = 25;
        double[][][] seen = new double[rollouts][length][N];
        double[][][] actions = new double[rollouts][][];
        double[][] precision = new double[length][N];
        for (double[] row : precision) {
            java.util.Arrays.fill(row, 1 / 0.01);
        }
        for (int r = 0; r < rollouts; r++) {
            actions[r] = LinearTests.drawn(draws, length - 1, M, 1);
            double[] z = LinearTests.drawn(draws, 1, N, 1)[0];
            for (int t = 0; t < length; t++) {
                double[] next = new double[N];
                for (int i = 0; i < N; i++) {
                    seen[r][t][i] = z[i] + 0.1 * draws.normal();
                    next[i] = 0.05 * draws.normal() + 0.3;
                    for (int j = 0; j < N; j++) {
                        next[i] += a[i][j] * z[j];
                    }
                    for (int j = 0; t < length - 1 && j < M; j++) {
                        next[i] += b[i][j] * actions[r][t][j];
                    }
                }
                z = next;
            }
        }
        MatrixNormalInverseWishart firstPrior = MatrixNormalInverseWishart.weak(new double[N][1], 0.01, 1);
        MatrixNormalInverseWishart prior = MatrixNormalInverseWishart.weak(new double[N][N + M + 1], 0.01, 0.01);
        LinearDynamics q = new LinearDynamics(firstPrior, List.of(prior));
        double last = Double.NEGATIVE_INFINITY;
        double first = Double.NaN;
        for (int turn = 0; turn < 30; turn++) {
            Moments ofFirst = new Moments(N, 1);
            Moments ofSteps = new Moments(N, N + M + 1);
            double bound = -q.first().divergence(firstPrior) - q.steps().get(0).divergence(prior);
            for (int r = 0; r < rollouts; r++) {
                Rollout rollout = q.smoothed(seen[r], precision, actions[r]);
                bound += rollout.logNormaliser();
                ofFirst.add(1, rollout.moments(0, actions[r]));
                for (int t = 1; t < length; t++) {
                    ofSteps.add(1, rollout.moments(t, actions[r]));
                }
            }
            assertTrue(bound >= last - 1e-9, turn + ": " + last + " to " + bound);
            if (turn == 0) {
                first = bound;
            }
            last = bound;
            q = new LinearDynamics(firstPrior.posterior(1, ofFirst), List.of(prior.posterior(1, ofSteps)));
        }
        System.out.println("bound " + first + " to " + last);
        assertTrue(last > first + 100);
        double[][] found = q.steps().get(0).mean();
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                assertEquals(a[i][j], found[i][j], 0.05);
            }
            for (int j = 0; j < M; j++) {
                assertEquals(b[i][j], found[i][N + j], 0.05);
            }
            assertEquals(0.3, found[i][N + M], 0.1);
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        LinearDynamics of = dynamics(2);
        refused("steps must be one, or one for each of 4, not 2", () -> of.smoothed(new double[5][N], precisions(5),
                new double[4][M]));
        refused("actions must be 2, one fewer than states, not 3", () -> of.smoothed(new double[3][N], precisions(3),
                new double[3][M]));
        refused("precision must be above 0, not 0.0", () -> of.smoothed(new double[3][N], new double[3][N],
                new double[2][M]));
        refused("steps must be at least one, not none", () -> new LinearDynamics(some(1), List.of()));
        refused("first must be of one input, a 1, not 2", () -> new LinearDynamics(some(2), of.steps()));
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }
}
