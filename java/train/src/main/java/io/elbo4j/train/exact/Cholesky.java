package io.elbo4j.train.exact;

import static io.elbo4j.ArgumentException.require;

/**
 * A = L L^T of a symmetric positive definite matrix, n x n (Golub and Van Loan 2013, section 4.2), of which the lower
 * triangle is read.
 */
public final class Cholesky {
    private final double[][] factor;

    /**
     * @param name of A, for the sentence
     * @throws io.elbo4j.ArgumentException if A is not positive definite
     */
    public Cholesky(String name, double[][] a) {
        int n = a.length;
        factor = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = a[i][j];
                for (int k = 0; k < j; k++) {
                    sum -= factor[i][k] * factor[j][k];
                }
                if (i == j) {
                    require(sum > 0, name, "positive definite", "one with the pivot " + sum);
                    factor[i][i] = StrictMath.sqrt(sum);
                } else {
                    factor[i][j] = sum / factor[j][j];
                }
            }
        }
    }

    /** log |A|. */
    public double logDeterminant() {
        double sum = 0;
        for (int i = 0; i < factor.length; i++) {
            sum += 2 * StrictMath.log(factor[i][i]);
        }
        return sum;
    }

    /** L, n x n. */
    public double[][] factor() {
        return factor;
    }

    /** A^-1 b. */
    public double[] solve(double[] b) {
        int n = factor.length;
        double[] x = b.clone();
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < i; k++) {
                x[i] -= factor[i][k] * x[k];
            }
            x[i] /= factor[i][i];
        }
        for (int i = n - 1; i >= 0; i--) {
            for (int k = i + 1; k < n; k++) {
                x[i] -= factor[k][i] * x[k];
            }
            x[i] /= factor[i][i];
        }
        return x;
    }

    /** A^-1. */
    public double[][] inverse() {
        int n = factor.length;
        double[][] inverse = new double[n][];
        for (int i = 0; i < n; i++) {
            double[] unit = new double[n];
            unit[i] = 1;
            inverse[i] = solve(unit);
        }
        return inverse;
    }
}
