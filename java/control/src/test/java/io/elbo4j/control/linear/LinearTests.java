package io.elbo4j.control.linear;

import io.elbo4j.control.environment.Draws;

/** What tests of linear dynamics have in common: plain loops, and what is drawn. */
final class LinearTests {
    private LinearTests() {}

    static double[][] drawn(Draws draws, int rows, int columns, double deviation) {
        double[][] a = new double[rows][columns];
        for (double[] row : a) {
            for (int j = 0; j < columns; j++) {
                row[j] = deviation * draws.normal();
            }
        }
        return a;
    }

    /** a a^T / n + I / 2. */
    static double[][] positive(Draws draws, int n) {
        double[][] a = drawn(draws, n, n, 1);
        double[][] c = new double[n][n];
        for (int i = 0; i < n; i++) {
            c[i][i] = 0.5;
            for (int j = 0; j < n; j++) {
                for (int k = 0; k < n; k++) {
                    c[i][j] += a[i][k] * a[j][k] / n;
                }
            }
        }
        return c;
    }

    /** By Gauss and Jordan, with pivots; the logarithm of |det| is put into log[0]. */
    static double[][] inverse(double[][] given, double[] log) {
        int n = given.length;
        double[][] a = new double[n][2 * n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(given[i], 0, a[i], 0, n);
            a[i][n + i] = 1;
        }
        log[0] = 0;
        for (int c = 0; c < n; c++) {
            int pivot = c;
            for (int r = c; r < n; r++) {
                if (Math.abs(a[r][c]) > Math.abs(a[pivot][c])) {
                    pivot = r;
                }
            }
            double[] swap = a[c];
            a[c] = a[pivot];
            a[pivot] = swap;
            double p = a[c][c];
            log[0] += Math.log(Math.abs(p));
            for (int j = 0; j < 2 * n; j++) {
                a[c][j] /= p;
            }
            for (int r = 0; r < n; r++) {
                double f = a[r][c];
                for (int j = 0; r != c && j < 2 * n; j++) {
                    a[r][j] -= f * a[c][j];
                }
            }
        }
        double[][] inverse = new double[n][n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(a[i], n, inverse[i], 0, n);
        }
        return inverse;
    }

    /** Lower triangular, l l^T = a. */
    static double[][] root(double[][] a) {
        int n = a.length;
        double[][] l = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = a[i][j];
                for (int k = 0; k < j; k++) {
                    sum -= l[i][k] * l[j][k];
                }
                l[i][j] = i == j ? Math.sqrt(sum) : sum / l[j][j];
            }
        }
        return l;
    }

    /** N(mean, l l^T). */
    static double[] normal(Draws draws, double[] mean, double[][] l) {
        double[] e = new double[mean.length];
        double[] x = mean.clone();
        for (int i = 0; i < e.length; i++) {
            e[i] = draws.normal();
            for (int j = 0; j <= i; j++) {
                x[i] += l[i][j] * e[j];
            }
        }
        return x;
    }

    static double logDensity(double[] x, double[] mean, double[][] covariance) {
        double[] log = new double[1];
        double[][] p = inverse(covariance, log);
        double sum = -log[0] - x.length * Math.log(2 * Math.PI);
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < x.length; j++) {
                sum -= (x[i] - mean[i]) * p[i][j] * (x[j] - mean[j]);
            }
        }
        return sum / 2;
    }
}
