package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.index;
import static io.elbo4j.purejava.HeapAddress.values;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Triangular.Gradients;
import io.elbo4j.operation.Triangular.Product;
import java.util.Arrays;

/**
 * The product of a strictly lower triangular matrix, packed by rows, and a vector, and its gradients:
 *
 * <pre>
 * y_i   = fma(L_i,i-1, x_i-1, ... fma(L_i0, x_0, +0))
 * dL_ij = dy_i x_j
 * dx_j  = fma(L_D-1,j, dy_D-1, ... fma(L_j+1,j, dy_j+1, +0))
 * </pre>
 *
 * <p>x, y are B x D, L is B x D (D - 1) / 2. Moves 2 D D bytes a row, the gradients 4 D D.
 */
final class Triangular {
    private Triangular() {}

    static void product(Product op, long begin, long end) {
        int d = (int) op.x().columns();
        float[] l = values(op.packed());
        float[] x = values(op.x());
        float[] y = values(op.y());
        for (long r = begin; r < end; r++) {
            int at = index(op.packed(), r, 0);
            int from = index(op.x(), r, 0);
            int to = index(op.y(), r, 0);
            for (int i = 0; i < d; i++) {
                float sum = 0;
                for (int j = 0; j < i; j++) {
                    sum = Math.fma(l[at++], x[from + j], sum);
                }
                y[to + i] = sum;
            }
        }
    }

    static void gradients(Gradients op, long begin, long end) {
        int d = (int) op.x().columns();
        float[] x = values(op.x());
        float[] dy = values(op.dY());
        float[] dl = values(op.dPacked());
        for (long r = begin; r < end; r++) {
            int at = index(op.dPacked(), r, 0);
            int from = index(op.x(), r, 0);
            int above = index(op.dY(), r, 0);
            for (int i = 0; i < d; i++) {
                for (int j = 0; j < i; j++) {
                    dl[at++] = dy[above + i] * x[from + j];
                }
            }
            if (op.dX() != null) {
                gradientOfX(op.packed(), op.dY(), op.dX(), r);
            }
        }
    }

    private static void gradientOfX(Matrix packed, Matrix dY, Matrix dX, long r) {
        int d = (int) dX.columns();
        float[] l = values(packed);
        float[] dx = values(dX);
        int at = index(packed, r, 0);
        int to = index(dX, r, 0);
        Arrays.fill(dx, to, to + d, 0f);
        for (int i = 0; i < d; i++) {
            float dy = values(dY)[index(dY, r, i)];
            for (int j = 0; j < i; j++) {
                dx[to + j] = Math.fma(l[at++], dy, dx[to + j]);
            }
        }
    }
}
