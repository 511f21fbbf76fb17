package io.elbo4j.control.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.control.environment.Draws;
import org.junit.jupiter.api.Test;

class MatrixNormalInverseWishartTest {
    private static final int N = 2;
    private static final int K = 3;
    private final Draws draws = new Draws(11, "regressions");

    private MatrixNormalInverseWishart some(double degrees) {
        return new MatrixNormalInverseWishart(LinearTests.drawn(draws, N, K, 1), LinearTests.positive(draws, K),
                LinearTests.positive(draws, N), degrees);
    }

    /** A draw by Bartlett's decomposition of the Wishart distribution of S^-1. */
    private record Drawn(double[][] weights, double[][] noisePrecision, double logDeterminant) {}

    private Drawn draw(MatrixNormalInverseWishart of) {
        double[][] root = LinearTests.root(LinearTests.inverse(of.scale(), new double[1]));
        double[][] lower = new double[N][N];
        for (int i = 0; i < N; i++) {
            // chi-squared of a whole number of degrees
            double sum = 0;
            for (int d = 0; d < (int) of.degrees() - i; d++) {
                double e = draws.normal();
                sum += e * e;
            }
            lower[i][i] = Math.sqrt(sum);
            for (int j = 0; j < i; j++) {
                lower[i][j] = draws.normal();
            }
        }
        double[][] half = new double[N][N];
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                for (int k = 0; k < N; k++) {
                    half[i][j] += root[i][k] * lower[k][j];
                }
            }
        }
        double[][] precision = new double[N][N];
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                for (int k = 0; k < N; k++) {
                    precision[i][j] += half[i][k] * half[j][k];
                }
            }
        }
        double[] log = new double[1];
        double[][] noise = LinearTests.root(LinearTests.inverse(precision, log));
        double[][] columns = LinearTests.root(LinearTests.inverse(of.precision(), new double[1]));
        double[][] e = LinearTests.drawn(draws, N, K, 1);
        double[][] weights = new double[N][K];
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < K; j++) {
                weights[i][j] = of.mean()[i][j];
                for (int a = 0; a <= i; a++) {
                    for (int b = 0; b <= j; b++) {
                        weights[i][j] += noise[i][a] * e[a][b] * columns[j][b];
                    }
                }
            }
        }
        return new Drawn(weights, precision, log[0]);
    }

    @Test
    void expectationsAreThoseOfDraws() {
        System.out.println("seed 11");
        MatrixNormalInverseWishart of = some(9);
        MatrixNormalInverseWishart.Expected expected = of.expected();
        int count = 200_000;
        double[][] yy = new double[N][N];
        double[][] yx = new double[N][K];
        double[][] xx = new double[K][K];
        double log = 0;
        for (int d = 0; d < count; d++) {
            Drawn one = draw(of);
            log += one.logDeterminant / count;
            for (int i = 0; i < N; i++) {
                for (int j = 0; j < N; j++) {
                    double p = one.noisePrecision[i][j];
                    yy[i][j] += p / count;
                    for (int k = 0; k < K; k++) {
                        yx[i][k] += p * one.weights[j][k] / count;
                        for (int l = 0; l < K; l++) {
                            xx[k][l] += one.weights[i][k] * p * one.weights[j][l] / count;
                        }
                    }
                }
            }
        }
        assertEquals(expected.logDeterminant(), log, 0.01);
        for (int i = 0; i < K; i++) {
            for (int j = 0; j < K; j++) {
                assertEquals(expected.xx()[i][j], xx[i][j], 0.01 * Math.abs(expected.xx()[i][i]));
                if (i < N) {
                    assertEquals(expected.yx()[i][j], yx[i][j], 0.01 * Math.abs(expected.yy()[i][i]) * 4);
                }
                if (i < N && j < N) {
                    assertEquals(expected.yy()[i][j], yy[i][j], 0.01 * Math.abs(expected.yy()[i][i]));
                }
            }
        }
    }

    /** Bayes: posterior / (prior x likelihood) is the same at any (W, S). */
    @Test
    void thePosteriorIsPriorTimesLikelihood() {
        MatrixNormalInverseWishart prior = some(5);
        Moments rows = new Moments(N, K);
        double[][] y = LinearTests.drawn(draws, 7, N, 1);
        double[][] x = LinearTests.drawn(draws, 7, K, 1);
        double[] weights = {1, 1, 1, 0.3, 0.3, 0.3, 0.3};
        for (int r = 0; r < 7; r++) {
            rows.add(weights[r], Moments.of(y[r], x[r]));
        }
        MatrixNormalInverseWishart posterior = prior.posterior(1, rows);
        double expected = Double.NaN;
        for (int d = 0; d < 5; d++) {
            Drawn at = draw(prior);
            double[][] noise = LinearTests.inverse(at.noisePrecision, new double[1]);
            double ratio = logDensity(posterior, at) - logDensity(prior, at);
            for (int r = 0; r < 7; r++) {
                double[] mean = new double[N];
                for (int i = 0; i < N; i++) {
                    for (int k = 0; k < K; k++) {
                        mean[i] += at.weights[i][k] * x[r][k];
                    }
                }
                ratio -= weights[r] * LinearTests.logDensity(y[r], mean, noise);
            }
            if (d == 0) {
                expected = ratio;
            }
            assertEquals(expected, ratio, 1e-9);
        }
        Moments half = new Moments(N, K);
        half.add(0.5, rows);
        assertEquals(prior.posterior(1, half).scale()[0][1], prior.posterior(0.5, rows).scale()[0][1], 1e-12);
    }

    /** Up to a constant of each distribution; inverse Wishart as Gelman et al. 2013, appendix A. */
    private static double logDensity(MatrixNormalInverseWishart of, Drawn at) {
        double sum = (of.degrees() + N + 1) / 2 * at.logDeterminant + K / 2.0 * at.logDeterminant;
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                sum -= of.scale()[i][j] * at.noisePrecision[i][j] / 2;
                for (int k = 0; k < K; k++) {
                    for (int l = 0; l < K; l++) {
                        sum -= at.noisePrecision[i][j] * (at.weights[i][k] - of.mean()[i][k]) * of.precision()[k][l]
                                * (at.weights[j][l] - of.mean()[j][l]) / 2;
                    }
                }
            }
        }
        return sum;
    }

    /** KL(q || p) is least where it is 0, and what it says of p and p' is the mean of log p' - log p under q. */
    @Test
    void theDivergenceIsThatOfDraws() {
        System.out.println("seed 11");
        MatrixNormalInverseWishart q = some(9);
        MatrixNormalInverseWishart p = some(6);
        assertEquals(0, q.divergence(q), 1e-12);
        assertTrue(q.divergence(p) > 0);
        int count = 200_000;
        double sum = 0;
        double squares = 0;
        for (int d = 0; d < count; d++) {
            Drawn at = draw(q);
            double difference = logDensity(q, at) + constant(q) - logDensity(p, at) - constant(p);
            sum += difference / count;
            squares += difference * difference / count;
        }
        double error = Math.sqrt((squares - sum * sum) / count);
        System.out.println(q.divergence(p) + " by draws " + sum + " +- " + error);
        assertEquals(q.divergence(p), sum, 4 * error);
    }

    /** Of the density, for N = 2: log Gamma_2(a) = log(pi) / 2 + log Gamma(a) + log Gamma(a - 1/2). */
    private static double constant(MatrixNormalInverseWishart of) {
        double[] scale = new double[1];
        double[] precision = new double[1];
        LinearTests.inverse(of.scale(), scale);
        LinearTests.inverse(of.precision(), precision);
        double nu = of.degrees();
        return nu / 2 * scale[0] - nu * N / 2 * Math.log(2) - Math.log(Math.PI) / 2 - logGamma(nu) - logGamma(nu - 1)
                + N / 2.0 * precision[0] - N * K / 2.0 * Math.log(2 * Math.PI);
    }

    /** log Gamma(twice / 2) of a whole number. */
    private static double logGamma(double twice) {
        double sum = twice % 2 == 0 ? 0 : Math.log(Math.PI) / 2;
        for (double x = twice / 2 - 1; x > 0; x--) {
            sum += Math.log(x);
        }
        return sum;
    }

    /** From a prior some of the way to its posterior is the posterior of rows that count for less. */
    @Test
    void aShareOfTheWayIsAPowerPrior() {
        MatrixNormalInverseWishart prior = some(5);
        Moments rows = new Moments(N, K);
        for (int r = 0; r < 9; r++) {
            rows.add(1, Moments.of(LinearTests.drawn(draws, 1, N, 1)[0], LinearTests.drawn(draws, 1, K, 1)[0]));
        }
        MatrixNormalInverseWishart posterior = prior.posterior(1, rows);
        for (double share : new double[] {0, 0.3, 1}) {
            MatrixNormalInverseWishart there = prior.towards(share, posterior);
            MatrixNormalInverseWishart expected = prior.posterior(share, rows);
            assertEquals(0, there.divergence(expected), 1e-10);
            assertEquals(expected.degrees(), there.degrees(), 1e-12);
        }
        assertTrue(prior.towards(0.3, posterior).divergence(posterior) > 0.01);
        refused("share must be from 0 to 1, not 1.5", () -> prior.towards(1.5, posterior));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        MatrixNormalInverseWishart of = some(5);
        refused("degrees must be above 1, not 1.0", () -> some(1));
        refused("rows must be 2 outputs and 3 inputs, not 2 and 2", () -> of.posterior(1, new Moments(2, 2)));
        refused("precision must be above 0, not 0.0", () -> MatrixNormalInverseWishart.weak(new double[2][3], 0, 1));
        refused("variance must be above 0, not -1.0", () -> MatrixNormalInverseWishart.weak(new double[2][3], 1, -1));
        refused("scale must be positive definite, not one with the pivot 0.0",
                () -> new MatrixNormalInverseWishart(of.mean(), of.precision(), new double[N][N], 5));
        refused("weight must be at least 0, not -1.0", () -> new Moments(2, 2).add(-1, new Moments(2, 2)));
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }
}
