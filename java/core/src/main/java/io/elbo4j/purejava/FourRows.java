package io.elbo4j.purejava;

/**
 * Four chains of products at a time, for rows of weights that would leave one over to three. Written for the compiler
 * as {@link Matmul} says; a fourth row leaves registers for two steps at a time.
 */
final class FourRows {
    private FourRows() {}

    /** Continues the chains of A's rows at row0 to row3, over the rows begin to end - 1 of the panel. */
    static void accumulate(float[] a, int row0, int row1, int row2, int row3, int stride, float[][] panel, int begin,
            int end, float[][] sums, int n) {
        for (int k = begin; k < end; k += 2) {
            int step = k * stride;
            steps(end - k > 1, a, row0 + step, row1 + step, row2 + step, row3 + step, stride, panel, k, sums[0],
                    sums[1], sums[2], sums[3], n);
        }
    }

    private static void steps(boolean two, float[] a, int p, int q, int r, int s, int stride, float[][] panel, int k,
            float[] sum0, float[] sum1, float[] sum2, float[] sum3, int n) {
        float[] b0 = panel[k];
        float a00 = a[p];
        float a10 = a[q];
        float a20 = a[r];
        float a30 = a[s];
        if (two) {
            float[] b1 = panel[k + 1];
            float a01 = a[p + stride];
            float a11 = a[q + stride];
            float a21 = a[r + stride];
            float a31 = a[s + stride];
            for (int j = 0; j < n; j++) {
                float x0 = b0[j];
                float x1 = b1[j];
                float s0 = sum0[j];
                float s1 = sum1[j];
                float s2 = sum2[j];
                float s3 = sum3[j];
                s0 = Math.fma(a01, x1, Math.fma(a00, x0, s0));
                s1 = Math.fma(a11, x1, Math.fma(a10, x0, s1));
                s2 = Math.fma(a21, x1, Math.fma(a20, x0, s2));
                s3 = Math.fma(a31, x1, Math.fma(a30, x0, s3));
                sum0[j] = s0;
                sum1[j] = s1;
                sum2[j] = s2;
                sum3[j] = s3;
            }
            return;
        }
        for (int j = 0; j < n; j++) {
            float x0 = b0[j];
            float s0 = sum0[j];
            float s1 = sum1[j];
            float s2 = sum2[j];
            float s3 = sum3[j];
            s0 = Math.fma(a00, x0, s0);
            s1 = Math.fma(a10, x0, s1);
            s2 = Math.fma(a20, x0, s2);
            s3 = Math.fma(a30, x0, s3);
            sum0[j] = s0;
            sum1[j] = s1;
            sum2[j] = s2;
            sum3[j] = s3;
        }
    }
}
