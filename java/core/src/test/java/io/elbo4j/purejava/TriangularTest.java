package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.assertBits;
import static io.elbo4j.purejava.References.ROUNDING;
import static io.elbo4j.purejava.References.assertNear;
import static io.elbo4j.purejava.References.gaussian;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Triangular.Gradients;
import io.elbo4j.operation.Triangular.Product;
import org.junit.jupiter.api.Test;

class TriangularTest {
    private static final long SEED = 31;
    private static final int ROWS = 3;
    private static final int[] SIZES = {0, 1, 2, 3, 31, 32, 33, 61, 127, 128, 129};

    /** Element (i, j) of the full matrix of a row, by counting. */
    private static double[][][] full(float[] packed, int d) {
        double[][][] full = new double[ROWS][d][d];
        int at = 0;
        for (double[][] matrix : full) {
            for (int i = 0; i < d; i++) {
                for (int j = 0; j < i; j++) {
                    matrix[i][j] = packed[at++];
                }
            }
        }
        return full;
    }

    /** Against the full matrix in double precision: a chain of n rounds at most n times. */
    @Test
    void productAndGradientsAgreeWithTheFullMatrix() {
        for (int d : SIZES) {
            int n = d * (d - 1) / 2;
            float[] l = gaussian(SEED, ROWS * n, 1);
            float[] x = gaussian(SEED + 1, ROWS * d, 1);
            float[] dy = gaussian(SEED + 2, ROWS * d, 1);
            double[][][] full = full(l, d);
            Matrix packed = Guarded.matrix(ROWS, n, l);
            Matrix in = Guarded.matrix(ROWS, d, x);
            Matrix above = Guarded.matrix(ROWS, d, dy);
            Guarded y = new Guarded(ROWS, d);
            Guarded.assertSplits(ROWS, false, new Product(packed, in, y.matrix)::run, y);
            Guarded dl = new Guarded(ROWS, n);
            Guarded dx = new Guarded(ROWS, d);
            Guarded.assertSplits(ROWS, false, new Gradients(packed, in, above, dl.matrix, dx.matrix)::run, dl, dx);
            Guarded alone = new Guarded(ROWS, n);
            new Gradients(packed, in, above, alone.matrix, null).run(0, ROWS);
            assertBits(dl.values(), alone.values(), "without dx");
            int at = 0;
            for (int r = 0; r < ROWS; r++) {
                for (int i = 0; i < d; i++) {
                    double product = 0;
                    double gradient = 0;
                    double magnitude = 0;
                    for (int k = 0; k < d; k++) {
                        product += full[r][i][k] * x[r * d + k];
                        gradient += full[r][k][i] * dy[r * d + k];
                        magnitude += Math.abs(full[r][i][k] * x[r * d + k]) + Math.abs(full[r][k][i] * dy[r * d + k]);
                    }
                    assertNear(product, y.values()[r * d + i], d * ROUNDING * magnitude, "y of " + d);
                    assertNear(gradient, dx.values()[r * d + i], d * ROUNDING * magnitude, "dx of " + d);
                    for (int j = 0; j < i; j++) {
                        assertBits(dy[r * d + i] * x[r * d + j], dl.values()[at++], "dL of " + d);
                    }
                }
            }
        }
    }

    /** What would be lost in a chain of another order or of two roundings. */
    @Test
    void chainsAreFusedAndAscend() {
        float almost = 1 + 0x1p-12f;
        Guarded y = new Guarded(1, 3);
        new Product(Guarded.matrix(1, 3, 0, -1, almost), Guarded.matrix(1, 3, 1 + 0x1p-11f, almost, 7), y.matrix)
                .run(0, 1);
        assertBits(new float[] {0, 0, 0x1p-24f}, y.values(), "a fused product keeps 2^-24 of the square");
        Guarded dl = new Guarded(1, 6);
        Guarded dx = new Guarded(1, 4);
        new Gradients(Guarded.matrix(1, 6, 1, 1, 0, 1, 0, 0), Guarded.matrix(1, 4, 0, 0, 0, 0),
                Guarded.matrix(1, 4, 0, 0x1p24f, 1, 1), dl.matrix, dx.matrix).run(0, 1);
        assertBits(new float[] {0x1p24f, 0, 0, 0}, dx.values(), "2^24 + 1 + 1 in this order");
    }
}
