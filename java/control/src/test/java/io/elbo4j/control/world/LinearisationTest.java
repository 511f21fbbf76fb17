package io.elbo4j.control.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Next codes and KL against whole matrices in double: products, a determinant and an inverse by elimination. */
class LinearisationTest {
    private static final long SEED = 4;
    private static final int ROWS = 40;

    private final SplittableRandom random = new SplittableRandom(SEED);

    /** Rows of numbers that are floats. */
    private float[] numbers(int columns, double scale) {
        float[] all = new float[ROWS * columns];
        for (int i = 0; i < all.length; i++) {
            all[i] = (float) (scale * random.nextDouble(-1, 1));
        }
        return all;
    }

    private static double[][] matrix(int rows, int columns) {
        return new double[rows][columns];
    }

    private static double[][] times(double[][] a, double[][] b) {
        double[][] c = matrix(a.length, b[0].length);
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < b[0].length; j++) {
                for (int k = 0; k < b.length; k++) {
                    c[i][j] += a[i][k] * b[k][j];
                }
            }
        }
        return c;
    }

    private static double[][] transposed(double[][] a) {
        double[][] t = matrix(a[0].length, a.length);
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[0].length; j++) {
                t[j][i] = a[i][j];
            }
        }
        return t;
    }

    /** Of a positive definite matrix: none of its pivots is 0. */
    private static double determinant(double[][] of) {
        double[][] a = transposed(of);
        double product = 1;
        for (int i = 0; i < a.length; i++) {
            product *= a[i][i];
            for (int k = i + 1; k < a.length; k++) {
                double f = a[k][i] / a[i][i];
                for (int j = i; j < a.length; j++) {
                    a[k][j] -= f * a[i][j];
                }
            }
        }
        return product;
    }

    @Test
    void nextAndKlAreThoseOfWholeMatrices() {
        for (int n : new int[] {1, 2, 3, 5}) {
            for (int m : new int[] {1, 3}) {
                check(n, m, 0.6);
                check(n, m, 6);
            }
        }
    }

    private void check(int n, int m, double scale) {
        Graph g = new Graph();
        Value parts = g.input("parts", Linearisation.columns(n, m));
        Value mean = g.input("mean", n);
        Value logVariance = g.input("log-variance", n);
        Value u = g.input("u", m);
        Value mean2 = g.input("mean after", n);
        Value logVariance2 = g.input("log-variance after", n);
        Linearisation l = Linearisation.of(parts, n);
        Value next = l.next(mean, u);
        Value kl = l.kl(new DiagonalGaussian(mean, logVariance), u, new DiagonalGaussian(mean2, logVariance2));
        try (Backend backend = new JavaBackend(1); Parameters none = new Parameters(backend, g.parameters(), 0);
                Step step = Step.of(g, none, backend).rows(ROWS).want(l.v(), l.determinant(), next, kl).compile()) {
            float[] w = numbers((3 + m) * n, scale);
            float[] m1 = numbers(n, 1);
            float[] lv1 = numbers(n, 2);
            float[] action = numbers(m, 1);
            float[] m2 = numbers(n, 1);
            float[] lv2 = numbers(n, 2);
            step.value(parts).set(w);
            step.value(mean).set(m1);
            step.value(logVariance).set(lv1);
            step.value(u).set(action);
            step.value(mean2).set(m2);
            step.value(logVariance2).set(lv2);
            step.run(0);
            for (int row = 0; row < ROWS; row++) {
                String where = "n " + n + ", m " + m + ", scale " + scale + ", row " + row + ", seed " + SEED;
                double dot = 0;
                for (int i = 0; i < n; i++) {
                    dot += (double) at(w, row, i) * at(w, row, n + i);
                }
                double[][] a = matrix(n, n);
                double[][] b = matrix(n, m);
                double[][] s = matrix(n, n);
                double[][] z = matrix(n, 1);
                double[][] done = matrix(m, 1);
                for (int i = 0; i < n; i++) {
                    double v = 0.9 * at(w, row, i) / Math.sqrt(1 + dot * dot);
                    assertEquals(v, at(step, l.v(), row, i), 1e-5, where);
                    for (int j = 0; j < n; j++) {
                        a[i][j] = (i == j ? 1 : 0) + v * at(w, row, n + j);
                    }
                    for (int j = 0; j < m; j++) {
                        b[i][j] = at(w, row, 3 * n + j * n + i);
                        done[j][0] = at(action, row, j);
                    }
                    s[i][i] = Math.exp(at(lv1, row, i));
                    z[i][0] = at(m1, row, i);
                }
                assertTrue(at(step, l.determinant(), row, 0) > 0.099, where);
                double[][] az = times(a, z);
                double[][] bu = times(b, done);
                double[][] covariance = times(times(a, s), transposed(a));
                double expected = -n - Math.log(determinant(covariance));
                for (int i = 0; i < n; i++) {
                    double code = az[i][0] + bu[i][0] + at(w, row, 2 * n + i);
                    assertEquals(code, at(step, next, row, i), 1e-4 * (1 + scale * scale), where);
                    double d = code - at(m2, row, i);
                    expected += (covariance[i][i] + d * d) / Math.exp(at(lv2, row, i)) + at(lv2, row, i);
                }
                assertEquals(expected / 2, at(step, kl, row, 0), 2e-5 * (10 + Math.abs(expected)), where);
            }
        }
    }

    private float at(float[] rows, int row, int column) {
        return rows[row * (rows.length / ROWS) + column];
    }

    private float at(Step step, Value value, int row, int column) {
        return at(step.value(value).toArray(), row, column);
    }

    /** However long w and r are, det A keeps away from 0. */
    @Test
    void theDeterminantIsBounded() {
        Graph g = new Graph();
        Value parts = g.input("parts", Linearisation.columns(1, 1));
        Linearisation l = Linearisation.of(parts, 1);
        try (Backend backend = new JavaBackend(1); Parameters none = new Parameters(backend, g.parameters(), 0);
                Step step = Step.of(g, none, backend).rows(5).want(l.determinant()).compile()) {
            step.value(parts).set(0, 5, 0, 0, 1, -1, 0, 0, 1e6f, 1e6f, 0, 0, -1e6f, 1e6f, 0, 0, 0.5f, 0.5f, 0, 0);
            step.run(0);
            float[] found = step.value(l.determinant()).toArray();
            double[] expected = {1, 1 - 0.9 / Math.sqrt(2), 1.9, 0.1, 1 + 0.9 * 0.25 / Math.sqrt(1 + 0.0625)};
            for (int i = 0; i < found.length; i++) {
                assertEquals(expected[i], found[i], 1e-6, "row " + i);
            }
        }
    }

    @Test
    void anActionOfAnotherSizeIsRefused() {
        Graph g = new Graph();
        Linearisation l = Linearisation.of(g.input("parts", Linearisation.columns(2, 3)), 2);
        Value z = g.input("z", 2);
        Value u = g.input("u", 2);
        assertEquals("u must be 3 columns, not 2", assertThrows(ArgumentException.class, () -> l.next(z, u))
                .getMessage());
    }
}
