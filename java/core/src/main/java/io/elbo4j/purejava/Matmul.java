package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.index;
import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.HeapAddress.values;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Matmul.Forward;
import io.elbo4j.operation.Matmul.InputGradient;
import io.elbo4j.operation.Matmul.WeightGradient;
import java.util.Arrays;

/**
 * Matrix products of row-major float32 matrices inside {@code float[]}, with fused epilogues.
 *
 * <p>Every output is one chain of fma from +0, k ascending; where k is the batch ({@link #weightGradient}) it is one
 * such chain for each of its chunks, combined by the adjacent-first tree of float additions. These are
 * the same bits as those of every other backend.
 *
 * <p>Each call computes the rows {@code begin} (included) to {@code end} (excluded) of the output and touches nothing
 * else of it, so that threads can share a product. The output must not overlap an input.
 *
 * <p>How it gets its speed: the compiler vectorises a loop whose arrays are all indexed by the same variable, not one
 * over a flat array with several offsets. So strips of B are copied into a panel with one array for each k, and the hot
 * loop runs along three such arrays and three rows of sums: nine fma for six loads and three stores.
 */
final class Matmul {
    private Matmul() {}

    /** C = activation(A·B + bias): A rows x k, B k x n, bias n or null; the activation is ReLU or the identity. */
    static void forward(Forward op, long begin, long end) {
        Scratch scratch = Scratch.get();
        Matrix bias = op.bias();
        int n = (int) op.c().columns();
        int k = (int) op.a().columns();
        int width = Scratch.stripWidth(n, k);
        for (int j = 0; j < n; j += width) {
            int columns = Math.min(width, n - j);
            float[][] panel = panel(scratch, op.b(), j, columns, k);
            if (bias != null) {
                load(bias, 0, j, scratch.operand, columns);
            }
            for (int row = (int) begin; row < end; row += ROWS) {
                chains(scratch, op.a(), stride(op.a()), 1, panel, columns, k, 1, row, (int) end);
                for (int i = 0; i < ROWS && row + i < end; i++) {
                    if (bias != null) {
                        add(scratch.operand, scratch.sums[i], columns);
                    }
                    if (op.relu()) {
                        relu(scratch.sums[i], columns);
                    }
                    store(scratch.sums[i], op.c(), row + i, j, columns);
                }
            }
        }
    }

    /**
     * dA = dC·Bᵀ, the gradient of an input: dC rows x n, B k x n. Where the output of the ReLU whose gradient this is
     * (rows x k, or null) is less than or equal to 0, dA is +0.
     */
    static void inputGradient(InputGradient op, long begin, long end) {
        Scratch scratch = Scratch.get();
        Matrix gate = op.reluOutput();
        int n = (int) op.dA().columns();
        int k = (int) op.dC().columns();
        int width = Scratch.stripWidth(n, k);
        for (int j = 0; j < n; j += width) {
            int columns = Math.min(width, n - j);
            float[][] panel = scratch.panel(k);
            transpose(values(op.b()), index(op.b(), j, 0), stride(op.b()), columns, k, panel);
            for (int row = (int) begin; row < end; row += ROWS) {
                chains(scratch, op.dC(), stride(op.dC()), 1, panel, columns, k, 1, row, (int) end);
                for (int i = 0; i < ROWS && row + i < end; i++) {
                    if (gate != null) {
                        load(gate, row + i, j, scratch.operand, columns);
                        clearWhereNotPositive(scratch.operand, scratch.sums[i], columns);
                    }
                    store(scratch.sums[i], op.dA(), row + i, j, columns);
                }
            }
        }
    }

    /** dB = Aᵀ·dC, the gradient of weights: A batch x k, dC batch x n, dB k x n. */
    static void weightGradient(WeightGradient op, long begin, long end) {
        Scratch scratch = Scratch.get();
        int n = (int) op.dB().columns();
        int batch = (int) op.a().rows();
        int width = Scratch.stripWidth(n, batch);
        for (int j = 0; j < n; j += width) {
            int columns = Math.min(width, n - j);
            float[][] panel = panel(scratch, op.dC(), j, columns, batch);
            for (int row = (int) begin; row < end; row += ROWS) {
                chains(scratch, op.a(), 1, stride(op.a()), panel, columns, batch, op.chunks(), row, (int) end);
                for (int i = 0; i < ROWS && row + i < end; i++) {
                    store(scratch.sums[i], op.dB(), row + i, j, columns);
                }
            }
        }
    }

    private static int stride(Matrix m) {
        return (int) m.rowStride();
    }

    /** A strip of B, one array for each k. */
    private static float[][] panel(Scratch scratch, Matrix b, int column, int columns, int k) {
        float[][] panel = scratch.panel(k);
        for (int step = 0; step < k; step++) {
            load(b, step, column, panel[step], columns);
        }
        return panel;
    }

    private static final int ROWS = 3;

    /**
     * Leaves in {@code scratch.sums} the rows {@code row} to {@code row + 2} of A times the panel. A's element (i, k)
     * is at {@code index + i * rowStride + k * stepStride}. Rows from {@code end} on are replaced by the last one: the
     * same work again costs less than a second set of loops.
     */
    private static void chains(Scratch scratch, Matrix of, int rowStride, int stepStride, float[][] panel, int columns,
            int k, int chunks, int row, int end) {
        float[] a = values(of);
        int offset = index(of, 0, 0);
        int row0 = offset + row * rowStride;
        int row1 = offset + Math.min(row + 1, end - 1) * rowStride;
        int row2 = offset + Math.min(row + 2, end - 1) * rowStride;
        float[][] sums = scratch.sums;
        for (int chunk = 0; chunk < chunks; chunk++) {
            for (float[] sum : sums) {
                Arrays.fill(sum, 0, columns, 0f);
            }
            int first = (int) ((long) chunk * k / chunks);
            int last = (int) ((chunk + 1L) * k / chunks);
            accumulate(a, row0, row1, row2, stepStride, panel, first, last, sums[0], sums[1], sums[2], columns);
            if (chunks > 1) {
                scratch.merge(chunk, chunks, ROWS, columns);
            }
        }
    }

    /** Continues three chains: those of A's rows at row0 to row2, over the rows begin to end - 1 of the panel. */
    static void accumulate(float[] a, int row0, int row1, int row2, int stride, float[][] panel, int begin,
            int end, float[] sum0, float[] sum1, float[] sum2, int n) {
        for (int k = begin; k < end; k += 3) {
            int step = k * stride;
            steps(Math.min(end - k, 3), a, row0 + step, row1 + step, row2 + step, stride, panel, k, sum0, sum1, sum2,
                    n);
        }
    }

    /**
     * One, two or three steps of k for three rows. Two things about this method are there for the compiler (each is a
     * factor of five): all loads of a loop come before its stores, and the three loops share one method, which thereby
     * exceeds the 325 bytecodes up to which HotSpot inlines. Inlined into the loop over k they no longer vectorise to
     * the full width.
     */
    private static void steps(int count, float[] a, int p, int q, int r, int stride, float[][] panel, int k,
            float[] sum0, float[] sum1, float[] sum2, int n) {
        float[] b0 = panel[k];
        float a00 = a[p];
        float a10 = a[q];
        float a20 = a[r];
        if (count == 1) {
            for (int j = 0; j < n; j++) {
                float x0 = b0[j];
                float s0 = sum0[j];
                float s1 = sum1[j];
                float s2 = sum2[j];
                s0 = Math.fma(a00, x0, s0);
                s1 = Math.fma(a10, x0, s1);
                s2 = Math.fma(a20, x0, s2);
                sum0[j] = s0;
                sum1[j] = s1;
                sum2[j] = s2;
            }
            return;
        }
        float[] b1 = panel[k + 1];
        float a01 = a[p + stride];
        float a11 = a[q + stride];
        float a21 = a[r + stride];
        if (count == 2) {
            for (int j = 0; j < n; j++) {
                float x0 = b0[j];
                float x1 = b1[j];
                float s0 = sum0[j];
                float s1 = sum1[j];
                float s2 = sum2[j];
                s0 = Math.fma(a01, x1, Math.fma(a00, x0, s0));
                s1 = Math.fma(a11, x1, Math.fma(a10, x0, s1));
                s2 = Math.fma(a21, x1, Math.fma(a20, x0, s2));
                sum0[j] = s0;
                sum1[j] = s1;
                sum2[j] = s2;
            }
            return;
        }
        float[] b2 = panel[k + 2];
        float a02 = a[p + 2 * stride];
        float a12 = a[q + 2 * stride];
        float a22 = a[r + 2 * stride];
        for (int j = 0; j < n; j++) {
            float x0 = b0[j];
            float x1 = b1[j];
            float x2 = b2[j];
            float s0 = sum0[j];
            float s1 = sum1[j];
            float s2 = sum2[j];
            s0 = Math.fma(a02, x2, Math.fma(a01, x1, Math.fma(a00, x0, s0)));
            s1 = Math.fma(a12, x2, Math.fma(a11, x1, Math.fma(a10, x0, s1)));
            s2 = Math.fma(a22, x2, Math.fma(a21, x1, Math.fma(a20, x0, s2)));
            sum0[j] = s0;
            sum1[j] = s1;
            sum2[j] = s2;
        }
    }

    /** sum = sum + x. */
    static void add(float[] x, float[] sum, int n) {
        for (int j = 0; j < n; j++) {
            sum[j] = x[j] + sum[j];
        }
    }

    /** Math.max keeps a NaN and turns -0 into +0, as the contract asks. */
    static void relu(float[] x, int n) {
        for (int j = 0; j < n; j++) {
            x[j] = Math.max(x[j], 0f);
        }
    }

    /** Keeps x where gate is above 0 or NaN. By bit masks, because no branch predictor knows which units are alive. */
    static void clearWhereNotPositive(float[] gate, float[] x, int n) {
        for (int j = 0; j < n; j++) {
            int bits = Float.floatToRawIntBits(gate[j]);
            int positive = ~bits & -bits;
            int nan = 0x7f800000 - (bits & 0x7fffffff);
            x[j] = Float.intBitsToFloat(Float.floatToRawIntBits(x[j]) & (positive | nan) >> 31);
        }
    }

    /** panel[step][j] = b[offset + j * stride + step], in blocks whose source lines stay in the first-level cache. */
    private static void transpose(float[] b, int offset, int stride, int columns, int k, float[][] panel) {
        for (int first = 0; first < columns; first += TRANSPOSE_BLOCK) {
            int last = Math.min(first + TRANSPOSE_BLOCK, columns);
            int step = 0;
            for (; step + 8 <= k; step += 8) {
                transposeEight(b, offset + step, stride, panel[step], panel[step + 1], panel[step + 2], panel[step + 3],
                        panel[step + 4], panel[step + 5], panel[step + 6], panel[step + 7], first, last);
            }
            for (; step < k; step++) {
                for (int j = first; j < last; j++) {
                    panel[step][j] = b[offset + j * stride + step];
                }
            }
        }
    }

    private static final int TRANSPOSE_BLOCK = 64;

    private static void transposeEight(float[] b, int offset, int stride, float[] row0, float[] row1, float[] row2,
            float[] row3, float[] row4, float[] row5, float[] row6, float[] row7, int first, int last) {
        for (int j = first; j < last; j++) {
            int source = offset + j * stride;
            row0[j] = b[source];
            row1[j] = b[source + 1];
            row2[j] = b[source + 2];
            row3[j] = b[source + 3];
            row4[j] = b[source + 4];
            row5[j] = b[source + 5];
            row6[j] = b[source + 6];
            row7[j] = b[source + 7];
        }
    }

    /** Working memory of one thread, allocated as products need it and kept. */
    static final class Scratch {
        /**
         * A panel of so many elements (1.25 MiB) is read mostly from the second-level cache; a smaller one means
         * shorter loops.
         */
        private static final int PANEL_ELEMENTS = 320 * 1024;
        static final int WIDEST = 512;
        private static final int NARROWEST = 16;
        private static final ThreadLocal<Scratch> PER_THREAD = ThreadLocal.withInitial(Scratch::new);

        final float[][] sums = rows();
        final float[] operand = new float[length(WIDEST)];
        private final float[][][] pending = {rows(), rows(), rows()};
        private float[][] panel = {};

        static Scratch get() {
            return PER_THREAD.get();
        }

        /**
         * The width of the strips into which n columns are cut: all about equal, none wider than a panel of depth k.
         */
        static int stripWidth(int n, int k) {
            int widest = widest(k);
            int strips = Math.max(1, (n + widest - 1) / widest);
            return Math.min(widest, (n / strips + 16) / 16 * 16);
        }

        private static int widest(int k) {
            return Math.max(NARROWEST, Math.min(WIDEST, PANEL_ELEMENTS / Math.max(k, 1)) / 16 * 16);
        }

        /** At least k rows; row i is wide enough for every product deep enough to use it. */
        float[][] panel(int k) {
            int present = panel.length;
            if (present < k) {
                panel = Arrays.copyOf(panel, k);
                for (int i = present; i < k; i++) {
                    panel[i] = new float[length(widest(i + 1))];
                }
            }
            return panel;
        }

        /** The adjacent-first tree as a binary counter: after chunk c, merge once for every trailing one bit of c. */
        void merge(int chunk, int chunks, int rows, int columns) {
            int level = Integer.numberOfTrailingZeros(~chunk);
            for (int i = 0; i < rows; i++) {
                for (int l = 0; l < level; l++) {
                    add(pending[l][i], sums[i], columns);
                }
                if (chunk + 1 < chunks) {
                    System.arraycopy(sums[i], 0, pending[level][i], 0, columns);
                }
            }
        }

        private static float[][] rows() {
            return new float[ROWS][length(WIDEST)];
        }

        /**
         * With its 16 bytes of header an array then fills whole cache lines, so that neighbours in memory are aligned
         * alike.
         */
        private static int length(int width) {
            return (width + 15) / 16 * 16 + 12;
        }
    }
}
