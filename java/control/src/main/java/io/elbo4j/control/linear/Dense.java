package io.elbo4j.control.linear;

import io.elbo4j.train.exact.Cholesky;
import java.util.Arrays;

/** Small dense matrices, rows of columns; what is given is left alone. */
final class Dense {
    private Dense() {}

    static double[][] product(double[][] a, double[][] b) {
        double[][] c = new double[a.length][b[0].length];
        for (int i = 0; i < a.length; i++) {
            for (int k = 0; k < b.length; k++) {
                for (int j = 0; j < c[i].length; j++) {
                    c[i][j] += a[i][k] * b[k][j];
                }
            }
        }
        return c;
    }

    static double[] product(double[][] a, double[] x) {
        double[] y = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            y[i] = dot(a[i], x);
        }
        return y;
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < b.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    static double[][] transposed(double[][] a) {
        double[][] c = new double[a[0].length][a.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < c.length; j++) {
                c[j][i] = a[i][j];
            }
        }
        return c;
    }

    /** a + weight b. */
    static double[][] sum(double[][] a, double weight, double[][] b) {
        double[][] c = new double[a.length][];
        for (int i = 0; i < a.length; i++) {
            c[i] = sum(a[i], weight, b[i]);
        }
        return c;
    }

    /** a + weight b. */
    static double[] sum(double[] a, double weight, double[] b) {
        double[] c = a.clone();
        for (int i = 0; i < c.length; i++) {
            c[i] += weight * b[i];
        }
        return c;
    }

    static double[][] scaled(double factor, double[][] a) {
        return sum(new double[a.length][a[0].length], factor, a);
    }

    static double[][] diagonal(int n, double value) {
        double[][] c = new double[n][n];
        for (int i = 0; i < n; i++) {
            c[i][i] = value;
        }
        return c;
    }

    static double[][] outer(double[] a, double[] b) {
        double[][] c = new double[a.length][b.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < b.length; j++) {
                c[i][j] = a[i] * b[j];
            }
        }
        return c;
    }

    /** The sum of the elements of a times those of b: tr(a^T b). */
    static double inner(double[][] a, double[][] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += dot(a[i], b[i]);
        }
        return sum;
    }

    /** Rows and columns from the first, up to the last. */
    static double[][] block(double[][] a, int row, int lastRow, int column, int lastColumn) {
        double[][] c = new double[lastRow - row][];
        for (int i = 0; i < c.length; i++) {
            c[i] = Arrays.copyOfRange(a[row + i], column, lastColumn);
        }
        return c;
    }

    static double[] joined(double[]... parts) {
        return Arrays.stream(parts).flatMapToDouble(Arrays::stream).toArray();
    }

    /** The mean of a and its transpose: what rounding has made uneven. */
    static double[][] symmetric(double[][] a) {
        double[][] c = new double[a.length][a.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a.length; j++) {
                c[i][j] = (a[i][j] + a[j][i]) / 2;
            }
        }
        return c;
    }

    /** a^-1 of a symmetric positive definite matrix. */
    static double[][] inverse(String name, double[][] a) {
        return symmetric(new Cholesky(name, a).inverse());
    }

    /**
     * The nearest symmetric matrix, by the sum of squares, whose eigenvalues are at least that (Higham 1988), by
     * Jacobi's method (Golub and Van Loan 2013, section 8.5).
     */
    static double[][] atLeast(double least, double[][] given) {
        int n = given.length;
        double[][] a = symmetric(given);
        double[][] vectors = diagonal(n, 1);
        double limit = 1e-26 * inner(a, a);
        for (int sweep = 0; sweep < 60 && offDiagonal(a) > limit; sweep++) {
            for (int p = 0; p < n; p++) {
                for (int q = p + 1; q < n; q++) {
                    rotate(a, vectors, p, q);
                }
            }
        }
        double[][] raised = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                for (int k = 0; k < n; k++) {
                    raised[i][j] += vectors[i][k] * Math.max(least, a[k][k]) * vectors[j][k];
                }
            }
        }
        return symmetric(raised);
    }

    private static double offDiagonal(double[][] a) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < i; j++) {
                sum += a[i][j] * a[i][j];
            }
        }
        return sum;
    }

    private static void rotate(double[][] a, double[][] vectors, int p, int q) {
        if (a[p][q] == 0) {
            return;
        }
        double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        double tangent = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + StrictMath.sqrt(theta * theta + 1));
        double cosine = 1 / StrictMath.sqrt(tangent * tangent + 1);
        double sine = tangent * cosine;
        rotateColumns(a, p, q, cosine, sine);
        for (int i = 0; i < a.length; i++) {
            double x = a[p][i];
            double y = a[q][i];
            a[p][i] = cosine * x - sine * y;
            a[q][i] = sine * x + cosine * y;
        }
        rotateColumns(vectors, p, q, cosine, sine);
    }

    private static void rotateColumns(double[][] a, int p, int q, double cosine, double sine) {
        for (double[] row : a) {
            double x = row[p];
            double y = row[q];
            row[p] = cosine * x - sine * y;
            row[q] = sine * x + cosine * y;
        }
    }
}
