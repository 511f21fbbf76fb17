package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.get;
import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.set;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.Matrix;
import io.elbo4j.numerics.Normalisation;
import io.elbo4j.numerics.RowSum;
import io.elbo4j.operation.LayerNorm.Backward;
import io.elbo4j.operation.LayerNorm.Forward;
import io.elbo4j.operation.LayerNorm.ParameterGradients;
import io.elbo4j.operation.Sums.Columns;
import java.util.Arrays;

/**
 * Layer normalisation, without mean and beta RMS normalisation:
 *
 * <pre>
 * m = mean(x), r = 1 / sqrt(mean((x - m)^2) + epsilon), xhat = (x - m) r
 * y      = gamma xhat + beta
 * dX     = r (g - mean(g) - xhat mean(g xhat))       g = gamma dY
 * dGamma = dY xhat, dBeta = dY                       summed over the rows
 * </pre>
 *
 * <p>Matrices are B x D; gamma, beta 1 x D; m, r B x 1. Means are of the float64 sums of {@link RowSum} before their
 * rounding. Moves 8 bytes an element, the gradients 12, 8 and 4; a row is read two or three times, from cache after the
 * first.
 */
final class LayerNorm {
    private LayerNorm() {}

    static void forward(Forward op, long begin, long end) {
        Matrix x = op.x();
        Scratch scratch = Scratch.get();
        float[] t = scratch.tile(0);
        float[] gamma = scratch.tile(1);
        float[] beta = scratch.tile(2);
        int columns = (int) x.columns();
        for (long r = begin; r < end; r++) {
            float mean = 0;
            if (op.mean() != null) {
                mean = mean(x, r, scratch);
                set(op.mean(), r, mean);
            }
            float rstd = Normalisation.reciprocalDeviation(squares(x, r, mean, scratch), columns, op.epsilon());
            set(op.rstd(), r, rstd);
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(x, r, c, t, n);
                load(op.gamma(), 0, c, gamma, n);
                normalise(t, mean, rstd, n);
                if (op.beta() == null) {
                    multiply(t, gamma, n);
                } else {
                    load(op.beta(), 0, c, beta, n);
                    multiplyAdd(t, gamma, beta, n);
                }
                store(t, op.y(), r, c, n);
            }
        }
    }

    private static float mean(Matrix x, long row, Scratch scratch) {
        float[] t = scratch.tile(0);
        int columns = (int) x.columns();
        RowSum.clear(scratch.lanes);
        for (int c = 0; c < columns; c += TILE) {
            int n = width(c, columns);
            load(x, row, c, t, n);
            RowSum.add(scratch.lanes, t, 0, n);
        }
        return Normalisation.mean(RowSum.total(scratch.lanes), columns);
    }

    /** sum((x - mean)^2) of a row. */
    private static double squares(Matrix x, long row, float mean, Scratch scratch) {
        float[] t = scratch.tile(0);
        int columns = (int) x.columns();
        RowSum.clear(scratch.lanes);
        for (int c = 0; c < columns; c += TILE) {
            int n = width(c, columns);
            load(x, row, c, t, n);
            for (int i = 0; i < n; i++) {
                float d = t[i] - mean;
                t[i] = d * d;
            }
            RowSum.add(scratch.lanes, t, 0, n);
        }
        return RowSum.total(scratch.lanes);
    }

    static void backward(Backward op, long begin, long end) {
        Matrix x = op.x();
        Scratch scratch = Scratch.get();
        float[] xhat = scratch.tile(0);
        float[] g = scratch.tile(1);
        float[] gamma = scratch.tile(2);
        float[] product = scratch.tile(3);
        int columns = (int) x.columns();
        for (long r = begin; r < end; r++) {
            float mean = op.mean() == null ? 0 : get(op.mean(), r);
            float rstd = get(op.rstd(), r);
            RowSum.clear(scratch.lanes);
            RowSum.clear(scratch.otherLanes);
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                operands(op, r, c, n, mean, rstd, xhat, g, gamma);
                if (op.mean() != null) {
                    RowSum.add(scratch.lanes, g, 0, n);
                }
                for (int i = 0; i < n; i++) {
                    product[i] = g[i] * xhat[i];
                }
                RowSum.add(scratch.otherLanes, product, 0, n);
            }
            float meanG = Normalisation.mean(RowSum.total(scratch.lanes), columns);
            float meanGx = Normalisation.mean(RowSum.total(scratch.otherLanes), columns);
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                operands(op, r, c, n, mean, rstd, xhat, g, gamma);
                for (int i = 0; i < n; i++) {
                    g[i] = Normalisation.gradient(xhat[i], rstd, g[i], meanG, meanGx);
                }
                store(g, op.dX(), r, c, n);
            }
        }
    }

    /** xhat and g of n columns from c on. */
    private static void operands(Backward op, long row, int c, int n, float mean, float rstd, float[] xhat, float[] g,
            float[] gamma) {
        load(op.x(), row, c, xhat, n);
        load(op.dY(), row, c, g, n);
        load(op.gamma(), 0, c, gamma, n);
        normalise(xhat, mean, rstd, n);
        multiply(g, gamma, n);
    }

    static void parameterGradients(ParameterGradients op, long begin, long end) {
        gammaGradient(op, begin, end);
        if (op.dBeta() != null) {
            Sums.columns(new Columns(op.dY(), op.dBeta(), op.chunks()), begin, end);
        }
    }

    private static void gammaGradient(ParameterGradients op, long begin, long end) {
        Scratch scratch = Scratch.get();
        Matmul.Scratch chains = Matmul.Scratch.get();
        float[] t = scratch.tile(0);
        float[] dy = scratch.tile(1);
        float[] sum = chains.sums[0];
        int rows = Math.toIntExact(op.x().rows());
        int chunks = op.chunks();
        for (int c = (int) begin; c < end; c += TILE) {
            int n = width(c, (int) end);
            for (int chunk = 0; chunk < chunks; chunk++) {
                Arrays.fill(sum, 0, n, 0);
                int last = (int) ((chunk + 1L) * rows / chunks);
                for (int r = (int) ((long) chunk * rows / chunks); r < last; r++) {
                    load(op.x(), r, c, t, n);
                    load(op.dY(), r, c, dy, n);
                    normalise(t, op.mean() == null ? 0 : get(op.mean(), r), get(op.rstd(), r), n);
                    multiply(t, dy, n);
                    Matmul.add(t, sum, n);
                }
                chains.merge(chunk, chunks, 1, n);
            }
            store(sum, op.dGamma(), 0, c, n);
        }
    }

    private static void normalise(float[] x, float mean, float rstd, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = Normalisation.normalised(x[i], mean, rstd);
        }
    }

    private static void multiply(float[] x, float[] by, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = x[i] * by[i];
        }
    }

    private static void multiplyAdd(float[] x, float[] by, float[] plus, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = Math.fma(x[i], by[i], plus[i]);
        }
    }
}
